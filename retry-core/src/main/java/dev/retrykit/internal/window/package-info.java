/** Counts over a sliding window. Shared by budgets and circuits, not exported. */
@NullMarked
package dev.retrykit.internal.window;

import org.jspecify.annotations.NullMarked;
