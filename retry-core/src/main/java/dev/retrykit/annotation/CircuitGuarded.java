package dev.retrykit.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Sends calls of the method through a circuit; with {@link Retryable}, each attempt separately. On a type, it applies
 * to all public methods; a method's own annotation wins.
 *
 * <pre>{@code
 * @CircuitGuarded(value = "search", key = "#region", fallback = "empty")
 * List<Product> search(String region, String query) {
 *     return client.search(region, query);
 * }
 *
 * List<Product> empty(String region, String query) {
 *     return List.of();
 * }
 * }</pre>
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface CircuitGuarded {

    /**
     * The name of a circuit in {@code application.yml}. If not set, the method has its own circuit, called
     * {@code SimpleClass.method}.
     */
    String value() default "";

    /**
     * Selects one circuit per key, such as a shard or a region: a Spring expression (SpEL) over the arguments, such as
     * {@code #region} or {@code #order.country}. If the key is null or the expression fails, the call throws an {@link
     * IllegalArgumentException} without invoking the method. The circuit's {@code keys} settings limit the number of
     * keys. If not set, one circuit serves all calls.
     */
    String key() default "";

    /** Like {@link Retryable#fallback}. If a method has both annotations, only one of them may name a fallback. */
    String fallback() default "";
}
