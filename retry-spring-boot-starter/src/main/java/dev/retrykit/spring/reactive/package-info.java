/** Retried publishers. The engine decides; this package only subscribes and passes on the results. */
@NullMarked
package dev.retrykit.spring.reactive;

import org.jspecify.annotations.NullMarked;
