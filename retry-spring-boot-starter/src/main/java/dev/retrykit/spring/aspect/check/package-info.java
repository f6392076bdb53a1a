/** Checks at startup whether annotated methods can work. */
@NullMarked
package dev.retrykit.spring.aspect.check;

import org.jspecify.annotations.NullMarked;
