/** {@code RestClient}, {@code RestTemplate}, and their transports. */
@NullMarked
package dev.retrykit.spring.client.blocking;

import org.jspecify.annotations.NullMarked;
