/** What failures of Spring's HTTP clients mean. */
@NullMarked
package dev.retrykit.spring.http;

import org.jspecify.annotations.NullMarked;
