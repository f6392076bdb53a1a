package dev.retrykit.circuit;

import java.time.Duration;
import java.util.Optional;

/**
 * The state and counts of a circuit at one moment.
 *
 * @param name the circuit's name
 * @param state what it does with calls
 * @param calls the number of results: in the window when closed, of the probes when half-open, at the moment of opening
 *     when open
 * @param failures how many of these calls failed
 * @param slowCalls how many of these calls were slow, failed or not
 * @param rejected calls rejected since creation, or that would have been without a dry run
 * @param untilProbe the time until the next probe, if one is planned; zero if a probe may be made now
 * @param untilEnd how long the state lasts, if time alone ends it: an open duration, a round of probes, or a state that
 *     was forced for a time
 */
public record CircuitSnapshot(
        String name,
        CircuitState state,
        long calls,
        long failures,
        long slowCalls,
        long rejected,
        Optional<Duration> untilProbe,
        Optional<Duration> untilEnd) {

    /** Percentage of the calls that failed; 0 without calls. */
    public double failureRate() {
        return calls == 0 ? 0 : failures * 100.0 / calls;
    }

    /** Percentage of the calls that were slow; 0 without calls. */
    public double slowCallRate() {
        return calls == 0 ? 0 : slowCalls * 100.0 / calls;
    }
}
