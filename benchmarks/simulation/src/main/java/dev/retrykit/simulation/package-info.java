/**
 * What retries do to a fleet and its server. The engine is the real one; time is virtual and chance has a seed, so that a run
 * is the same everywhere.
 */
@NullMarked
package dev.retrykit.simulation;

import org.jspecify.annotations.NullMarked;
