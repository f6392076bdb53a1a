package dev.retrykit;

import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.ResultClassifier;
import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.failure.book.Repeatable;
import dev.retrykit.http.AnswerRules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** Collects what a policy calls transient. */
abstract sealed class RuleBuilder<B extends RuleBuilder<B>> permits RetryPolicy.Builder {

    private List<Class<? extends Throwable>> retryOn = List.of();
    private List<Class<? extends Throwable>> abortOn = List.of();
    private AnswerRules answers = AnswerRules.defaults();
    private boolean knownFailures = true;
    private FailureBook book = FailureBook.standard();
    private final List<FailureClassifier> classifiers = new ArrayList<>();
    private final List<ResultClassifier> resultClassifiers = new ArrayList<>();

    abstract B self();

    /**
     * Failures that are transient besides those that are {@linkplain #knownFailures known}: their subtypes included,
     * anywhere in the cause chain. None by default. {@code Exception.class} retries everything but {@code Error}s.
     */
    @SafeVarargs
    public final B retryOn(Class<? extends Throwable>... failures) {
        return retryOn(List.of(failures));
    }

    /** As a list. */
    public B retryOn(List<Class<? extends Throwable>> failures) {
        this.retryOn = List.copyOf(failures);
        return self();
    }

    /** The failures that are permanent, their subtypes included, anywhere in the cause chain. Asked first. */
    @SafeVarargs
    public final B abortOn(Class<? extends Throwable>... failures) {
        return abortOn(List.of(failures));
    }

    /** The failures that are permanent, as a list. */
    public B abortOn(List<Class<? extends Throwable>> failures) {
        this.abortOn = List.copyOf(failures);
        return self();
    }

    /**
     * Whether the library's own knowledge of failures and statuses says what is retried. Without it only what the
     * policy names and what classifiers other than {@link dev.retrykit.failure.KnownFailures} call transient is
     * retried. Default true.
     */
    public B knownFailures(boolean known) {
        this.knownFailures = known;
        return self();
    }

    /**
     * The HTTP statuses that are transient, wherever they come from: a failure, a classifier's verdict, or what the
     * attempt was answered last. All others are permanent, whatever {@code retryOn} says of the failures that carry them.
     * Default: those of {@link AnswerRules#defaults()}.
     */
    public B statuses(List<Integer> statuses) {
        this.answers = new AnswerRules(statuses);
        return self();
    }

    /**
     * Another classifier, asked after those added before and before the {@linkplain FailureBook#standard() failure book}. A
     * {@link FailureBook} of the application's own lines is one, too.
     */
    public B classifier(FailureClassifier classifier) {
        classifiers.add(Objects.requireNonNull(classifier, "classifier"));
        return self();
    }

    /**
     * The wall clock by which the failure book reads dates: in what answers ask for, and where a failure says when to come
     * again. Default: the system's.
     */
    public B clock(Supplier<Instant> clock) {
        this.book = FailureBook.standard(clock);
        return self();
    }

    /** Another classifier of returned values. A bad value that stays bad is returned as it came. None by default. */
    public B resultClassifier(ResultClassifier classifier) {
        resultClassifiers.add(Objects.requireNonNull(classifier, "classifier"));
        return self();
    }

    FailureRules failureRules(Repeatable may, NestedRetries nested) {
        return new FailureRules(
                abortOn,
                retryOn,
                List.copyOf(classifiers),
                book,
                answers,
                knownFailures,
                may,
                nested == NestedRetries.MULTIPLY);
    }

    ResultRules resultRules() {
        return new ResultRules(List.copyOf(resultClassifiers));
    }
}
