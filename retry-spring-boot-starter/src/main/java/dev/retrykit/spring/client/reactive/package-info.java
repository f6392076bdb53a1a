/** {@code WebClient} support. */
@NullMarked
package dev.retrykit.spring.client.reactive;

import org.jspecify.annotations.NullMarked;
