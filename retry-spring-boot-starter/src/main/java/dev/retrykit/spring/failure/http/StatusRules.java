package dev.retrykit.spring.failure.http;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.KnownFailures;
import dev.retrykit.failure.ResultClassifier;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.http.AnswerRules;
import dev.retrykit.http.RetryAfter;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Classifies what an attempt threw or returned by its HTTP status and headers.
 *
 * @param readers read the exceptions and return values of HTTP clients
 * @param statuses the transient statuses; null = the default rules
 * @param clock the wall clock, for dates in headers
 */
public record StatusRules(
        List<StatusReader> readers, @Nullable List<Integer> statuses, Supplier<Instant> clock) {

    private static final int LOWEST_FAILURE = 400;

    /** Classifies what an attempt throws, including its causes. */
    public KnownFailures failures() {
        return failure -> Causes.chain(failure).stream()
                .map(this::verdict)
                .filter(verdict -> verdict != null)
                .findFirst()
                .orElse(null);
    }

    /**
     * Classifies what an attempt returns. Only a response that a retry may improve is a failure; the caller handles any
     * other. For an attempt of a guard, a response that shows a broken dependency is a failure too.
     */
    public ResultClassifier results() {
        return new Results();
    }

    private final class Results implements ResultClassifier {

        @Override
        public @Nullable Verdict classify(@Nullable Object result) {
            if (result == null || !isRead(result.getClass())) {
                return null;
            }
            Verdict verdict = verdict(result);
            return verdict != null && isBad(result, verdict) ? verdict : null;
        }

        @Override
        public int status(@Nullable Object result) {
            Answer answer = result == null ? null : answer(result);
            return answer == null ? 0 : answer.status();
        }
    }

    /** Whether a value of the type can be a response. Most methods return types without a reader. */
    private boolean isRead(Class<?> type) {
        for (int i = 0; i < readers.size(); i++) {
            if (readers.get(i).reads(type)) {
                return true;
            }
        }
        return Answer.Holder.class.isAssignableFrom(type);
    }

    private static boolean isBad(@Nullable Object result, Verdict verdict) {
        return verdict.kind() == Kind.RETRYABLE
                || verdict.kind() == Kind.VETOED
                || result instanceof Answer.Holder && !verdict.signal().isSuccess();
    }

    private @Nullable Verdict verdict(Object outcome) {
        Answer answer = answer(outcome);
        return answer == null ? null : verdict(answer);
    }

    private @Nullable Answer answer(Object outcome) {
        if (outcome instanceof Answer.Holder holder) {
            return holder.answer();
        }
        for (StatusReader reader : readers) {
            Answer answer = reader.answer(outcome);
            if (answer != null) {
                return answer;
            }
        }
        return null;
    }

    private Verdict verdict(Answer answer) {
        Verdict verdict = byStatus(answer);
        boolean good = answer.status() < LOWEST_FAILURE;
        return good || verdict.rule() != null ? verdict : verdict.by("HTTP status " + answer.status());
    }

    private Verdict byStatus(Answer answer) {
        AnswerRules rules = new AnswerRules(statuses);
        if (answer.status() < LOWEST_FAILURE) {
            Verdict verdict = rules.verdict(answer.status(), RetryAfter.none());
            if (verdict.kind() != Kind.RETRYABLE) {
                return verdict;
            }
        }
        Verdict verdict =
                rules.verdict(answer.status(), RetryAfter.read(answer.status(), answer.headers(), clock.get()));
        boolean expected =
                answer.expected() && verdict.kind() != Kind.VETOED && verdict.retryAfterNanos() != Verdict.NO_HINT;
        return expected ? verdict.as(Kind.RETRYABLE) : verdict;
    }
}
