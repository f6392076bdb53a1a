/** {@code RestClient}, {@code RestTemplate}, and the transports under them. */
@NullMarked
package dev.retrykit.spring.client.blocking;

import org.jspecify.annotations.NullMarked;
