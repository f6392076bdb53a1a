package dev.retrykit.internal.decision;

import dev.retrykit.event.DelaySource;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.Verdict;
import dev.retrykit.internal.decision.Decision.RetryIn;
import dev.retrykit.internal.decision.Decision.Stop;
import java.util.random.RandomGenerator;

/**
 * Decides what follows a failure, from its arguments alone. The order of the checks is part of the public contract:
 * retryable? attempts remaining? the server's delay allowed? the delay inside the time budget?
 *
 * <p>Whether an effect of the attempt, such as a POST, forbids a retry has been decided before: {@code AttemptRecord.judge}
 * has then turned the verdict into {@code NOT_IDEMPOTENT}.
 */
public final class RetryMachine {

    /** The jitter of a Retry-After only lengthens it: by up to a tenth, and at most a second. */
    private static final long LONGEST_SPREAD_NANOS = 1_000_000_000;

    private RetryMachine() {}

    public static Decision next(
            CompiledPolicy policy, CallState state, Verdict verdict, long nowNanos, RandomGenerator random) {
        if (verdict.kind() != Verdict.Kind.RETRYABLE) {
            return Stop.of(reason(verdict.kind()));
        }
        if (state.attempt() >= policy.maxAttempts()) {
            return Stop.of(StopReason.EXHAUSTED);
        }
        long asked = policy.respectsRetryAfter() ? verdict.retryAfterNanos() : Verdict.NO_HINT;
        if (asked > policy.maxRetryAfterNanos()) {
            return Stop.of(StopReason.RETRY_AFTER_TOO_LONG);
        }
        long backoff =
                policy.backoff().delayNanos(state.attempt(), policy.jitter(), state.previousDelayNanos(), random);
        boolean peerDecides = asked >= backoff;
        long delay = peerDecides ? spreadUpward(asked, random) : backoff;
        if (delay >= state.leftNanos(nowNanos)) {
            return Stop.of(StopReason.TIME_BUDGET);
        }
        return new RetryIn(delay, peerDecides ? DelaySource.RETRY_AFTER : DelaySource.BACKOFF, backoff);
    }

    /**
     * Delays a retry that was about to start until the servers that have meanwhile asked for time accept requests
     * again.
     */
    public static Decision hold(CallState state, long leastNanos, long nowNanos, RandomGenerator random) {
        long delay = spreadUpward(leastNanos, random);
        return delay >= state.leftNanos(nowNanos)
                ? Stop.of(StopReason.TIME_BUDGET)
                : new RetryIn(delay, DelaySource.RETRY_AFTER, state.previousDelayNanos());
    }

    private static long spreadUpward(long leastNanos, RandomGenerator random) {
        return leastNanos + random.nextLong(Math.min(leastNanos / 10, LONGEST_SPREAD_NANOS) + 1);
    }

    private static StopReason reason(Verdict.Kind kind) {
        return switch (kind) {
            case RETRYABLE -> throw new IllegalArgumentException("a retryable failure does not stop a call");
            case NOT_RETRYABLE, UNKNOWN -> StopReason.NOT_RETRYABLE;
            case NOT_IDEMPOTENT -> StopReason.NOT_IDEMPOTENT;
            case NESTED -> StopReason.NESTED;
            case VETOED -> StopReason.VETOED;
            case INTERRUPTED -> StopReason.INTERRUPTED;
        };
    }
}
