package dev.retrykit.http;

import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an HTTP response of status 400 or more means, by its status and headers. Immutable.
 *
 * @param statuses the transient statuses; null = the default rules, under which a 403 with a time to retry is a rate
 *     limit, and a response that invites a retry is transient whatever its status
 */
public record AnswerRules(@Nullable List<Integer> statuses) {

    /** The rule of verdicts on responses whose server asked not to be called again. */
    public static final String VETO = "a veto of the server";

    /** The rule of verdicts decided by the policy's list of statuses. */
    private static final String LISTED = "statuses: the policy's list";

    private static final int FORBIDDEN = 403;

    /** Copies the list. */
    public AnswerRules {
        statuses = statuses == null ? null : List.copyOf(statuses);
    }

    /** Returns the default rules. */
    public static AnswerRules defaults() {
        return new AnswerRules(null);
    }

    /** Classifies a response. */
    public Verdict verdict(int status, RetryAfter advice) {
        Verdict verdict = kindOf(status, advice);
        if (advice.delayNanos() != Verdict.NO_HINT) {
            verdict = verdict.withRetryAfter(Duration.ofNanos(advice.delayNanos()));
        }
        return advice.vetoed() ? verdict.as(Kind.VETOED).by(VETO) : verdict;
    }

    /** Applies the list to a verdict that was read from a status. A vetoed or interrupted verdict does not change. */
    public Verdict listed(Verdict verdict) {
        if (statuses == null || verdict.kind() == Kind.VETOED || verdict.kind() == Kind.INTERRUPTED) {
            return verdict;
        }
        if (!statuses.contains(verdict.status())) {
            return verdict.as(Kind.NOT_RETRYABLE).by(LISTED);
        }
        return verdict.kind() == Kind.NOT_IDEMPOTENT
                ? verdict
                : verdict.as(Kind.RETRYABLE).by(LISTED);
    }

    /** The signal about the dependency does not depend on the statuses that a policy retries. */
    private Verdict kindOf(int status, RetryAfter advice) {
        boolean limited = isRateLimit(status, advice);
        Verdict general = Verdict.ofStatus(status);
        if (limited) {
            general = general.withSignal(Signal.THROTTLED);
        }
        if (statuses != null) {
            return general.as(statuses.contains(status) ? Kind.RETRYABLE : Kind.NOT_RETRYABLE)
                    .by(LISTED);
        }
        return limited || advice.invited() ? general.as(Kind.RETRYABLE) : general;
    }

    /** Whether the response is a 403 with a time to retry, which means a rate limit and not a missing permission. */
    public static boolean isRateLimit(int status, RetryAfter advice) {
        return status == FORBIDDEN && advice.delayNanos() != Verdict.NO_HINT;
    }
}
