package dev.retrykit.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Prevents a repeated call from having a second effect.
 *
 * <p>On a controller method, the client sends a key in the header {@code Idempotency-Key}. The first request with that
 * key runs, and its response is stored. A repeat receives the stored response or, while the first request is still
 * running, 409 with {@code Retry-After}. A different request with the same key is rejected with 422.
 *
 * <pre>{@code
 * @PostMapping("/orders")
 * @Idempotent(ttl = "24h")
 * Order place(@RequestBody NewOrder order) {
 *     return orders.place(order);
 * }
 * }</pre>
 *
 * <p>On a {@code void} bean method without HTTP, such as a message listener, {@link #key()} is required. A redelivery
 * is skipped once the first call is done. It fails while the first call runs or its outcome is unknown, so that the
 * broker delivers the message again.
 *
 * <pre>{@code
 * @Idempotent(key = "#message.id")
 * void onMessage(OrderPlaced message) {
 *     shipments.create(message);
 * }
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Idempotent {

    /**
     * For methods without HTTP only: a Spring expression (SpEL) over the arguments that identifies the call, such as
     * {@code #message.id}. A call whose key is null, blank or cannot be evaluated fails.
     */
    String key() default "";

    /** For HTTP: whether a request without a key is rejected with 400. If false, such a request runs each time. */
    boolean required() default true;

    /**
     * How long a response is stored, such as {@code 24h}; at least one second. A repeat within that time has no effect.
     * If not set, the setting {@code retrykit.idempotency.ttl} applies.
     */
    String ttl() default "";

    /**
     * For HTTP: who shares keys, a Spring expression (SpEL) over the arguments, such as {@code #tenant} or {@code
     * @tenants.current()}. The same key in two scopes identifies two different requests. If not set, the scope is the
     * name of the caller's principal.
     */
    String scope() default "";
}
