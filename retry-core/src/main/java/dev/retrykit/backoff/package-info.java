/** The delay before a retry: pure arithmetic, with the source of randomness as a parameter. */
@NullMarked
package dev.retrykit.backoff;

import org.jspecify.annotations.NullMarked;
