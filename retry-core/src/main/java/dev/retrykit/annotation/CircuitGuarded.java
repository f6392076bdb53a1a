package dev.retrykit.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Calls of the method go through a circuit, each attempt of a {@link Retryable} one by itself. On a type: of all its
 * public methods; the method's own annotation wins.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface CircuitGuarded {

    /** A circuit of {@code application.yml}. Unset: a circuit of the method's own, called {@code SimpleClass.method}. */
    String value() default "";

    /** As {@link Retryable#fallback}; only one of the two annotations on a method may name one. */
    String fallback() default "";
}
