/** Functions that may throw checked exceptions. */
@NullMarked
package dev.retrykit.function;

import org.jspecify.annotations.NullMarked;
