/** Throttling of log messages. */
@NullMarked
package dev.retrykit.spring.log;

import org.jspecify.annotations.NullMarked;
