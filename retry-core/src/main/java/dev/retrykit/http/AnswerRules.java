package dev.retrykit.http;

import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an HTTP answer of status 400 or more means: by its status, and by what its headers ask for. Immutable.
 *
 * @param statuses the statuses that are transient; null = the default rules, by which a 403 that says when to come back is
 *     a rate limit, and an answer that invites to try again is transient whatever its status
 */
public record AnswerRules(@Nullable List<Integer> statuses) {

    /** What has decided where a server asked not to be tried again. */
    public static final String VETO = "a veto of the server";

    /** What has decided where a policy lists statuses. */
    private static final String LISTED = "statuses: the policy's list";

    private static final int FORBIDDEN = 403;

    /** The list is copied. */
    public AnswerRules {
        statuses = statuses == null ? null : List.copyOf(statuses);
    }

    /** The default rules. */
    public static AnswerRules defaults() {
        return new AnswerRules(null);
    }

    /** What the answer means. */
    public Verdict verdict(int status, RetryAfter advice) {
        Verdict verdict = kindOf(status, advice);
        if (advice.delayNanos() != Verdict.NO_HINT) {
            verdict = verdict.withRetryAfter(Duration.ofNanos(advice.delayNanos()));
        }
        return advice.vetoed() ? verdict.as(Kind.VETOED).by(VETO) : verdict;
    }

    /** A verdict that was read off a status, as the list has it: vetoed or interrupted stays so. */
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

    /** What a policy retries doesn't change what the answer tells about the dependency. */
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

    /** Whether it is a 403 that says when to come back, so that it isn't about a right but about a rate. */
    public static boolean isRateLimit(int status, RetryAfter advice) {
        return status == FORBIDDEN && advice.delayNanos() != Verdict.NO_HINT;
    }
}
