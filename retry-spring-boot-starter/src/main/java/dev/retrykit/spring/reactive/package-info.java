/** Retried publishers. The engine decides; this package only subscribes, and hands over what comes of it. */
@NullMarked
package dev.retrykit.spring.reactive;

import org.jspecify.annotations.NullMarked;
