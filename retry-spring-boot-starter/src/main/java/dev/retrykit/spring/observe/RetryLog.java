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
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.PolicySettings;
import dev.retrykit.spring.settings.binding.FailureRemedy;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Logs what calls and circuits do: a line when a call gives up, one per transition of a circuit, and at DEBUG one per
 * retry. Failures appear with their type and message, never with a stack trace, because the caller has the exception.
 */
public final class RetryLog implements RetryListener, CircuitListener {

    private static final Log RETRIES = LogFactory.getLog("dev.retrykit.retry");
    private static final Log CIRCUITS = LogFactory.getLog("dev.retrykit.circuit");

    private static final int LONGEST = 200;

    /** Limits the memory for types that were explained, and the lines about them. */
    private static final int MOST_UNKNOWN = 100;

    private final TimeSource time;
    private final Executor executor;
    private final Map<String, LogThrottle> throttles = new ConcurrentHashMap<>();
    private final Set<String> unknown = ConcurrentHashMap.newKeySet();
    private final BooleanSupplier shutDown;
    private final AtomicBoolean tooMany = new AtomicBoolean();
    private final AtomicBoolean cutOff = new AtomicBoolean();

    /**
     * Creates the log.
     *
     * @param time the clock for repeating a line
     * @param executor writes the summaries
     * @param shutDown whether the application has shut down and starts no further retries
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
                + (transition.dryRun() ? "; dry run, all calls are permitted" : ""));
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
                    + describe(event.failure()) + "); next attempt in " + milliseconds(event.delay()) + " by "
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
        return line(event) + ". The application is shutting down, and the remaining time is too short for the retry."
                + " Give the web server and the listener containers more time (server.shutdown: graceful"
                + " and spring.lifecycle.timeout-per-shutdown-phase), or shorten the delays. (Logged once;"
                + " retrykit.stops counts all such calls.)";
    }

    /** Logs a warning once per policy and type, with the ways to declare the meaning of such a failure. */
    private void explainUnknown(Ended event) {
        Throwable failure = event.failure().map(Causes::unwrap).orElse(null);
        Verdict verdict = event.verdict().orElse(null);
        boolean decided = event.reason() == StopReason.NOT_RETRYABLE;
        if (!decided || failure == null || verdict == null || verdict.kind() != Verdict.Kind.UNKNOWN) {
            return;
        }
        String entry = event.policy() + "/" + failure.getClass().getName() + "/" + FailureRemedy.typeFor(failure);
        if (unknown.contains(entry)) {
            return;
        }
        if (unknown.size() >= MOST_UNKNOWN) {
            if (tooMany.compareAndSet(false, true)) {
                RETRIES.warn("More than " + MOST_UNKNOWN + " failures are unknown, and no further ones are explained"
                        + " here. GET /actuator/retry/failures lists them, if the endpoint is exposed. (Logged once.)");
            }
        } else if (unknown.add(entry)) {
            FailureRemedy remedy = FailureRemedy.of(failure);
            RETRIES.warn("Policy " + MessageText.quoted(event.policy()) + ": it is unknown whether "
                    + name(failure) + cause(failure) + " is transient, so it is not retried. " + remedy.text()
                    + ". For this policy alone, add the class to " + key(event, PolicySettings.RETRY_ON.name())
                    + ". (Logged once.)");
        }
    }

    /** Describes the root cause of a wrapper. */
    private static String cause(Throwable failure) {
        List<Throwable> chain = Causes.chain(failure);
        Throwable root = chain.get(chain.size() - 1);
        return root == failure ? "" : " (by " + name(root) + ")";
    }

    private static String key(Ended event, String key) {
        return new EntryKey("retrykit.policies", event.policy()).text(key);
    }

    private static String summary(Ended last, long count) {
        return "Policy " + MessageText.quoted(last.policy()) + ": " + last.reason() + " " + count
                + (count == 1 ? " more time" : " more times") + " in the last "
                + Durations.text(LogThrottle.QUIET) + "; last: " + describe(last.failure()) + judgedBy(last);
    }

    private static String line(Ended event) {
        String failure = event.failure().isEmpty() ? "" : "; " + describe(event.failure());
        return "Policy " + MessageText.quoted(event.policy()) + ": " + event.reason() + " after " + event.attempts()
                + (event.attempts() == 1 ? " attempt in " : " attempts in ")
                + milliseconds(event.elapsed()) + failure
                + (event.reason() == StopReason.NOT_IDEMPOTENT ? "; " + onceOnly(event) : "")
                + judgedBy(event);
    }

    /**
     * Describes the rule that classified the failure, unless the call ended for a different reason, or because of an
     * effect that the line describes already.
     */
    private static String judgedBy(Ended event) {
        Verdict verdict = event.verdict().orElse(null);
        if (verdict == null || verdict.rule() == null) {
            return "";
        }
        String rule = "classified by " + MessageText.line(verdict.rule(), LONGEST);
        return switch (event.reason()) {
            case SUCCESS, CANCELLED -> "";
            case NESTED -> verdict.kind() == Verdict.Kind.NESTED ? "; " + rule : "";
            case NOT_IDEMPOTENT -> event.sideEffect().isPresent() ? "" : "; " + rule;
            case NOT_RETRYABLE ->
                verdict.kind() == Verdict.Kind.RETRYABLE
                        ? "; " + rule + " as transient, but another attempt was not possible"
                        : "; " + rule;
            default -> "; " + rule;
        };
    }

    private static String onceOnly(Ended event) {
        RetryEvent.Effect effect = event.sideEffect().orElse(null);
        if (effect == null) {
            return "the attempt may have had its effect. If a second effect does no harm, set "
                    + key(event, "idempotent: true");
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
        return what + " was committed in the attempt that failed, so it is not repeated. Spring also commits if"
                + " a method throws a checked exception: let it roll back with @Transactional(rollbackFor ="
                + " Exception.class), or in the whole application with"
                + " @EnableTransactionManagement(rollbackOn ="
                + " RollbackOn.ALL_EXCEPTIONS); if a second commit does no harm, set " + key(event, "idempotent: true");
    }

    private static String mismatched(String what, Ended event) {
        return "idempotency keys require the same requests in each attempt, and " + what
                + " may have been executed. Create the parts of paths, bodies and keys before the retried"
                + " method is called, or set the header of the key yourself; if a second request does no"
                + " harm, set " + key(event, "unsafe-methods: always");
    }

    private static String ambiguous(String what, Ended event) {
        return what + " was sent several times concurrently, so it is unknown which request has which"
                + " idempotency key, and none is sent again. Send them one after the other, or set the"
                + " headers of the"
                + " keys yourself; if"
                + " a second request does no harm, set " + key(event, "unsafe-methods: always");
    }

    private static String forgotten(String what, Ended event) {
        return "the call has sent more than 100,000 requests with idempotency keys, the last one being " + what
                + ", which is the limit, so none is sent again. Retry the method that handles one message"
                + " or item, not the loop around it; if a second request does no harm, set "
                + key(event, "unsafe-methods: always");
    }

    private static String sent(String what, Ended event) {
        return what + " may have been executed, and is not sent again without an idempotency key. If the server"
                + " supports idempotency keys, set " + key(event, "idempotency-key: auto")
                + "; if a second request does no harm, set " + key(event, "unsafe-methods: always");
    }

    private static String milliseconds(Duration duration) {
        return Durations.text(Duration.ofMillis(duration.toMillis()));
    }

    /** Escapes control characters: a message from a server must not forge a log line. */
    private static String describe(Optional<Throwable> failure) {
        return failure.map(RetryLog::describe).orElse("a returned value");
    }

    private static String describe(Throwable failure) {
        return name(failure) + ": " + MessageText.line(String.valueOf(Causes.message(failure)), LONGEST);
    }

    private static String name(Throwable failure) {
        return MessageText.line(failure.getClass().getName(), FailureRemedy.LONGEST);
    }
}
