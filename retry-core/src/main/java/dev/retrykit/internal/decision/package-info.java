/** Pure decisions: what a failure means, and whether another attempt follows. */
@NullMarked
package dev.retrykit.internal.decision;

import org.jspecify.annotations.NullMarked;
