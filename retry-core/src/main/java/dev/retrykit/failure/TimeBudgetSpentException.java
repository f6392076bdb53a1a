package dev.retrykit.failure;

/**
 * The time budget was spent before there was any failure to give: the time of the call around was over before a first
 * attempt could begin, or an asynchronous first attempt didn't end.
 */
public final class TimeBudgetSpentException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String policy;

    /**
     * Creates one.
     *
     * @param policy the policy's name
     */
    public TimeBudgetSpentException(String policy) {
        super("the time budget of policy '" + policy + "' was spent before an attempt ended", null, true, false);
        this.policy = policy;
    }

    /** The policy's name. */
    public String policy() {
        return policy;
    }
}
