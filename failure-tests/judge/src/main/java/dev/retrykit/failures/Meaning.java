package dev.retrykit.failures;

import dev.retrykit.RetryPolicy;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.spring.registry.Retries;
import java.util.Map;

/** Tells in words what a policy of defaults, in an application with all auto-configurations of this library, makes of a failure. */
final class Meaning {

    private static final RetryPolicy POLICY = Application.start(null, Map.of("retrykit.policies.failures", ""))
            .getBean(Retries.class)
            .get("failures")
            .policy();

    private Meaning() {}

    static String of(Throwable failure) {
        Verdict verdict = POLICY.classify(failure);
        return word(verdict)
                + delay(verdict.retryAfterNanos())
                + (verdict.status() == 0 ? "" : " status " + verdict.status());
    }

    private static String word(Verdict verdict) {
        return switch (verdict.kind()) {
            case RETRYABLE -> verdict.signal() == Signal.THROTTLED ? "throttled" : "transient";
            case NOT_RETRYABLE ->
                switch (verdict.signal()) {
                    case SUCCESS, IGNORED -> "answered";
                    case FAILURE, THROTTLED -> "permanent";
                    case NONE -> "neutral";
                };
            case UNKNOWN -> "unknown";
            case NOT_IDEMPOTENT -> "unknown-effect";
            case NESTED -> "nested";
            case VETOED -> "vetoed";
            case INTERRUPTED -> "interrupted";
        };
    }

    private static String delay(long nanos) {
        if (nanos == Verdict.NO_HINT) {
            return "";
        }
        long millis = Math.round(nanos / 1e6);
        return " after " + (millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms");
    }
}
