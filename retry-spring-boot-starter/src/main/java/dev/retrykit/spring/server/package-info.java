/** The server side of HTTP: responses to failures that a policy gave up on, and the deadlines of callers. */
@NullMarked
package dev.retrykit.spring.server;

import org.jspecify.annotations.NullMarked;
