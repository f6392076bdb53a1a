/**
 * The retry engine. {@link dev.retrykit.Retry} is where to start.
 *
 * <p>Floors, imports go downward only:
 *
 * <pre>
 *   2  dev.retrykit                                   the engine: decide, wait, report
 *   1  .circuit   .budget   .annotation               what may stop a retry; what users write
 *   0  .failure   .http     .backoff  .time           meanings, what responses ask for, arithmetic, clocks
 *      .failure.book                                  what the failures of libraries mean, as lines of text
 *      .window    .settings  .keyed    .hold          counts, what a setting must keep to, one value per key,
 *      .timer                                         what a thread's attempts hold, the one timer; not exported
 * </pre>
 */
@NullMarked
package dev.retrykit;

import org.jspecify.annotations.NullMarked;
