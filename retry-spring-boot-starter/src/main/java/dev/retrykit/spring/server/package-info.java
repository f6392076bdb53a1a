/** The server side of HTTP: what a failure that a policy gave up on is answered with, and the deadlines of callers. */
@NullMarked
package dev.retrykit.spring.server;

import org.jspecify.annotations.NullMarked;
