/** The {@code retry} endpoint. */
@NullMarked
package dev.retrykit.spring.actuate;

import org.jspecify.annotations.NullMarked;
