package dev.retrykit.internal.book;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.http.RetryAfter;
import dev.retrykit.internal.foreign.ForeignHeaders;
import dev.retrykit.internal.foreign.NeverSent;
import dev.retrykit.internal.foreign.PropertyPath;
import dev.retrykit.time.Nanos;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The clauses that do not decide, but change the decision. */
final class Changes {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private Changes() {}

    /**
     * The method of an HTTP request. A request that must not be sent twice is repeated only after a response that
     * refused it, or if it certainly never left.
     *
     * @param method null for a library whose requests may all be POSTs
     * @param answered whether the response of the failure is the one to this request, and not to one that it led to
     */
    record Method(@Nullable PropertyPath method, boolean answered, String rule) implements Change {

        /** RFC 9110, section 9.2.2. */
        private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

        @Override
        public Verdict change(Verdict verdict, Throwable failure, JudgmentContext reading) {
            if (verdict.kind() != Kind.RETRYABLE && verdict.kind() != Kind.NESTED || reading.mayRepeatRequests()) {
                return verdict;
            }
            return isIdempotent(failure) || answered && reading.isRefusal(failure) || isNeverSent(failure, reading)
                    ? verdict
                    : verdict.as(Kind.NOT_IDEMPOTENT).by(rule);
        }

        /** A connection that is refused while a response is read is another request's. */
        private static boolean isNeverSent(Throwable failure, JudgmentContext reading) {
            return NeverSent.is(failure) && !reading.isAnswered(failure);
        }

        private boolean isIdempotent(Throwable failure) {
            Object name = method == null ? "POST" : method.read(failure);
            return name == null || IDEMPOTENT.contains(CodeSet.text(name).toUpperCase(Locale.ROOT));
        }

        @Override
        public boolean tellsMethod(Throwable failure) {
            return method == null || method.read(failure) != null;
        }

        @Override
        public List<PropertyPath> paths() {
            return method == null ? List.of() : List.of(method);
        }
    }

    /** The minimum delay before the next attempt. */
    record RetryAfterValue(PropertyPath delay, Unit unit) implements Change {

        @Override
        public Verdict change(Verdict verdict, Throwable failure, JudgmentContext reading) {
            if (verdict.kind() != Kind.RETRYABLE && verdict.kind() != Kind.NESTED) {
                return verdict;
            }
            Duration least = unit.duration(delay.read(failure), reading.now());
            return least == null ? verdict : longest(verdict, least);
        }

        @Override
        public List<PropertyPath> paths() {
            return List.of(delay);
        }
    }

    /** The headers of a response whose status is not known. */
    record Headers(PropertyPath headers, String rule) implements Change {

        @Override
        public Verdict change(Verdict verdict, Throwable failure, JudgmentContext reading) {
            Object found =
                    verdict.kind() == Kind.RETRYABLE || verdict.kind() == Kind.NESTED ? headers.read(failure) : null;
            if (found == null) {
                return verdict;
            }
            RetryAfter advice = RetryAfter.read(new ForeignHeaders(found), reading.now());
            Verdict delayed = advice.delayNanos() == Verdict.NO_HINT
                    ? verdict
                    : longest(verdict, Duration.ofNanos(advice.delayNanos()));
            return advice.vetoed() ? delayed.as(Kind.VETOED).by(rule) : delayed;
        }

        @Override
        public List<PropertyPath> paths() {
            return List.of(headers);
        }
    }

    /**
     * How many attempts the library itself has made.
     *
     * @param attempts null for a failure that is thrown only after several
     */
    record Attempts(@Nullable PropertyPath attempts, String rule) implements Change {

        @Override
        public Verdict change(Verdict verdict, Throwable failure, JudgmentContext reading) {
            return verdict.kind() == Kind.RETRYABLE && (attempts == null || attempts.number(failure, 1) > 1)
                    ? verdict.as(Kind.NESTED).by(rule)
                    : verdict;
        }

        @Override
        public List<PropertyPath> paths() {
            return attempts == null ? List.of() : List.of(attempts);
        }
    }

    /** A failed commit may have taken effect, unless the database responded that it rolled back (class 40). */
    record Commit(PropertyPath state, String rule) implements Change {

        private static final Set<Kind> OPEN = Set.of(Kind.RETRYABLE, Kind.NESTED, Kind.UNKNOWN);

        @Override
        public Verdict change(Verdict verdict, Throwable failure, JudgmentContext reading) {
            boolean open = !reading.mayRepeatEffects() && OPEN.contains(verdict.kind());
            Object known = open ? state.read(failure) : null;
            boolean rolledBack = known != null && CodeSet.text(known).startsWith("40");
            return open && !rolledBack && isOfCommit(failure)
                    ? Verdict.of(Kind.NOT_IDEMPOTENT, Signal.FAILURE).by(rule)
                    : verdict;
        }

        /** The stack trace is the only place where drivers show this. */
        private static boolean isOfCommit(Throwable failure) {
            for (StackTraceElement frame : Causes.stackTrace(failure)) {
                if (frame.getMethodName().equals("commit")
                        && frame.getClassName().contains("Connection")) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public List<PropertyPath> paths() {
            return List.of(state);
        }
    }

    /** Ignores a difference of less than a millisecond. */
    private static Verdict longest(Verdict verdict, Duration least) {
        long nanos = Nanos.of(least);
        return verdict.retryAfterNanos() >= nanos - nanos % NANOS_PER_MILLI
                        && verdict.retryAfterNanos() != Verdict.NO_HINT
                ? verdict
                : verdict.withRetryAfter(least);
    }

    /** The unit of a number that means a time. */
    enum Unit {
        SECONDS,
        MILLIS,
        EPOCH_MILLIS;

        private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
        private static final PropertyPath WHOLE_SECONDS = PropertyPath.of("getSeconds");
        private static final PropertyPath NANOS_OF_SECOND = PropertyPath.of("getNanos");

        static @Nullable Unit of(String word) {
            for (Unit unit : values()) {
                if (unit.word().equals(word)) {
                    return unit;
                }
            }
            return null;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** Returns null for a value that is not a time, and for a negative one. */
        @Nullable
        Duration duration(@Nullable Object value, Instant now) {
            if (value instanceof Duration duration) {
                return duration.isNegative() ? null : duration;
            }
            if (value instanceof TemporalAccessor time) {
                return time.isSupported(ChronoField.INSTANT_SECONDS) ? until(Instant.from(time), now) : null;
            }
            if (value instanceof Date date) {
                return until(Instant.ofEpochMilli(date.getTime()), now);
            }
            if (value instanceof CharSequence text) {
                return ofText(text.toString().trim(), now);
            }
            if (value instanceof Number number) {
                return ofNumber(number, now);
            }
            return value == null ? null : ofProtobuf(value);
        }

        /** A duration of Protocol Buffers has seconds and nanoseconds, both positive or both negative. */
        private static @Nullable Duration ofProtobuf(Object value) {
            long seconds = WHOLE_SECONDS.number(value, -1);
            long nanos = NANOS_OF_SECOND.number(value, -1);
            return seconds < 0 || nanos < 0 ? null : Duration.ofSeconds(Math.min(seconds, Long.MAX_VALUE / 2), nanos);
        }

        /** Reads text without a unit as the value of a Retry-After header. */
        private @Nullable Duration ofText(String text, Instant now) {
            if (this == SECONDS) {
                long nanos = RetryAfter.read(name -> name.equals("retry-after") ? List.of(text) : List.of(), now)
                        .delayNanos();
                return nanos == Verdict.NO_HINT ? null : Duration.ofNanos(nanos);
            }
            return NUMBER.matcher(text).matches() ? ofNumber(Long.valueOf(text), now) : null;
        }

        private @Nullable Duration ofNumber(Number number, Instant now) {
            double amount = number.doubleValue();
            if (Double.isNaN(amount) || amount < 0) {
                return null;
            }
            return switch (this) {
                case SECONDS -> Duration.ofNanos((long) (amount * TimeUnit.SECONDS.toNanos(1)));
                case MILLIS -> Duration.ofNanos((long) (amount * TimeUnit.MILLISECONDS.toNanos(1)));
                case EPOCH_MILLIS -> until(Instant.ofEpochMilli(number.longValue()), now);
            };
        }

        /** Returns zero for a time in the past. */
        private static Duration until(Instant then, Instant now) {
            try {
                Duration left = Duration.between(now, then);
                return left.isNegative() ? Duration.ZERO : left;
            } catch (ArithmeticException beyondCounting) {
                return Duration.ofNanos(Long.MAX_VALUE);
            }
        }
    }
}
