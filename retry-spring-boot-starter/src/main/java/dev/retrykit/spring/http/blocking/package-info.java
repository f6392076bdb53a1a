/** {@code RestClient}, {@code RestTemplate}, and the transports under them. */
@NullMarked
package dev.retrykit.spring.http.blocking;

import org.jspecify.annotations.NullMarked;
