/** What a call that waits for its next attempt costs. */
@NullMarked
package dev.retrykit.footprint;

import org.jspecify.annotations.NullMarked;
