/** The annotations that applications use. They have no Spring types. */
@NullMarked
package dev.retrykit.annotation;

import org.jspecify.annotations.NullMarked;
