/**
 * The Spring Boot starter.
 *
 * <p>Floors, imports go downward only:
 *
 * <pre>
 *   4  .autoconfigure                 conditions and beans
 *   3  .observe    .actuate           meters, log lines, endpoint
 *   2  .method                        annotated methods
 *   1  .registry                      the policies, circuits and budgets of one application
 *   0  .settings   .failure           retrykit.*, what failures mean
 * </pre>
 */
@NullMarked
package dev.retrykit.spring;

import org.jspecify.annotations.NullMarked;
