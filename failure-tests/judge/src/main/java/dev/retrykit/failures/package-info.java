/** What failures of libraries mean, held to their real classes. */
@NullMarked
package dev.retrykit.failures;

import org.jspecify.annotations.NullMarked;
