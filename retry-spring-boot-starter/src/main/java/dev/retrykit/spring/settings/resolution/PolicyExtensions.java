package dev.retrykit.spring.settings.resolution;

import dev.retrykit.RetryPolicy;
import dev.retrykit.backoff.DelayFunction;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.ResultClassifier;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a policy that are not settings.
 *
 * @param failures classify the failures of attempts, in this order, before the rules for JDK exceptions
 * @param results classify the returned values, in this order
 * @param delay replaces the backoff strategy; null = the strategy applies
 * @param customizer changes the defaults, before configured settings apply
 */
public record PolicyExtensions(
        List<FailureClassifier> failures,
        List<ResultClassifier> results,
        @Nullable DelayFunction delay,
        Consumer<RetryPolicy.Builder> customizer) {}
