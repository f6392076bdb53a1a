package dev.retrykit.circuit;

import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/** Collects which failures count in a circuit. */
abstract sealed class SelectorBuilder<B extends SelectorBuilder<B>> permits CircuitPolicy.Builder {

    FailureSelector recorded = FailureSelector.NONE;
    FailureSelector ignored = FailureSelector.NONE;

    abstract B self();

    /**
     * Where {@code record}, {@code recordStatuses} or {@code recordIf} name failures, these alone count as failures: any
     * other counts as a success, but for what says nothing, such as a cancelled call or the rejection by another circuit.
     * With their subtypes, anywhere in the cause chain. None by default: then every failure counts that isn't known to be a
     * permanent answer.
     */
    @SafeVarargs
    public final B record(Class<? extends Throwable>... failures) {
        return record(List.of(failures));
    }

    /** The failures that alone count as such, as a list. */
    public B record(List<Class<? extends Throwable>> failures) {
        recorded = recorded.withTypes(failures);
        return self();
    }

    /** HTTP statuses, 100 to 599, of failures and returned answers that alone count as failures. */
    public B recordStatuses(List<Integer> statuses) {
        recorded = recorded.withStatuses(statuses);
        return self();
    }

    /** Which failures alone count as such; asked with the failure itself, not with its causes. Quick, and thread-safe. */
    public B recordIf(Predicate<? super Throwable> predicate) {
        recorded = recorded.withPredicate(Objects.requireNonNull(predicate, "predicate"));
        return self();
    }

    /** All that {@code record}, {@code recordStatuses} and {@code recordIf} say, in the place of what they said before. */
    public B record(FailureSelector failures) {
        recorded = failures.isEmpty() ? FailureSelector.NONE : failures;
        return self();
    }

    /**
     * Failures, and their subtypes, that say nothing against the dependency: they count as successes, whatever
     * {@code record} says. None by default.
     */
    @SafeVarargs
    public final B ignore(Class<? extends Throwable>... failures) {
        return ignore(List.of(failures));
    }

    /** Failures that say nothing against the dependency, as a list. */
    public B ignore(List<Class<? extends Throwable>> failures) {
        ignored = ignored.withTypes(failures);
        return self();
    }

    /** HTTP statuses, 100 to 599, of failures and returned answers that say nothing against the dependency. */
    public B ignoreStatuses(List<Integer> statuses) {
        ignored = ignored.withStatuses(statuses);
        return self();
    }

    /** Which failures say nothing against the dependency; asked with the failure itself. Quick, and thread-safe. */
    public B ignoreIf(Predicate<? super Throwable> predicate) {
        ignored = ignored.withPredicate(Objects.requireNonNull(predicate, "predicate"));
        return self();
    }

    /** All that {@code ignore}, {@code ignoreStatuses} and {@code ignoreIf} say, in the place of what they said before. */
    public B ignore(FailureSelector failures) {
        ignored = Objects.requireNonNull(failures, "failures");
        return self();
    }
}
