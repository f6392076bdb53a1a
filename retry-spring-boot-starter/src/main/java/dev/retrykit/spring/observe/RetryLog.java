package dev.retrykit.spring.observe;

import dev.retrykit.circuit.CircuitListener;
import dev.retrykit.circuit.CircuitSnapshot;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.RetryEvent.Ended;
import dev.retrykit.event.RetryEvent.Retrying;
import dev.retrykit.event.RetryEvent.Unwatched;
import dev.retrykit.event.RetryListener;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.Causes;
import dev.retrykit.failure.Verdict;
import dev.retrykit.spring.log.LogThrottle;
import dev.retrykit.spring.settings.Durations;
import dev.retrykit.spring.settings.EntryKey;
import dev.retrykit.spring.settings.FailureLines;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
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

    private static final int LONGEST = 200;

    private final TimeSource time;
    private final Executor executor;
    private final Map<String, LogThrottle> throttles = new ConcurrentHashMap<>();
    private final Set<String> unknown = ConcurrentHashMap.newKeySet();
    private final BooleanSupplier shutDown;
    private final AtomicBoolean cutOff = new AtomicBoolean();

    /**
     * Writes nothing yet.
     *
     * @param time tells when the same line may be written again
     * @param executor writes the summaries
     * @param shutDown whether the application has closed and retries nothing any more
     */
    public RetryLog(TimeSource time, Executor executor, BooleanSupplier shutDown) {
        this.time = time;
        this.executor = executor;
        this.shutDown = shutDown;
    }

    @Override
    public void onEvent(RetryEvent event) {
        if (event instanceof Retrying retrying) {
            retrying(retrying);
        } else if (event instanceof Ended ended) {
            ended(ended);
        } else if (event instanceof Unwatched request) {
            UnwatchedClients.warn(request);
        }
    }

    @Override
    public void onTransition(Transition transition) {
        CircuitSnapshot snapshot = transition.snapshot();
        CIRCUITS.info("Circuit " + MessageText.quoted(transition.circuit())
                + transition
                        .key()
                        .map(key -> ", key " + MessageText.quoted(key))
                        .orElse("") + ": " + transition.from()
                + " -> " + transition.to() + details(transition.from().name(), snapshot)
                + (transition.dryRun() ? "; a dry run, all calls go through" : ""));
    }

    private static String details(String from, CircuitSnapshot snapshot) {
        return switch (snapshot.state()) {
            case OPEN ->
                String.format(
                        Locale.ROOT,
                        "; %.1f %% of %d %s failed, %.1f %% were slow; next probe in %s",
                        snapshot.failureRate(),
                        snapshot.calls(),
                        from.equals("HALF_OPEN") ? "probes" : "calls",
                        snapshot.slowCallRate(),
                        milliseconds(snapshot.untilProbe().orElse(Duration.ZERO)));
            case HALF_OPEN -> "; probing";
            case CLOSED, FORCED_OPEN, DISABLED -> "";
        };
    }

    private static void retrying(Retrying event) {
        if (RETRIES.isDebugEnabled()) {
            RETRIES.debug("Policy " + MessageText.quoted(event.policy()) + ": attempt " + event.attempts() + " failed ("
                    + describe(event.failure()) + "); next in " + milliseconds(event.delay()) + " by "
                    + event.source().name().toLowerCase(Locale.ROOT));
        }
    }

    private void ended(Ended event) {
        explainUnknown(event);
        if (event.reason() == StopReason.CANCELLED && shutDown.getAsBoolean() && cutOff.compareAndSet(false, true)) {
            RETRIES.warn(cutOff(event));
            return;
        }
        boolean expected = event.reason() == StopReason.SUCCESS
                || event.reason() == StopReason.CANCELLED
                || event.attempts() == 1 && event.reason() == StopReason.NOT_RETRYABLE;
        if (expected) {
            if (RETRIES.isDebugEnabled()) {
                RETRIES.debug(line(event));
            }
            return;
        }
        throttles
                .computeIfAbsent(event.policy() + "/" + event.reason(), key -> new LogThrottle(time, executor))
                .say(() -> RETRIES.warn(line(event)), count -> RETRIES.warn(summary(event, count)));
    }

    private static String cutOff(Ended event) {
        return line(event) + ". The application closes, and its time doesn't suffice for the retry. Said once;"
                + " retrykit.stops counts all such calls. Allow the web server and the listener containers more time"
                + " (server.shutdown: graceful and spring.lifecycle.timeout-per-shutdown-phase), or make the delays"
                + " shorter.";
    }

    /** Once for each type: whoever knows better than the default rules must learn where to say so. */
    private void explainUnknown(Ended event) {
        Throwable failure = event.failure();
        Verdict verdict = event.verdict();
        boolean decided = event.reason() == StopReason.NOT_RETRYABLE;
        if (decided && failure != null && verdict != null && verdict.kind() == Verdict.Kind.UNKNOWN) {
            String type = failure.getClass().getName();
            if (unknown.add(event.policy() + "/" + type)) {
                RETRIES.warn("Policy " + MessageText.quoted(event.policy()) + ": nothing tells whether " + type
                        + cause(failure) + " is transient, so it isn't retried. If it is, name it under "
                        + key(event, "retry-on")
                        + ", which adds it to what is known, or say for all policies what it means: "
                        + FailureLines.key(type) + ": transient. Said once.");
            }
        }
    }

    /** A wrapper says little. */
    private static String cause(Throwable failure) {
        List<Throwable> chain = Causes.chain(failure);
        Throwable root = chain.get(chain.size() - 1);
        return root == failure ? "" : " (by " + root.getClass().getName() + ")";
    }

    private static String key(Ended event, String key) {
        return new EntryKey("retrykit.policies", event.policy()).text(key);
    }

    private static String summary(Ended last, long count) {
        return "Policy " + MessageText.quoted(last.policy()) + ": " + last.reason() + " " + count
                + (count == 1 ? " more time" : " more times") + " in the last "
                + Durations.text(LogThrottle.QUIET) + "; the last: " + describe(last.failure());
    }

    private static String line(Ended event) {
        String failure = event.failure() == null ? "" : "; " + describe(event.failure());
        return "Policy " + MessageText.quoted(event.policy()) + ": " + event.reason() + " after " + event.attempts()
                + (event.attempts() == 1 ? " attempt in " : " attempts in ")
                + milliseconds(event.elapsed()) + failure
                + (event.reason() == StopReason.NOT_IDEMPOTENT ? "; " + onceOnly(event) : "")
                + judgedBy(event);
    }

    /** What decided what the failure means: not where another thing than its meaning ended the call. */
    private static String judgedBy(Ended event) {
        Verdict verdict = event.verdict();
        if (verdict == null || verdict.rule() == null) {
            return "";
        }
        boolean judged = switch (event.reason()) {
            case SUCCESS, CANCELLED -> false;
            case NESTED -> verdict.kind() == Verdict.Kind.NESTED;
            default -> true;
        };
        return judged ? "; judged by " + MessageText.line(verdict.rule(), LONGEST) : "";
    }

    private static String onceOnly(Ended event) {
        RetryEvent.Effect effect = event.sideEffect();
        if (effect == null) {
            return "it may have had its effect. If a second one does no harm, set " + key(event, "idempotent: true");
        }
        String what = MessageText.line(effect.what(), LONGEST);
        return switch (effect.kind()) {
            case COMMIT -> committed(what, event);
            case MISMATCHED_KEY -> mismatched(what, event);
            case AMBIGUOUS_KEY -> ambiguous(what, event);
            case FORGOTTEN_KEY -> forgotten(what, event);
            case UNWATCHED -> UnwatchedClients.withoutKey(what) + key(event, "unsafe-methods: always");
            case WITHOUT_KEY, WITH_KEY, WATCHED -> sent(what, event);
        };
    }

    private static String committed(String what, Ended event) {
        return what + " was committed in the attempt that failed, so it isn't repeated. Spring also commits where a"
                + " method throws a checked exception: let it roll back with @Transactional(rollbackFor = Exception.class),"
                + " or in all of the application with @EnableTransactionManagement(rollbackOn ="
                + " RollbackOn.ALL_EXCEPTIONS); if a second commit does no harm, set " + key(event, "idempotent: true");
    }

    private static String mismatched(String what, Ended event) {
        return "idempotency keys hold for requests that are the same in each attempt, and " + what
                + " may have been done."
                + " Make what paths, bodies and keys are made of before the retried method is called, or set the header of the"
                + " key yourself; if a second request does no harm, set " + key(event, "unsafe-methods: always");
    }

    private static String ambiguous(String what, Ended event) {
        return what + " was sent more than once at the same time, and nothing tells which request has which idempotency"
                + " key, so none is sent again. Send them one after the other, or set the headers of the keys yourself; if"
                + " a second request does no harm, set " + key(event, "unsafe-methods: always");
    }

    private static String forgotten(String what, Ended event) {
        return "its call has sent more than 100,000 requests with idempotency keys, the last of them " + what
                + ", and remembers no more, so none is sent again. Retry the method that handles one message or item,"
                + " rather than the loop around it; if a second request does no harm, set "
                + key(event, "unsafe-methods: always");
    }

    private static String sent(String what, Ended event) {
        return what + " may have been done, and isn't sent again without an idempotency key. If"
                + " the server knows such keys, set " + key(event, "idempotency-key: auto")
                + "; if a second one does no harm, " + key(event, "unsafe-methods: always");
    }

    private static String milliseconds(Duration duration) {
        return Durations.text(Duration.ofMillis(duration.toMillis()));
    }

    /** What a peer wrote into a message must not forge a line. */
    private static String describe(@Nullable Throwable failure) {
        return failure == null
                ? "a returned value"
                : failure.getClass().getName() + ": " + MessageText.line(String.valueOf(failure.getMessage()), LONGEST);
    }
}
