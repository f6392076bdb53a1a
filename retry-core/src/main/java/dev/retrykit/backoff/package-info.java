/** How long to wait before a retry: pure arithmetic, chance comes in as a parameter. */
@NullMarked
package dev.retrykit.backoff;

import org.jspecify.annotations.NullMarked;
