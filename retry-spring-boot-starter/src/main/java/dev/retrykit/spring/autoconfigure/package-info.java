/**
 * The Spring Boot starter's top floor: one class per feature. Conditions live here and nowhere else.
 *
 * <p>The floors of {@code dev.retrykit.spring}, imports go downward only:
 *
 * <pre>
 *   5  .autoconfigure                 conditions and beans
 *   4  .observe    .actuate           meters, log lines, endpoint
 *   3  .method                        annotated methods
 *   2  .call                          how a method is called, by what it returns
 *      .http       .web               HTTP clients; answers to callers, and their deadlines
 *   1  .registry                      the policies, circuits and budgets of one application
 *   0  .settings   .failure .reactive retrykit.*, what failures mean, publishers
 *      .customize                     what an application sets by beans
 *      .transaction                   what transactions did
 * </pre>
 */
@NullMarked
package dev.retrykit.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
