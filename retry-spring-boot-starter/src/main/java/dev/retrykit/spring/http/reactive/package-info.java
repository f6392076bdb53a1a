/** {@code WebClient}. */
@NullMarked
package dev.retrykit.spring.http.reactive;

import org.jspecify.annotations.NullMarked;
