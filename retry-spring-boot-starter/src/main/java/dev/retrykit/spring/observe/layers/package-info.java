/** Finds libraries that retry by themselves, so that the startup log can name them. */
@NullMarked
package dev.retrykit.spring.observe.layers;

import org.jspecify.annotations.NullMarked;
