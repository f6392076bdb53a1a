package dev.retrykit.internal.engine;

import dev.retrykit.circuit.Circuit;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.TimeBudgetSpentException;
import java.util.concurrent.CancellationException;

/** The failure that a caller gets if a call stops before any attempt of it has ended. */
final class NoAttemptFailure {

    private NoAttemptFailure() {}

    static Throwable failure(RetryEngine retry, StopReason reason, long nowNanos) {
        Circuit circuit = retry.circuit();
        if (reason == StopReason.CIRCUIT_OPEN && circuit != null) {
            return circuit.rejection(nowNanos);
        }
        return reason == StopReason.TIME_BUDGET
                ? new TimeBudgetSpentException(retry.name())
                : new CancellationException("policy '" + retry.name() + "': " + reason + " before an attempt ended");
    }
}
