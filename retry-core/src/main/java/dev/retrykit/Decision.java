package dev.retrykit;

/** What happens next in a call. */
sealed interface Decision {

    /** An attempt may begin. */
    Decision RUN = new Run();

    /** An attempt may begin. */
    record Run() implements Decision {}

    /**
     * Ask again after a delay.
     *
     * @param delayNanos nanoseconds
     * @param source what made the delay as long as it is
     * @param next where the call stands then
     */
    record RetryIn(long delayNanos, DelaySource source, CallState next) implements Decision {}

    /** The call is over. */
    record Stop(StopReason reason) implements Decision {}
}
