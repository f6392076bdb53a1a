/**
 * The retry engine. Start with {@link dev.retrykit.Retry}.
 *
 * <p>Layers; imports go downward only:
 *
 * <pre>
 *   6  dev.retrykit                                          what applications use
 *   5  .internal.drive                                       runs attempts and waits
 *   4  .internal.engine                                      one call: checks clock, circuit, budget and decision
 *   3  .internal.attempt  .internal.report                   what attempts did; events and counters
 *   2  .internal.decision                                    pure: what a failure means, and what follows
 *   1  .circuit  .budget  .annotation  .event                what may stop a retry; what users configure and observe
 *   0  .failure  .failure.book  .http  .backoff  .time       meanings, responses, arithmetic, clocks
 *      .function  .internal.timer  .internal.thread          functions, the shared timer, per-thread state
 *      .internal.circuit  .internal.book  .internal.foreign  what circuits count; the failure book's language
 *      .internal.keyed  .internal.window  .internal.stage  .internal.validation
 * </pre>
 */
@NullMarked
package dev.retrykit;

import org.jspecify.annotations.NullMarked;
