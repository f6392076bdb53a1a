package dev.retrykit.spring.failure;

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
 * Judges what an attempt threw or returned by the HTTP status it reports, and by what the headers ask for.
 *
 * @param readers know the clients' exceptions and return values
 * @param statuses the statuses that are transient; null = the default rules
 * @param clock the wall clock, for dates in headers
 */
public record StatusRules(
        List<StatusReader> readers, @Nullable List<Integer> statuses, Supplier<Instant> clock) {

    private static final int LOWEST_FAILURE = 400;

    /** For what an attempt throws, anywhere in the cause chain. */
    public KnownFailures failures() {
        return failure -> Causes.chain(failure).stream()
                .map(this::verdict)
                .filter(verdict -> verdict != null)
                .findFirst()
                .orElse(null);
    }

    /**
     * For what an attempt returns: bad is only what trying again can mend; any other answer is the caller's. Of what a
     * guard's attempt returns, bad is also what tells that the dependency doesn't work.
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

    /** Whether a value of the type can be an answer. Most methods return values of types that nobody reads. */
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
