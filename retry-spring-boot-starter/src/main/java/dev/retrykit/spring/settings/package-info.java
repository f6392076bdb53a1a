/** What stands under {@code retrykit.*}: bound, layered, checked, and where each value came from. */
@NullMarked
package dev.retrykit.spring.settings;

import org.jspecify.annotations.NullMarked;
