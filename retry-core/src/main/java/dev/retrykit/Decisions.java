package dev.retrykit;

import dev.retrykit.Decision.Stop;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.http.AnswerRules;
import dev.retrykit.http.RetryAdvice;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks the machine for one call, with what peers have asked of any call. */
final class Decisions {

    private final Retry retry;
    private final RetryPolicy policy;

    /** Whether a retry is held back now, and since when. */
    private boolean held;

    private long heldSinceNanos;

    Decisions(Retry retry, RetryPolicy policy) {
        this.retry = retry;
        this.policy = policy;
    }

    /**
     * What follows a failure, or a bad value.
     *
     * @param answers whom the attempt asked
     */
    Decision after(@Nullable Throwable failure, Verdict verdict, CallState state, AnswerNotes answers, long nowNanos) {
        tell(verdict, answers, nowNanos);
        try {
            return RetryMachine.next(policy, state, obeying(verdict, answers, nowNanos), nowNanos, retry.random());
        } catch (Throwable delayFunctionFailed) {
            if (failure != null) {
                Suppressed.addOnce(failure, delayFunctionFailed);
            }
            return new Stop(StopReason.NOT_RETRYABLE);
        }
    }

    /**
     * What keeps a retry from beginning now, since a peer has asked for time meanwhile; null if nothing does. Where others
     * are asked again and again, the wait as a whole is no longer than one that the call was asked for itself.
     */
    @Nullable
    Decision heldBack(CallState state, AnswerNotes answers, long nowNanos) {
        long left = state.attempt() == 0 ? 0 : leftNanos(answers, nowNanos);
        if (left <= 0) {
            held = false;
            return null;
        }
        heldSinceNanos = held ? heldSinceNanos : nowNanos;
        held = true;
        return nowNanos - heldSinceNanos > policy.maxRetryAfterNanos() - left
                ? new Stop(StopReason.RETRY_AFTER_TOO_LONG)
                : RetryMachine.hold(state, left, nowNanos, retry.random());
    }

    private Verdict obeying(Verdict verdict, AnswerNotes answers, long nowNanos) {
        if (verdict.kind() != Kind.RETRYABLE) {
            return verdict;
        }
        long left = leftNanos(answers, nowNanos);
        return left > Math.max(0, verdict.retryAfterNanos()) ? verdict.withRetryAfter(Duration.ofNanos(left)) : verdict;
    }

    /** How long the peers of an attempt are still to be left alone by retries of this policy. */
    private long leftNanos(AnswerNotes answers, long nowNanos) {
        if (!policy.respectsRetryAfter() || policy.retryAfterSharing() == RetryAfterSharing.OFF) {
            return 0;
        }
        Circuit circuit = retry.circuit();
        long left = circuit == null ? 0 : retry.cooldowns.leftNanos(circuit, nowNanos);
        for (String peer : answers.peers()) {
            left = Math.max(left, retry.cooldowns.leftNanos(peer, nowNanos));
        }
        return left;
    }

    /** Of a failure that nobody knows the host of, the circuit stands for the peer. */
    private void tell(Verdict verdict, AnswerNotes answers, long nowNanos) {
        Circuit circuit = retry.circuit();
        if (circuit != null
                && answers.peers().isEmpty()
                && verdict.kind() == Kind.RETRYABLE
                && isShared(policy, verdict.signal() == Signal.THROTTLED, verdict.retryAfterNanos())) {
            retry.cooldowns.hear(circuit, verdict.retryAfterNanos(), nowNanos);
        }
    }

    /** A host has answered a request of an attempt of the retry. */
    static void tell(Retry retry, String peer, int status, RetryAdvice advice) {
        Verdict verdict = AnswerRules.defaults().verdict(status, advice);
        boolean limited = verdict.signal() == Signal.THROTTLED;
        if ((limited || Verdict.ofStatus(status).kind() == Kind.RETRYABLE)
                && isShared(retry.policy(), limited, advice.delayNanos())) {
            retry.cooldowns.hear(peer, advice.delayNanos(), retry.time().nanoTime());
        }
    }

    /** A rate concerns all. What takes longer than anybody waits, and isn't about a rate, is about what was asked for. */
    private static boolean isShared(RetryPolicy policy, boolean limited, long delayNanos) {
        return policy.retryAfterSharing() != RetryAfterSharing.OFF
                && (limited || delayNanos <= policy.maxRetryAfterNanos());
    }
}
