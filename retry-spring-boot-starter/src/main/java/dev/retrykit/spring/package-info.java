/** The Spring Boot starter. Its floors are drawn on the page of {@link dev.retrykit.spring.autoconfigure}. */
@NullMarked
package dev.retrykit.spring;

import org.jspecify.annotations.NullMarked;
