/** Expressions over a method's arguments, and the names of methods. */
@NullMarked
package dev.retrykit.spring.expression;

import org.jspecify.annotations.NullMarked;
