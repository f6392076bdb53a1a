/** One class per feature. Conditions live here and nowhere else. */
@NullMarked
package dev.retrykit.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
