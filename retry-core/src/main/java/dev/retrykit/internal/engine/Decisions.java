package dev.retrykit.internal.engine;

import dev.retrykit.circuit.Circuit;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.http.AnswerRules;
import dev.retrykit.http.RetryAfter;
import dev.retrykit.internal.decision.CompiledPolicy;
import dev.retrykit.internal.decision.Decision;
import dev.retrykit.internal.decision.Decision.Stop;
import dev.retrykit.internal.decision.RetryMachine;
import dev.retrykit.internal.decision.SuppressedFailures;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gets the decisions for one call, considering what servers have asked any call. */
final class Decisions {

    private Decisions() {}

    /** The decision after the last failure, or after a rejected value. */
    static Decision after(RetryCall call, Verdict verdict, long nowNanos) {
        tell(call, verdict, nowNanos);
        try {
            Verdict obeying = obeying(call, verdict, nowNanos);
            return RetryMachine.next(
                    call.policy(), call.state(), obeying, nowNanos, call.retry().random());
        } catch (Throwable delayFunctionFailed) {
            Throwable failure = call.lastFailure();
            if (failure != null) {
                SuppressedFailures.addOnce(failure, delayFunctionFailed);
            }
            return Stop.of(StopReason.NOT_RETRYABLE);
        }
    }

    /**
     * The reason why a retry cannot start now, because a server has meanwhile asked for time; null if there is none. If
     * other calls are told to wait again and again, the total wait is no longer than one that this call could be told
     * itself.
     */
    static @Nullable Decision heldBack(RetryCall call, long nowNanos) {
        long left = leftNanos(call, nowNanos);
        if (left <= 0) {
            call.release();
            return null;
        }
        long held = nowNanos - call.heldBackSinceNanos(nowNanos);
        return held > call.policy().maxRetryAfterNanos() - left
                ? Stop.of(StopReason.RETRY_AFTER_TOO_LONG)
                : RetryMachine.hold(call.state(), left, nowNanos, call.retry().random());
    }

    private static Verdict obeying(RetryCall call, Verdict verdict, long nowNanos) {
        if (verdict.kind() != Kind.RETRYABLE) {
            return verdict;
        }
        long left = leftNanos(call, nowNanos);
        return left > Math.max(0, verdict.retryAfterNanos()) ? verdict.withRetryAfter(Duration.ofNanos(left)) : verdict;
    }

    /** The remaining cooldown of the attempt's servers for retries of this policy. */
    private static long leftNanos(RetryCall call, long nowNanos) {
        RetryEngine retry = call.retry();
        CompiledPolicy policy = call.policy();
        if (!policy.respectsRetryAfter() || !policy.sharesRetryAfter()) {
            return 0;
        }
        Circuit circuit = retry.circuit();
        long left = circuit == null ? 0 : retry.cooldowns().leftNanos(circuit, nowNanos);
        List<String> peers = call.answers().peers();
        for (int i = 0; i < peers.size(); i++) {
            left = Math.max(left, retry.cooldowns().leftNanos(peers.get(i), nowNanos));
        }
        return left;
    }

    /** If no host is known for a failure, the circuit represents the server. */
    private static void tell(RetryCall call, Verdict verdict, long nowNanos) {
        RetryEngine retry = call.retry();
        Circuit circuit = retry.circuit();
        if (circuit != null
                && call.answers().peers().isEmpty()
                && verdict.kind() == Kind.RETRYABLE
                && isShared(call.policy(), verdict.signal() == Signal.THROTTLED, verdict.retryAfterNanos())) {
            retry.cooldowns().hear(circuit, verdict.retryAfterNanos(), nowNanos);
        }
    }

    /** A host has responded to a request of an attempt. */
    static void tell(RetryEngine retry, String peer, int status, RetryAfter advice) {
        Verdict verdict = AnswerRules.defaults().verdict(status, advice);
        boolean limited = verdict.signal() == Signal.THROTTLED;
        if ((limited || Verdict.ofStatus(status).kind() == Kind.RETRYABLE)
                && isShared(retry.policy(), limited, advice.delayNanos())) {
            retry.cooldowns().hear(peer, advice.delayNanos(), retry.time().nanoTime());
        }
    }

    /**
     * A rate limit concerns all calls. A delay that is longer than calls wait, and not a rate limit, concerns only the
     * requested resource.
     */
    private static boolean isShared(CompiledPolicy policy, boolean limited, long delayNanos) {
        return policy.sharesRetryAfter() && (limited || delayNanos <= policy.maxRetryAfterNanos());
    }
}
