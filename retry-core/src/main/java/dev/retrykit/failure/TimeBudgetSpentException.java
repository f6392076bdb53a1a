package dev.retrykit.failure;

/**
 * Thrown when the time budget is spent and there is no other failure to throw: the time of the enclosing call was over
 * before the first attempt could start, or an asynchronous first attempt did not end.
 */
public final class TimeBudgetSpentException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String policy;

    /**
     * Creates the exception.
     *
     * @param policy the policy's name
     */
    public TimeBudgetSpentException(String policy) {
        super("the time budget of policy '" + policy + "' was spent before an attempt ended", null, true, false);
        this.policy = policy;
    }

    /** The name of the policy. */
    public String policy() {
        return policy;
    }
}
