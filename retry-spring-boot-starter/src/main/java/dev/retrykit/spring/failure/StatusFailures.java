package dev.retrykit.spring.failure;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Judges failures by the HTTP status they report.
 *
 * @param readers know the clients' exceptions
 * @param statuses the statuses that are transient; null = the default rules
 */
public record StatusFailures(
        List<StatusReader> readers, @Nullable List<Integer> statuses) implements FailureClassifier {

    @Override
    public @Nullable Verdict classify(Throwable failure) {
        for (Throwable link : Causes.chain(failure)) {
            for (StatusReader reader : readers) {
                OptionalInt status = reader.status(link);
                if (status.isPresent()) {
                    return verdict(status.getAsInt());
                }
            }
        }
        return null;
    }

    private Verdict verdict(int status) {
        Verdict general = Verdict.ofStatus(status);
        if (statuses == null) {
            return general;
        }
        return general.as(statuses.contains(status) ? Kind.RETRYABLE : Kind.NOT_RETRYABLE);
    }
}
