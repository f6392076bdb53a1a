package dev.retrykit.spring.aspect;

import dev.retrykit.annotation.Budget;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.settings.Durations;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link Retryable} annotation, by the keys of {@code application.yml}. Unset attributes are omitted.
 */
final class AnnotationLayer {

    private final String where;
    private final UnaryOperator<String> placeholders;

    private AnnotationLayer(String where, UnaryOperator<String> placeholders) {
        this.where = where;
        this.placeholders = placeholders;
    }

    /**
     * Reads an annotation.
     *
     * @param where the annotated method, for messages and origins
     * @param placeholders resolves <code>${...}</code>
     * @throws InvalidSettingException if a value is invalid
     */
    static SettingsLayer of(Retryable retryable, String where, UnaryOperator<String> placeholders) {
        return SettingsLayer.of(new AnnotationLayer(where, placeholders).values(retryable), "@Retryable on " + where);
    }

    /** The attributes that are set, of those that cannot be combined with a name. */
    static Set<String> besideName(Retryable retryable, String where) {
        Map<String, @Nullable Object> values = new AnnotationLayer(where, UnaryOperator.identity()).raw(retryable);
        values.values().removeIf(value -> value == null);
        return values.keySet();
    }

    private Map<String, @Nullable Object> values(Retryable retryable) {
        Map<String, @Nullable Object> values = raw(retryable);
        values.put("idempotency-key", retryable.idempotencyKey().isEmpty() ? null : retryable.idempotencyKey());
        values.replaceAll((key, value) -> value instanceof Text text ? text.duration(this, key) : value);
        values.computeIfPresent("budget.name", this::name);
        values.computeIfPresent("backoff.function", this::name);
        return values;
    }

    private Map<String, @Nullable Object> raw(Retryable retryable) {
        Budget budget = retryable.budget();
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("max-attempts", retryable.maxAttempts() == 0 ? null : retryable.maxAttempts());
        values.put("attempt-timeout", text(retryable.attemptTimeout()));
        values.put("backoff.strategy", only("strategy", retryable.backoff().strategy()));
        values.put("backoff.delay", text(retryable.backoff().delay()));
        double multiplier = retryable.backoff().multiplier();
        values.put("backoff.multiplier", multiplier == 0 ? null : multiplier);
        values.put("backoff.max-delay", text(retryable.backoff().maxDelay()));
        String function = retryable.backoff().function();
        values.put("backoff.function", function.isEmpty() ? null : function);
        values.put("jitter", only("jitter", retryable.jitter()));
        values.put("budget.name", budget.value().isEmpty() ? null : budget.value());
        values.put("budget.time", text(budget.time()));
        values.put("budget.ratio", budget.ratio() < 0 ? null : budget.ratio());
        values.put("budget.window", text(budget.window()));
        values.put("budget.reserve", budget.reserve() < 0 ? null : budget.reserve());
        values.put("budget.min-success", budget.minSuccess() < 0 ? null : budget.minSuccess());
        values.put("retry-on", types(retryable.retryOn()));
        values.put("abort-on", types(retryable.abortOn()));
        return values;
    }

    private <E> @Nullable E only(String attribute, E[] values) {
        if (values.length > 1) {
            throw new InvalidSettingException(
                    "@Retryable on " + where + ": " + attribute + " has " + values.length
                            + " values, but takes at most one.",
                    "Keep one of them.");
        }
        return values.length == 0 ? null : values[0];
    }

    private static @Nullable List<Class<? extends Throwable>> types(Class<? extends Throwable>[] types) {
        return types.length == 0 ? null : List.of(types);
    }

    private static @Nullable Text text(String text) {
        return text.isEmpty() ? null : new Text(text);
    }

    private Object name(String key, Object written) {
        String text = String.valueOf(written);
        return new Text(text).filled(this, "@Retryable on " + where + ": " + key + " = '" + text + "'");
    }

    /** The text of a duration, as configured. */
    private record Text(String written) {

        Duration duration(AnnotationLayer layer, String key) {
            String attribute = "@Retryable on " + layer.where + ": " + key + " = '" + written + "'";
            String filled = filled(layer, attribute);
            try {
                return Durations.parse(filled);
            } catch (IllegalArgumentException unreadable) {
                throw new InvalidSettingException(
                        attribute
                                + (filled.equals(written) ? "" : " (resolved to " + MessageText.quoted(filled) + ")")
                                + " is invalid: it must be " + Durations.RULE + ".",
                        "Correct the value.");
            }
        }

        private String filled(AnnotationLayer layer, String attribute) {
            try {
                return layer.placeholders.apply(written);
            } catch (IllegalArgumentException unresolved) {
                throw new InvalidSettingException(
                        attribute + " is invalid: its placeholder is not configured.",
                        "Configure the placeholder, or give it a default value.");
            }
        }
    }
}
