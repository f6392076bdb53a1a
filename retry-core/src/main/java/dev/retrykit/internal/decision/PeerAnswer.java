package dev.retrykit.internal.decision;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.http.AnswerRules;
import dev.retrykit.http.RetryAfter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * The last response that an attempt received, with a status of 400 or more. It applies if what the attempt ended with
 * has no status of its own: an application exception, a truncated body, a value.
 */
public record PeerAnswer(int status, RetryAfter advice) {

    private static final String RULE = "the last response of the attempt";

    /** The failures of transfers over a network. */
    private static final List<Class<? extends Throwable>> BROKEN = List.of(IOException.class, TimeoutException.class);

    /**
     * The verdict on a failure, considering the response.
     *
     * @param own what it means by itself
     */
    Verdict judge(Verdict own, Throwable failure, AnswerRules rules) {
        Verdict answered = rules.verdict(status, advice);
        boolean whole = own.status() == 0
                ? saysMore(answered, own, failure)
                : own.status() == status
                        && own.kind()
                                == rules.verdict(status, RetryAfter.none()).kind();
        if (!whole) {
            return advise(own);
        }
        boolean same = own.status() == status && own.kind() == answered.kind();
        return same ? answered.by(own.rule()) : answered.rule() == null ? answered.by(RULE) : answered;
    }

    /** Whether the response explains the failure, which may be of any type. */
    private static boolean saysMore(Verdict answered, Verdict own, Throwable failure) {
        return switch (own.kind()) {
            case UNKNOWN -> true;
            case RETRYABLE -> answered.kind() == Kind.RETRYABLE && Causes.anyInstance(failure, BROKEN);
            case NOT_RETRYABLE ->
                own.signal() == Signal.NONE && Causes.unwrap(failure) instanceof IllegalArgumentException;
            case NOT_IDEMPOTENT, NESTED, VETOED, INTERRUPTED -> false;
        };
    }

    /**
     * Returns the verdict with the delay and the veto of the response, unless it is known to be about another response.
     */
    Verdict advise(Verdict own) {
        boolean another = own.status() != 0 && own.status() != status;
        if (another || own.kind() == Kind.INTERRUPTED) {
            return own;
        }
        boolean hint = own.retryAfterNanos() == Verdict.NO_HINT && advice.delayNanos() != Verdict.NO_HINT;
        Verdict advised = hint ? own.withRetryAfter(Duration.ofNanos(advice.delayNanos())) : own;
        return advice.vetoed() ? advised.as(Kind.VETOED).by(AnswerRules.VETO) : advised;
    }
}
