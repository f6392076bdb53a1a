package dev.retrykit.failure;

/** What the outcome of an attempt tells about the dependency. Circuits and budgets listen to this and to nothing else. */
public enum Signal {

    /** It works: it gave a result, or a permanent answer such as 404. */
    SUCCESS,

    /** It fails. Every failure that isn't known to mean something else. */
    FAILURE,

    /** It is there but asks for less (429): counts in a circuit's rate, not in its streak, and fails a probe. */
    THROTTLED,

    /** A circuit was told to ignore the failure: the dependency answered, which counts as a success. */
    IGNORED,

    /** Nothing: the attempt was cancelled, or failed before or beside the dependency. */
    NONE;

    /** Whether the dependency did its work. */
    public boolean isSuccess() {
        return this == SUCCESS || this == IGNORED;
    }

    /** Whether the dependency didn't do its work. */
    public boolean isFailure() {
        return this == FAILURE || this == THROTTLED;
    }
}
