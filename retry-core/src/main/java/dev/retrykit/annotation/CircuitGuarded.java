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

    /**
     * One circuit for each key, such as a shard or a region: an expression over the arguments in Spring's expression
     * language, as in {@code #region} or {@code #order.country}. A call whose key is null, or whose expression fails, throws
     * an {@link IllegalArgumentException} and calls nothing. How many keys there may be is the circuit's setting
     * {@code keys}. Unset: one circuit for all calls.
     */
    String key() default "";

    /** As {@link Retryable#fallback}; only one of the two annotations on a method may name one. */
    String fallback() default "";
}
