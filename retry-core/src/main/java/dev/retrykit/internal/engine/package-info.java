/** One call: checks clock, circuit and budget, gets the decisions, and tracks what its attempts are part of. */
@NullMarked
package dev.retrykit.internal.engine;

import org.jspecify.annotations.NullMarked;
