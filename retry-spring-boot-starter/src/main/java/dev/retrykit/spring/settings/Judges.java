package dev.retrykit.spring.settings;

import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.ResultClassifier;
import java.util.List;

/**
 * Who tells a policy what an attempt's outcome means, each list in the order of asking.
 *
 * @param failures judge what attempts throw, before the JDK's rules
 * @param results judge what attempts return
 */
public record Judges(List<FailureClassifier> failures, List<ResultClassifier> results) {}
