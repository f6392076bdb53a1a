/** One call: asks clock, circuit and budget, feeds the decision, and knows what its attempts are part of. */
@NullMarked
package dev.retrykit.internal.engine;

import org.jspecify.annotations.NullMarked;
