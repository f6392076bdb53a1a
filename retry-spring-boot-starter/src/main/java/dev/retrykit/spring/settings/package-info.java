/** Configuration under {@code retrykit.*}: binding, layers, validation, and the origin of each value. */
@NullMarked
package dev.retrykit.spring.settings;

import org.jspecify.annotations.NullMarked;
