/** Instruments the transports of HTTP clients: HttpComponents, Jetty, Reactor Netty. */
@NullMarked
package dev.retrykit.spring.client.transport;

import org.jspecify.annotations.NullMarked;
