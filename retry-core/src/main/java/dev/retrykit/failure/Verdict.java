package dev.retrykit.failure;

import dev.retrykit.time.Nanos;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of a failure. Immutable. The rule does not take part in equality.
 *
 * @param kind whether it may be retried
 * @param signal what it says about the dependency
 * @param retryAfterNanos the minimum delay that the server asked for, in nanoseconds; {@link #NO_HINT} if it asked for
 *     none
 * @param status the HTTP status that it was read from, 100 to 999; 0 if there was none
 * @param rule a readable name of the rule that decided: a line of the failure book, a setting; null if unknown
 */
public record Verdict(
        Kind kind,
        Signal signal,
        long retryAfterNanos,
        int status,
        @Nullable String rule) {

    private static final int HIGHEST_STATUS = 999;

    /**
     * Validates the values here, so that a classifier's mistake shows in the classifier.
     *
     * @throws IllegalArgumentException if the status is below 0 or above 999, or the delay is below {@link #NO_HINT}
     */
    public Verdict {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(signal, "signal");
        if (status < 0 || status > HIGHEST_STATUS) {
            throw new IllegalArgumentException(
                    "status must be an HTTP status of 100 to 999, or 0 for none, but was " + status
                            + ". HttpURLConnection reports -1 for a response that is not HTTP: return no verdict for it.");
        }
        if (retryAfterNanos < NO_HINT) {
            throw new IllegalArgumentException(
                    "retryAfterNanos must be " + NO_HINT + " for none, or 0 or more, but was " + retryAfterNanos);
        }
    }

    /** Creates a verdict without the name of a rule. */
    public Verdict(Kind kind, Signal signal, long retryAfterNanos, int status) {
        this(kind, signal, retryAfterNanos, status, null);
    }

    /** Creates a verdict without an HTTP status and without the name of a rule. */
    public Verdict(Kind kind, Signal signal, long retryAfterNanos) {
        this(kind, signal, retryAfterNanos, 0, null);
    }

    /** The value of {@link #retryAfterNanos()} if the server did not ask for a delay. */
    public static final long NO_HINT = -1;

    /** Whether a failure may be retried. */
    public enum Kind {

        /** Transient: a retry can help. */
        RETRYABLE,

        /** Permanent: a retry cannot help. */
        NOT_RETRYABLE,

        /** No rule knows this failure; like a permanent one, it is not retried. */
        UNKNOWN,

        /** Transient, but the attempt may have had its effect, and a second effect would be wrong. */
        NOT_IDEMPOTENT,

        /** Transient, but an inner layer, such as the called library, reports that it has already retried. */
        NESTED,

        /** The server asked not to be called again. */
        VETOED,

        /** The thread was interrupted. */
        INTERRUPTED
    }

    private static final Verdict RETRYABLE = new Verdict(Kind.RETRYABLE, Signal.FAILURE, NO_HINT);
    private static final Verdict NOT_RETRYABLE = new Verdict(Kind.NOT_RETRYABLE, Signal.FAILURE, NO_HINT);
    private static final Verdict UNKNOWN = new Verdict(Kind.UNKNOWN, Signal.FAILURE, NO_HINT);

    /** A transient failure of the dependency. */
    public static Verdict retryable() {
        return RETRYABLE;
    }

    /** A permanent failure that counts against the dependency. */
    public static Verdict notRetryable() {
        return NOT_RETRYABLE;
    }

    /** A failure that no rule knows. It counts against the dependency. */
    public static Verdict unknown() {
        return UNKNOWN;
    }

    /** Creates a verdict with the given signal, which decides whether the failure counts against the dependency. */
    public static Verdict of(Kind kind, Signal signal) {
        return new Verdict(kind, signal, NO_HINT);
    }

    /**
     * Returns what an HTTP status of 400 or more means by itself: 408, 425, 429, 500, 502, 503, 504 are transient.
     *
     * @throws IllegalArgumentException if the status is below 0 or above 999
     */
    public static Verdict ofStatus(int status) {
        Kind kind = isTransient(status) ? Kind.RETRYABLE : Kind.NOT_RETRYABLE;
        return new Verdict(kind, signalOf(status), NO_HINT, status, null);
    }

    private static boolean isTransient(int status) {
        return switch (status) {
            case 408, 425, 429, 500, 502, 503, 504 -> true;
            default -> false;
        };
    }

    private static Signal signalOf(int status) {
        return switch (status) {
            case 408, 425 -> Signal.FAILURE;
            case 429 -> Signal.THROTTLED;
            case 401, 403, 407 -> Signal.NONE;
            default -> status <= 499 ? Signal.SUCCESS : Signal.FAILURE;
        };
    }

    /** Returns this verdict with the name of the rule that decided. */
    public Verdict by(@Nullable String newRule) {
        return Objects.equals(newRule, rule) ? this : new Verdict(kind, signal, retryAfterNanos, status, newRule);
    }

    /** Returns this verdict with another kind. */
    public Verdict as(Kind newKind) {
        if (newKind == kind) {
            return this;
        }
        boolean plain = signal == Signal.FAILURE && retryAfterNanos == NO_HINT && status == 0 && rule == null;
        return plain && newKind == Kind.RETRYABLE
                ? RETRYABLE
                : new Verdict(newKind, signal, retryAfterNanos, status, rule);
    }

    /** Returns this verdict with another signal about the dependency. */
    public Verdict withSignal(Signal newSignal) {
        return newSignal == signal ? this : new Verdict(kind, newSignal, retryAfterNanos, status, rule);
    }

    /** Returns this verdict without a delay, for callers that know better than the server when to retry. */
    public Verdict withoutHint() {
        return retryAfterNanos == NO_HINT ? this : new Verdict(kind, signal, NO_HINT, status, rule);
    }

    /** Returns this verdict with a minimum delay; a negative one counts as zero. */
    public Verdict withRetryAfter(Duration least) {
        return new Verdict(kind, signal, Math.max(0, Nanos.of(least)), status, rule);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Verdict verdict
                && verdict.kind == kind
                && verdict.signal == signal
                && verdict.retryAfterNanos == retryAfterNanos
                && verdict.status == status;
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, signal, retryAfterNanos, status);
    }
}
