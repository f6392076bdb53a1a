package dev.retrykit.circuit;

import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/** Builds the settings that decide which failures count in a circuit. */
abstract sealed class SelectorBuilder<B extends SelectorBuilder<B>> permits CircuitPolicy.Builder {

    FailureSelector recorded = FailureSelector.NONE;
    FailureSelector ignored = FailureSelector.NONE;

    abstract B self();

    /**
     * Types of failures that count as failures, including subtypes, anywhere in the cause chain. If {@code record},
     * {@code recordStatuses} or {@code recordIf} select failures, only those count. Any other failure counts as a
     * success, unless it says nothing, such as a cancelled call or the rejection by another circuit. None by default:
     * every failure counts unless it is known to be a permanent response.
     */
    @SafeVarargs
    public final B record(Class<? extends Throwable>... failures) {
        return record(List.of(failures));
    }

    /** Types of failures that count as failures, as a list. */
    public B record(List<Class<? extends Throwable>> failures) {
        recorded = recorded.withTypes(failures);
        return self();
    }

    /**
     * HTTP statuses, 100 to 599, of failures and returned responses that count as failures; see
     * {@link #record(Class...)}.
     */
    public B recordStatuses(List<Integer> statuses) {
        recorded = recorded.withStatuses(statuses);
        return self();
    }

    /**
     * Sets a predicate for the failures that count as failures; see {@link #record(Class...)}. It is tested with the
     * failure itself, not with its causes. It must be fast and thread-safe.
     */
    public B recordIf(Predicate<? super Throwable> predicate) {
        recorded = recorded.withPredicate(Objects.requireNonNull(predicate, "predicate"));
        return self();
    }

    /** Replaces everything that {@code record}, {@code recordStatuses} and {@code recordIf} have set. */
    public B record(FailureSelector failures) {
        recorded = failures.isEmpty() ? FailureSelector.NONE : failures;
        return self();
    }

    /**
     * Types of failures that say nothing against the dependency, including subtypes, anywhere in the cause chain. They
     * count as successes, even if {@code record} selects them. None by default.
     */
    @SafeVarargs
    public final B ignore(Class<? extends Throwable>... failures) {
        return ignore(List.of(failures));
    }

    /** Types of failures that say nothing against the dependency, as a list. */
    public B ignore(List<Class<? extends Throwable>> failures) {
        ignored = ignored.withTypes(failures);
        return self();
    }

    /** HTTP statuses, 100 to 599, of failures and returned responses that say nothing against the dependency. */
    public B ignoreStatuses(List<Integer> statuses) {
        ignored = ignored.withStatuses(statuses);
        return self();
    }

    /**
     * Sets a predicate for the failures that say nothing against the dependency. It is tested with the failure itself,
     * not with its causes. It must be fast and thread-safe.
     */
    public B ignoreIf(Predicate<? super Throwable> predicate) {
        ignored = ignored.withPredicate(Objects.requireNonNull(predicate, "predicate"));
        return self();
    }

    /** Replaces everything that {@code ignore}, {@code ignoreStatuses} and {@code ignoreIf} have set. */
    public B ignore(FailureSelector failures) {
        ignored = Objects.requireNonNull(failures, "failures");
        return self();
    }
}
