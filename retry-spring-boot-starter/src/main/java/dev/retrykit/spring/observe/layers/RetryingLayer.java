package dev.retrykit.spring.observe.layers;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

/**
 * A library with built-in retries. Identified by type names, so that no library needs to be present.
 *
 * @param library its name in messages
 * @param types names of classes and interfaces of its beans
 * @param count paths to the number of attempts, separated by {@code |}: methods and fields, each on the value of the
 *     previous one, with {@code +1} after them if the number excludes the first attempt. The first that can be read
 *     counts; empty if there is none
 * @param off the class of a value on that path that never retries
 * @param evidence what is needed to be sure that it retries
 * @param remedy how to disable its retries
 */
record RetryingLayer(String library, List<String> types, String count, String off, Evidence evidence, String remedy) {

    /** The number of attempts is unknown. */
    static final int UNKNOWN = -1;

    /** The library retries until a timeout. */
    static final int UNLIMITED = 0;

    /** The evidence that a library retries. */
    enum Evidence {

        /** A bean has a number of attempts. */
        COUNT,

        /** A bean has a number of attempts; other beans of the type do not retry. */
        COUNT_ONLY,

        /** Such a bean exists. */
        BEAN,

        /** Spring Boot always creates such a bean, so another bean must depend on it. */
        USE
    }

    /** Beyond any configured number: the library retries until a timeout. */
    private static final int MOST = 1_000_000;

    /**
     * Returns the number of attempts per call.
     *
     * @param layer an object of the library, or a class with static methods
     * @return 1 if it does not retry, {@link #UNLIMITED}, or {@link #UNKNOWN}
     */
    int attempts(Object layer) {
        if (layer.getClass().getName().equals(off)) {
            return 1;
        }
        for (String path : count.isEmpty() ? new String[0] : count.split("\\|")) {
            int attempts = attempts(layer, path);
            if (attempts != UNKNOWN) {
                return attempts;
            }
        }
        return UNKNOWN;
    }

    private int attempts(Object layer, String path) {
        boolean countsRetries = path.endsWith("+1");
        Object value = layer;
        for (String step : (countsRetries ? path.substring(0, path.length() - 2) : path).split("\\.")) {
            if (value != null && value.getClass().getName().equals(off)) {
                return 1;
            }
            value = value == null ? null : read(value, step);
        }
        long number = value instanceof Integer || value instanceof Long ? ((Number) value).longValue() : -1;
        if (number < 0) {
            return UNKNOWN;
        }
        return number > MOST ? UNLIMITED : (int) (countsRetries ? number + 1 : number);
    }

    private static @Nullable Object read(Object owner, String name) {
        try {
            Class<?> type = owner instanceof Class<?> statics ? statics : owner.getClass();
            Method method = ReflectionUtils.findMethod(type, name);
            Field field = method == null ? ReflectionUtils.findField(type, name) : null;
            if (method != null && method.trySetAccessible()) {
                return first(method.invoke(owner));
            }
            return field != null && field.trySetAccessible() ? first(field.get(owner)) : null;
        } catch (ReflectiveOperationException | RuntimeException | LinkageError unreadable) {
            return null;
        }
    }

    private static @Nullable Object first(@Nullable Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.orElse(null);
        }
        return value instanceof Map<?, ?> map
                ? map.values().stream().findFirst().orElse(null)
                : value;
    }
}
