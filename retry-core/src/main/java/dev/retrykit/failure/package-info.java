/** The meaning of failures: whether one is transient, and what it says about the dependency. */
@NullMarked
package dev.retrykit.failure;

import org.jspecify.annotations.NullMarked;
