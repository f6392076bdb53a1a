package dev.retrykit.circuit;

import java.time.Duration;
import java.util.Optional;

/**
 * A circuit at one moment.
 *
 * @param name the circuit's name
 * @param state what it does with calls
 * @param calls results in the window when closed, among the probes when half-open, at the moment of opening when open
 * @param failures those of them that failed
 * @param slowCalls those of them that were slow, failed or not
 * @param rejected calls rejected since the start, or that would have been but for a dry run
 * @param untilProbe time until the next probe, if one is planned; zero when one may be made now
 * @param untilEnd how long the state lasts by itself, if time alone ends it: an open time, a round of probes, and what
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

    /** Percent of the calls that failed; 0 without calls. */
    public double failureRate() {
        return calls == 0 ? 0 : failures * 100.0 / calls;
    }

    /** Percent of the calls that were slow; 0 without calls. */
    public double slowCallRate() {
        return calls == 0 ? 0 : slowCalls * 100.0 / calls;
    }
}
