package dev.retrykit.internal.decision;

import dev.retrykit.event.DelaySource;
import dev.retrykit.event.StopReason;

/** What happens next in a call. */
public sealed interface Decision {

    /** An attempt may begin. */
    Decision RUN = new Run();

    /** An attempt may begin. */
    record Run() implements Decision {}

    /**
     * Ask again after a delay.
     *
     * @param delayNanos nanoseconds
     * @param source what made the delay as long as it is
     * @param backoffNanos the backoff that the next one may depend on
     */
    record RetryIn(long delayNanos, DelaySource source, long backoffNanos) implements Decision {}

    /** The call is over. */
    record Stop(StopReason reason) implements Decision {

        private static final Stop[] ALL = new Stop[StopReason.values().length];

        static {
            for (StopReason reason : StopReason.values()) {
                ALL[reason.ordinal()] = new Stop(reason);
            }
        }

        /** One for all calls. */
        public static Stop of(StopReason reason) {
            return ALL[reason.ordinal()];
        }
    }
}
