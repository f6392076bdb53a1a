/** Counts over a sliding window. Shared by budgets and circuits, not exported. */
@NullMarked
package dev.retrykit.window;

import org.jspecify.annotations.NullMarked;
