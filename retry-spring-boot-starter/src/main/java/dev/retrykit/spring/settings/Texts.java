package dev.retrykit.spring.settings;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Values as a user would write them. */
public final class Texts {

    private Texts() {}

    /** Durations and enums as in yml, classes by name, numbers and booleans as they are. */
    public static Object of(Object value) {
        if (value instanceof Duration duration) {
            return Durations.text(duration);
        }
        if (value instanceof Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT);
        }
        if (value instanceof Class<?> type) {
            return type.getName();
        }
        return value instanceof List<?> list ? list.stream().map(Texts::of).toList() : value;
    }
}
