/** What failures of Spring's HTTP clients mean. */
@NullMarked
package dev.retrykit.spring.failure;

import org.jspecify.annotations.NullMarked;
