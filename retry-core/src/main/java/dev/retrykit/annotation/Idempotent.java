package dev.retrykit.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A repeated call has no second effect.
 *
 * <p>On a controller's method: the caller sends a key in the header {@code Idempotency-Key}. The first request with it is
 * carried out and its answer kept; a repeat gets the same answer, and while the first one runs 409 with
 * {@code Retry-After}. The same key with another request is refused with 422.
 *
 * <p>On a bean's {@code void} method without HTTP, such as one that takes a message, with a {@link #key()}: a redelivery
 * is skipped once the first call is done, and fails while it runs or its outcome isn't known, so that the broker delivers
 * again.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Idempotent {

    /**
     * For methods without HTTP, and for these only: an expression over the arguments in Spring's expression language that
     * tells calls apart, as in {@code #message.id}. A call whose key is null, blank or can't be read fails.
     */
    String key() default "";

    /** For HTTP: whether a request without a key is refused with 400. Otherwise it is carried out each time it comes. */
    boolean required() default true;

    /**
     * How long an answer is kept, as in {@code 24h}, at least a second. Within that time a repeat has no effect. Unset: the
     * setting {@code retrykit.idempotency.ttl}.
     */
    String ttl() default "";

    /**
     * For HTTP: whose key it is, an expression over the arguments as {@link #key()} is, as in {@code #tenant} or
     * {@code @tenants.current()}. Different values have nothing to do with each other. Unset: the name of the caller's
     * principal.
     */
    String scope() default "";
}
