/** Beans by which an application sets what properties and annotations don't say. */
@NullMarked
package dev.retrykit.spring.customize;

import org.jspecify.annotations.NullMarked;
