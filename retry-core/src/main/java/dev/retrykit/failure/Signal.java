package dev.retrykit.failure;

/** The signal that the outcome of an attempt gives about the dependency. Circuits and budgets use nothing else. */
public enum Signal {

    /** It works: it returned a result, or a permanent response such as 404. */
    SUCCESS,

    /** It fails. The default for every failure that is not known to mean something else. */
    FAILURE,

    /**
     * It works but asks for fewer calls (429). Counts in a circuit's failure rate, does not count as a consecutive
     * failure, and fails a probe.
     */
    THROTTLED,

    /** The circuit is configured to ignore the failure: the dependency responded, which counts as a success. */
    IGNORED,

    /** Nothing: the attempt was cancelled, or failed before it reached the dependency. */
    NONE;

    /** Whether the signal counts as a success of the dependency. */
    public boolean isSuccess() {
        return this == SUCCESS || this == IGNORED;
    }

    /** Whether the signal counts as a failure of the dependency. */
    public boolean isFailure() {
        return this == FAILURE || this == THROTTLED;
    }
}
