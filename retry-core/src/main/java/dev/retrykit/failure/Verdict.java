package dev.retrykit.failure;

import dev.retrykit.time.Nanos;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a failure means. Immutable. Two that mean the same are equal, whatever rule has told them.
 *
 * @param kind may it be retried?
 * @param signal what it tells about the dependency
 * @param retryAfterNanos the least delay the peer asked for, in nanoseconds; {@link #NO_HINT} if it asked for none
 * @param status the HTTP status that it was read off, 100 to 999; 0 if it was none
 * @param rule what decided, for people: a line of the failure book, a setting; null if nothing says so
 */
public record Verdict(
        Kind kind,
        Signal signal,
        long retryAfterNanos,
        int status,
        @Nullable String rule) {

    private static final int HIGHEST_STATUS = 999;

    /**
     * Checked here, so that a classifier's mistake shows in the classifier.
     *
     * @throws IllegalArgumentException if the status is below 0 or above 999, or the delay is below {@link #NO_HINT}
     */
    public Verdict {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(signal, "signal");
        if (status < 0 || status > HIGHEST_STATUS) {
            throw new IllegalArgumentException("status must be an HTTP status of 100 to 999, or 0 for none, but was "
                    + status + ". HttpURLConnection says -1 where the answer isn't HTTP: leave that to other rules.");
        }
        if (retryAfterNanos < NO_HINT) {
            throw new IllegalArgumentException(
                    "retryAfterNanos must be " + NO_HINT + " for none, or 0 or more, but was " + retryAfterNanos);
        }
    }

    /** One of which nothing says what has told it. */
    public Verdict(Kind kind, Signal signal, long retryAfterNanos, int status) {
        this(kind, signal, retryAfterNanos, status, null);
    }

    /** One that was read off something else than an HTTP status. */
    public Verdict(Kind kind, Signal signal, long retryAfterNanos) {
        this(kind, signal, retryAfterNanos, 0, null);
    }

    /** The peer didn't say when to come back. */
    public static final long NO_HINT = -1;

    /** May it be retried? */
    public enum Kind {

        /** Transient: trying again can help. */
        RETRYABLE,

        /** Permanent: trying again can't help. */
        NOT_RETRYABLE,

        /** Nothing knows this failure; it isn't retried, as a permanent one. */
        UNKNOWN,

        /** Transient, but the attempt may have had its effect, and a second effect would be wrong. */
        NOT_IDEMPOTENT,

        /** Transient, but a layer inside, such as the library that was called, says that it has retried already. */
        NESTED,

        /** The peer asked not to be tried again. */
        VETOED,

        /** The thread was asked to stop. */
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

    /** A failure that nothing knows. It counts against the dependency. */
    public static Verdict unknown() {
        return UNKNOWN;
    }

    /** A verdict that counts against the dependency or not, as the signal says. */
    public static Verdict of(Kind kind, Signal signal) {
        return new Verdict(kind, signal, NO_HINT);
    }

    /**
     * What an HTTP status of 400 or more means by itself: 408, 425, 429, 500, 502, 503, 504 are transient.
     *
     * @throws IllegalArgumentException if it is below 0 or above 999
     */
    public static Verdict ofStatus(int status) {
        Verdict verdict = HttpStatuses.verdict(status);
        return new Verdict(verdict.kind, verdict.signal, NO_HINT, status, null);
    }

    /** The same verdict, told by a rule. */
    public Verdict by(@Nullable String newRule) {
        return Objects.equals(newRule, rule) ? this : new Verdict(kind, signal, retryAfterNanos, status, newRule);
    }

    /** The same meaning, retryable or not. */
    public Verdict as(Kind newKind) {
        if (newKind == kind) {
            return this;
        }
        boolean plain = signal == Signal.FAILURE && retryAfterNanos == NO_HINT && status == 0 && rule == null;
        return plain && newKind == Kind.RETRYABLE
                ? RETRYABLE
                : new Verdict(newKind, signal, retryAfterNanos, status, rule);
    }

    /** The same verdict, telling something else about the dependency. */
    public Verdict withSignal(Signal newSignal) {
        return newSignal == signal ? this : new Verdict(kind, newSignal, retryAfterNanos, status, rule);
    }

    /** The same verdict for somebody who knows better than the peer whether to come back. */
    public Verdict withoutHint() {
        return retryAfterNanos == NO_HINT ? this : new Verdict(kind, signal, NO_HINT, status, rule);
    }

    /** The same verdict with a least delay; a negative one counts as zero. */
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
