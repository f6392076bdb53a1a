/** Reads the configured settings, with the origin of each. */
@NullMarked
package dev.retrykit.spring.settings.binding;

import org.jspecify.annotations.NullMarked;
