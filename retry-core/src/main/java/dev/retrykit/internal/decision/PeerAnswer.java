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
 * The last answer of a peer that an attempt saw, with a status of 400 or more. It counts where what the attempt ended with
 * has no status of its own: an exception of the application's, a body that was cut, a value.
 */
public record PeerAnswer(int status, RetryAfter advice) {

    private static final String RULE = "the last answer of the attempt";

    /** What comes over the network, and breaks off there. */
    private static final List<Class<? extends Throwable>> BROKEN = List.of(IOException.class, TimeoutException.class);

    /**
     * What a failure means, seen with the answer.
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

    /** Whether the failure, which may be anything, is taken for what became of the answer. */
    private static boolean saysMore(Verdict answered, Verdict own, Throwable failure) {
        return switch (own.kind()) {
            case UNKNOWN -> true;
            case RETRYABLE -> answered.kind() == Kind.RETRYABLE && Causes.anyInstance(failure, BROKEN);
            case NOT_RETRYABLE ->
                own.signal() == Signal.NONE && Causes.unwrap(failure) instanceof IllegalArgumentException;
            case NOT_IDEMPOTENT, NESTED, VETOED, INTERRUPTED -> false;
        };
    }

    /** The same meaning, with the time and the veto of the answer, unless it is known to be about another one. */
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
