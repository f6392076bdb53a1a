/** Meters, observations and log lines. */
@NullMarked
package dev.retrykit.spring.observe;

import org.jspecify.annotations.NullMarked;
