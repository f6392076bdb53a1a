package dev.retrykit.circuit;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.InvalidPolicyException;
import dev.retrykit.failure.Signal;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A selection of the failures that calls can end with. Immutable.
 *
 * @param types selects failures of these types, including subtypes, anywhere in the cause chain
 * @param statuses selects failures and returned responses with these HTTP statuses, wherever the status was read from
 * @param predicates selects failures that one of these accepts
 */
public record FailureSelector(
        List<Class<? extends Throwable>> types, List<Integer> statuses, List<Predicate<? super Throwable>> predicates) {

    /** Selects nothing. */
    public static final FailureSelector NONE = new FailureSelector(List.of(), List.of(), List.of());

    private static final int LOWEST_STATUS = 100;
    private static final int HIGHEST_STATUS = 599;

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if a status is below 100 or above 599
     */
    public FailureSelector {
        types = List.copyOf(types);
        statuses = List.copyOf(statuses);
        predicates = List.copyOf(predicates);
        for (int status : statuses) {
            if (status < LOWEST_STATUS || status > HIGHEST_STATUS) {
                throw new InvalidPolicyException(
                        "statuses", "must be " + LOWEST_STATUS + " to " + HIGHEST_STATUS, status);
            }
        }
    }

    /** Whether it selects nothing. */
    public boolean isEmpty() {
        return types.isEmpty() && statuses.isEmpty() && predicates.isEmpty();
    }

    /** Whether it selects by status, so that the status of successful responses must be read too. */
    @SuppressWarnings("ReferenceEquality") // only a shortcut
    public boolean readsStatuses() {
        return this != NONE && !statuses.isEmpty();
    }

    /**
     * Whether it selects the outcome of a call.
     *
     * @param failure the failure; null if the call returned a response
     * @param status the HTTP status of either; 0 if it has none
     */
    public boolean selects(@Nullable Throwable failure, int status) {
        return statuses.contains(status)
                || failure != null && (Causes.anyInstance(failure, types) || isAccepted(failure));
    }

    private boolean isAccepted(Throwable failure) {
        for (Predicate<? super Throwable> predicate : predicates) {
            if (predicate.test(failure)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The signal of a call for a circuit that records only these failures. If the selector is empty, all failures are
     * recorded.
     *
     * @param signal the signal of the outcome itself
     * @param failure the failure; null if the call returned a response
     * @param status the HTTP status of either; 0 if it has none
     */
    public Signal signal(Signal signal, @Nullable Throwable failure, int status) {
        boolean failed = signal == Signal.FAILURE || signal == Signal.THROTTLED;
        if (isEmpty() || failure == null && status == 0) {
            return signal;
        }
        if (selects(failure, status)) {
            return failed ? signal : Signal.FAILURE;
        }
        return failed ? Signal.IGNORED : signal;
    }

    FailureSelector withTypes(List<Class<? extends Throwable>> others) {
        return new FailureSelector(others, statuses, predicates);
    }

    FailureSelector withStatuses(List<Integer> others) {
        return new FailureSelector(types, others, predicates);
    }

    FailureSelector withPredicate(Predicate<? super Throwable> predicate) {
        return new FailureSelector(types, statuses, List.of(predicate));
    }
}
