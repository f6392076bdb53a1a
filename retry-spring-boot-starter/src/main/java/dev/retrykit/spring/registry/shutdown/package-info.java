/** Ends delays and calls when the application shuts down. */
@NullMarked
package dev.retrykit.spring.registry.shutdown;

import org.jspecify.annotations.NullMarked;
