package dev.retrykit.internal.decision;

import dev.retrykit.event.DelaySource;
import dev.retrykit.event.StopReason;

/** The next step of a call. */
public sealed interface Decision {

    /** An attempt may start. */
    Decision RUN = new Run();

    /** An attempt may start. */
    record Run() implements Decision {}

    /**
     * Decide again after a delay.
     *
     * @param delayNanos nanoseconds
     * @param source what decided the length of the delay
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

        /** Returns the shared instance for a reason. */
        public static Stop of(StopReason reason) {
            return ALL[reason.ordinal()];
        }
    }
}
