package dev.retrykit.spring.failure;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.ResultClassifier;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Judges what an attempt threw or returned by the HTTP status it reports.
 *
 * @param readers know the clients' exceptions and return values
 * @param statuses the statuses that are transient; null = the default rules
 */
public record StatusRules(
        List<StatusReader> readers, @Nullable List<Integer> statuses) {

    /** For what an attempt throws, anywhere in the cause chain. */
    public FailureClassifier failures() {
        return failure -> Causes.chain(failure).stream()
                .map(this::verdict)
                .filter(verdict -> verdict != null)
                .findFirst()
                .orElse(null);
    }

    /** For what an attempt returns: bad is only what trying again can mend; any other answer is the caller's. */
    public ResultClassifier results() {
        return result -> {
            Verdict verdict = result == null ? null : verdict(result);
            return verdict == null || verdict.kind() != Kind.RETRYABLE ? null : verdict;
        };
    }

    private @Nullable Verdict verdict(Object outcome) {
        for (StatusReader reader : readers) {
            OptionalInt status = reader.status(outcome);
            if (status.isPresent()) {
                return verdict(status.getAsInt());
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
