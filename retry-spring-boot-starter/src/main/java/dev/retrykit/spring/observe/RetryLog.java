package dev.retrykit.spring.observe;

import dev.retrykit.RetryEvent;
import dev.retrykit.RetryEvent.Ended;
import dev.retrykit.RetryEvent.Retrying;
import dev.retrykit.RetryListener;
import dev.retrykit.StopReason;
import dev.retrykit.circuit.CircuitListener;
import dev.retrykit.circuit.CircuitSnapshot;
import dev.retrykit.spring.settings.Durations;
import dev.retrykit.time.TimeSource;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Tells people what calls and circuits do: a line when a call gives up, one per transition of a circuit, and at DEBUG
 * one per retry. Failures are named with type and message, never with a stack trace: the caller has the exception.
 */
public final class RetryLog implements RetryListener, CircuitListener {

    private static final Log RETRIES = LogFactory.getLog("dev.retrykit.retry");
    private static final Log CIRCUITS = LogFactory.getLog("dev.retrykit.circuit");

    private final TimeSource time;
    private final Map<String, Throttle> throttles = new ConcurrentHashMap<>();

    /** On the clock that tells when the same line may be written again. */
    public RetryLog(TimeSource time) {
        this.time = time;
    }

    @Override
    public void onEvent(RetryEvent event) {
        if (event instanceof Retrying retrying) {
            retrying(retrying);
        } else if (event instanceof Ended ended) {
            ended(ended);
        }
    }

    @Override
    public void onTransition(Transition transition) {
        CircuitSnapshot snapshot = transition.snapshot();
        CIRCUITS.info("Circuit '" + transition.circuit() + "': " + transition.from() + " -> " + transition.to()
                + details(transition.from().name(), snapshot));
    }

    private static String details(String from, CircuitSnapshot snapshot) {
        return switch (snapshot.state()) {
            case OPEN ->
                String.format(
                        Locale.ROOT,
                        "; %.1f %% of %d %s failed, %.1f %% were slow; next probe in %d ms",
                        snapshot.failureRate(),
                        snapshot.calls(),
                        from.equals("HALF_OPEN") ? "probes" : "calls",
                        snapshot.slowCallRate(),
                        snapshot.untilProbe().map(java.time.Duration::toMillis).orElse(0L));
            case HALF_OPEN -> "; probing";
            case CLOSED, FORCED_OPEN, DISABLED -> "";
        };
    }

    private static void retrying(Retrying event) {
        if (RETRIES.isDebugEnabled()) {
            RETRIES.debug("Policy '" + event.policy() + "': attempt " + event.attempts() + " failed ("
                    + describe(event.failure()) + "); next in " + event.delay().toMillis() + " ms by "
                    + event.source().name().toLowerCase(Locale.ROOT));
        }
    }

    private void ended(Ended event) {
        boolean expected = event.reason() == StopReason.SUCCESS
                || event.attempts() == 1 && event.reason() == StopReason.NOT_RETRYABLE;
        if (expected) {
            if (RETRIES.isDebugEnabled()) {
                RETRIES.debug(line(event));
            }
            return;
        }
        long unsaid = throttles
                .computeIfAbsent(event.policy() + "/" + event.reason(), key -> new Throttle())
                .unsaid(time.nanoTime());
        if (unsaid >= 0) {
            RETRIES.warn(line(event) + (unsaid == 0 ? "" : "; and " + unsaid + " more like this before it"));
        }
    }

    private static String line(Ended event) {
        String failure = event.failure() == null ? "" : "; " + describe(event.failure());
        return "Policy '" + event.policy() + "': " + event.reason() + " after " + event.attempts()
                + (event.attempts() == 1 ? " attempt in " : " attempts in ")
                + Durations.text(java.time.Duration.ofMillis(event.elapsed().toMillis())) + failure;
    }

    /** What a peer wrote into a message must not forge a line. */
    private static String describe(@Nullable Throwable failure) {
        if (failure == null) {
            return "no failure";
        }
        String message = String.valueOf(failure.getMessage()).replaceAll("\\p{Cntrl}", " ");
        return failure.getClass().getName() + ": "
                + (message.length() > 200 ? message.substring(0, 200) + "…" : message);
    }
}
