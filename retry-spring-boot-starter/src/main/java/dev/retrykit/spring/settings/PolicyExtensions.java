package dev.retrykit.spring.settings;

import dev.retrykit.RetryPolicy;
import dev.retrykit.backoff.DelayFunction;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.ResultClassifier;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a policy is made of besides settings.
 *
 * @param failures judge what attempts throw, in the order of asking, before the JDK's rules
 * @param results judge what attempts return, in the order of asking
 * @param delay takes the place of the strategy; null = the strategy
 * @param customizer changes what is there before anything that is written
 */
public record PolicyExtensions(
        List<FailureClassifier> failures,
        List<ResultClassifier> results,
        @Nullable DelayFunction delay,
        Consumer<RetryPolicy.Builder> customizer) {}
