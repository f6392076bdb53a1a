package dev.retrykit.spring.aspect;

import dev.retrykit.annotation.Backoff;
import dev.retrykit.annotation.Budget;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.settings.BudgetSettings;
import dev.retrykit.spring.settings.Durations;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.PolicySettings;
import dev.retrykit.spring.settings.SettingKey;
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
    private final Map<String, Object> values = new LinkedHashMap<>();

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
        AnnotationLayer layer = new AnnotationLayer(where, placeholders);
        layer.read(retryable);
        layer.put(PolicySettings.IDEMPOTENCY_KEY, retryable.idempotencyKey());
        layer.values.replaceAll((key, value) -> value instanceof DurationText text ? layer.duration(key, text) : value);
        layer.values.computeIfPresent(PolicySettings.BUDGET_NAME.name(), layer::name);
        layer.values.computeIfPresent(PolicySettings.BACKOFF_FUNCTION.name(), layer::name);
        return SettingsLayer.of(layer.values, "@Retryable on " + where);
    }

    /** The attributes that are set, of those that cannot be combined with a name. */
    static Set<String> besideName(Retryable retryable, String where) {
        AnnotationLayer layer = new AnnotationLayer(where, UnaryOperator.identity());
        layer.read(retryable);
        return layer.values.keySet();
    }

    private void read(Retryable retryable) {
        Backoff backoff = retryable.backoff();
        Budget budget = retryable.budget();
        put(PolicySettings.MAX_ATTEMPTS, retryable.maxAttempts() == 0 ? null : retryable.maxAttempts());
        putDuration(PolicySettings.ATTEMPT_TIMEOUT, retryable.attemptTimeout());
        put(PolicySettings.BACKOFF_STRATEGY, only("strategy", backoff.strategy()));
        putDuration(PolicySettings.BACKOFF_DELAY, backoff.delay());
        put(PolicySettings.BACKOFF_MULTIPLIER, backoff.multiplier() == 0 ? null : backoff.multiplier());
        putDuration(PolicySettings.BACKOFF_MAX_DELAY, backoff.maxDelay());
        put(PolicySettings.BACKOFF_FUNCTION, backoff.function());
        put(PolicySettings.JITTER, only("jitter", retryable.jitter()));
        put(PolicySettings.BUDGET_NAME, budget.value());
        putDuration(PolicySettings.BUDGET_TIME, budget.time());
        put(BudgetSettings.RATIO.below("budget"), budget.ratio() < 0 ? null : budget.ratio());
        putDuration(BudgetSettings.WINDOW.below("budget"), budget.window());
        put(BudgetSettings.RESERVE.below("budget"), budget.reserve() < 0 ? null : budget.reserve());
        put(BudgetSettings.MIN_SUCCESS.below("budget"), budget.minSuccess() < 0 ? null : budget.minSuccess());
        put(PolicySettings.RETRY_ON, List.of(retryable.retryOn()));
        put(PolicySettings.ABORT_ON, List.of(retryable.abortOn()));
    }

    /** Adds a value, unless it is unset: null, or an empty text or list. */
    private <T> void put(SettingKey<T> key, @Nullable T value) {
        if (value != null && !value.equals("") && !value.equals(List.of())) {
            values.put(key.name(), value);
        }
    }

    private void putDuration(SettingKey<Duration> key, String text) {
        if (!text.isEmpty()) {
            values.put(key.name(), new DurationText(text));
        }
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

    /** A duration, as configured. */
    private record DurationText(String written) {}

    private Duration duration(String key, DurationText text) {
        String filled = filled(key, text.written);
        try {
            return Durations.parse(filled);
        } catch (IllegalArgumentException unreadable) {
            throw new InvalidSettingException(
                    attribute(key, text.written)
                            + (filled.equals(text.written) ? "" : " (resolved to " + MessageText.quoted(filled) + ")")
                            + " is invalid: it must be " + Durations.RULE + ".",
                    "Correct the value.");
        }
    }

    private Object name(String key, Object written) {
        return filled(key, String.valueOf(written));
    }

    private String filled(String key, String written) {
        try {
            return placeholders.apply(written);
        } catch (IllegalArgumentException unresolved) {
            throw new InvalidSettingException(
                    attribute(key, written) + " is invalid: its placeholder is not configured.",
                    "Configure the placeholder, or give it a default value.");
        }
    }

    private String attribute(String key, String written) {
        return "@Retryable on " + where + ": " + key + " = '" + written + "'";
    }
}
