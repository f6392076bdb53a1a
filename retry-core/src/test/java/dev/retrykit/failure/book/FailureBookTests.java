package dev.retrykit.failure.book;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.ConcurrentModificationException;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailureBookTests {

    private static final Instant NOW = Instant.parse("2026-11-29T00:00:00Z");
    private static final String HERE = FailureBookTests.class.getName();

    /** As the exceptions of libraries: each test sets what it tells. */
    public static class ApiException extends RuntimeException {

        int status;
        boolean busy;

        @Nullable
        String name;

        int attempts = 1;
        Object headers = Map.of();

        @Nullable
        Object delay;

        @Nullable
        Object inner;

        @Nullable
        String method;

        public int id = 7;

        public ApiException() {
            super("LOADING the data set");
        }

        public ApiException(Throwable cause) {
            super("wrapped", cause);
        }

        public int getStatus() {
            return status;
        }

        public boolean isBusy() {
            return busy;
        }

        public @Nullable String name() {
            return name;
        }

        public Optional<String> maybeName() {
            return Optional.ofNullable(name);
        }

        public int attempts() {
            return attempts;
        }

        public Object headers() {
            return headers;
        }

        public @Nullable Object delay() {
            return delay;
        }

        public @Nullable Object inner() {
            return inner;
        }

        public @Nullable String method() {
            return method;
        }

        public ApiException self() {
            return this;
        }

        public boolean hasLabel(String label) {
            return label.equals("Retry");
        }

        public String digits() {
            return "12";
        }

        public CharSequence zeros() {
            return new StringBuilder("08001");
        }

        public OptionalInt maybeNumber() {
            return OptionalInt.of(503);
        }

        public OptionalLong maybeLong() {
            return OptionalLong.of(503);
        }

        public OptionalDouble maybeDouble() {
            return OptionalDouble.of(503);
        }

        public OptionalInt noNumber() {
            return OptionalInt.empty();
        }

        public String statusText() {
            return "503";
        }

        public int throwing() {
            throw new IllegalStateException("no");
        }
    }

    public static class SpecialException extends ApiException {}

    /** A failure with several codes. */
    public static class WithCodes extends ApiException {

        public final transient List<Integer> codes;

        WithCodes(List<Integer> codes) {
            this.codes = codes;
        }
    }

    public interface Marked {}

    public static class MarkedException extends RuntimeException implements Marked {}

    private static FailureBook book(String... lines) {
        Map<String, String> all = new HashMap<>();
        for (String line : lines) {
            int colon = line.indexOf(": ");
            String type = line.substring(0, colon);
            all.put(type.contains(".") ? type : HERE + "$" + type, line.substring(colon + 2));
        }
        return FailureBook.of(all, () -> NOW);
    }

    private static @Nullable Kind kind(FailureBook book, Throwable failure) {
        Verdict verdict = book.classify(failure);
        return verdict == null ? null : verdict.kind();
    }

    private static @Nullable Kind kind(String clauses, Throwable failure) {
        return kind(book("ApiException: " + clauses), failure);
    }

    @ParameterizedTest
    @CsvSource({
        "transient,      RETRYABLE,      FAILURE",
        "throttled,      RETRYABLE,      THROTTLED",
        "answered,       NOT_RETRYABLE,  SUCCESS",
        "permanent,      NOT_RETRYABLE,  FAILURE",
        "neutral,        NOT_RETRYABLE,  NONE",
        "unknown-effect, NOT_IDEMPOTENT, FAILURE",
    })
    void aMeaningIsAVerdict(String meaning, Kind kind, Signal signal) {
        Verdict verdict = book("ApiException: " + meaning).classify(new ApiException());

        assertThat(verdict).isEqualTo(Verdict.of(kind, signal));
        assertThat(verdict.rule()).isEqualTo(HERE + "$ApiException: " + meaning);
    }

    @Test
    void aStatusMeansWhatItMeansEverywhere() {
        ApiException failure = new ApiException();
        failure.headers = Map.of("Retry-After", List.of("2"));
        failure.status = 503;
        Verdict verdict = book("ApiException: status(getStatus, headers)").classify(failure);

        assertThat(verdict).isEqualTo(new Verdict(Kind.RETRYABLE, Signal.FAILURE, 2_000_000_000L, 503));

        failure.status = 404;
        assertThat(kind("status(getStatus)", failure)).isEqualTo(Kind.NOT_RETRYABLE);
        failure.status = 200;
        assertThat(kind("status(getStatus)", failure)).isNull();
        failure.status = -1;
        assertThat(kind("status(getStatus)", failure)).isNull();
    }

    @Test
    void aStatusIsKeptWhateverDecides() {
        ApiException failure = new ApiException();
        failure.status = 400;
        failure.busy = true;

        assertThat(book("ApiException: flag(isBusy) = throttled, status(getStatus)")
                        .classify(failure))
                .isEqualTo(new Verdict(Kind.RETRYABLE, Signal.THROTTLED, Verdict.NO_HINT, 400));
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "->",
            value = {
                "flag(isBusy) -> RETRYABLE",
                "flag(self.isBusy) -> RETRYABLE",
                "code(name: Some|BUSY) = transient -> RETRYABLE",
                "code(maybeName: BUSY) = transient -> RETRYABLE",
                "code(id: 7) = transient -> RETRYABLE",
                "code(id: 5-9) = transient -> RETRYABLE",
                "code(id: 8|70) = transient ->",
                "code(getStackTrace.length: 1-9999) = transient -> RETRYABLE",
                "code(getSuppressed.length: 1-9999) = transient ->",
                "label(hasLabel: Other|Retry) = transient -> RETRYABLE",
                "label(hasLabel: Other) = transient ->",
                "word(LOADING|BUSY) = transient -> RETRYABLE",
                "word(LOAD) = transient ->",
                "says(the DATA) = transient -> RETRYABLE",
                "says(nothing) = transient ->",
                "ends(ApiException) = transient -> RETRYABLE",
                "thrown-in(dev.retrykit.failure.*) = transient -> RETRYABLE",
                "thrown-in(com.acme.Pool) = transient ->",
                "thrown-in(dev.retrykit.failure.book.FailureBookTests.aClauseSaysSomethingOrNothing) = transient -> RETRYABLE",
                "thrown-in(dev.retrykit.failure.book.FailureBookTests.another) = transient ->",
                "flag(throwing) ->",
                "flag(missing), transient -> RETRYABLE",
                "flag(name) ->",
                "code(digits: 12) = transient -> RETRYABLE",
                "code(digits: 10-19) = transient -> RETRYABLE",
                "code(zeros: 8001) = transient ->",
                "code(zeros: 8000-8009) = transient ->",
                "code(zeros: 08001) = transient -> RETRYABLE",
                "code(maybeNumber: 503) = transient -> RETRYABLE",
                "code(maybeLong: 503) = transient -> RETRYABLE",
                "code(maybeDouble: 503) = transient -> RETRYABLE",
                "code(noNumber: 0|503) = transient ->",
                "status(statusText) -> RETRYABLE",
                "\u00a0status(statusText,\u00a0headers) -> RETRYABLE",
            })
    void aClauseSaysSomethingOrNothing(String clauses, @Nullable Kind expected) {
        ApiException failure = new ApiException();
        failure.busy = true;
        failure.name = "BUSY";

        assertThat(kind(clauses, failure)).isEqualTo(expected);
    }

    @Test
    void ofSeveralFailuresTheWorstCounts() {
        ApiException failure = new ApiException();
        failure.inner = List.of(new ConnectException(), new MarkedException());

        assertThat(kind(book("ApiException: failures(inner)", "Marked: unknown-effect"), failure))
                .isEqualTo(Kind.NOT_IDEMPOTENT);
        assertThat(kind(book("ApiException: failures(inner)", "Marked: answered"), failure))
                .isEqualTo(Kind.NOT_RETRYABLE);
        failure.inner = new Throwable[] {new ConnectException(), new SocketTimeoutException()};
        assertThat(kind("failures(inner)", failure)).isEqualTo(Kind.RETRYABLE);
        failure.inner = Map.of("node", new ConnectException());
        assertThat(kind("failures(inner)", failure)).isEqualTo(Kind.RETRYABLE);
    }

    @Test
    void manyFailuresAreJudgedAndTheSameOneOnlyOnce() {
        ApiException failure = new ApiException();
        ConnectException same = new ConnectException();
        failure.inner = IntStream.range(0, 1_000)
                .mapToObj(i -> i % 2 == 0 ? same : new ConnectException())
                .toList();

        assertThat(kind("failures(inner)", failure)).isEqualTo(Kind.RETRYABLE);

        failure.inner = Collections.nCopies(1_001, same);
        assertThat(kind("failures(inner)", failure)).isEqualTo(Kind.NOT_IDEMPOTENT);
    }

    @Test
    void aCollectionThatCannotBeReadToItsEndIsNoReasonToFail() {
        ApiException failure = new ApiException();
        List<Object> itself = new ArrayList<>();
        itself.add(itself);
        itself.add(new MarkedException());
        FailureBook book = book("ApiException: failures(inner), throttled", "Marked: answered");

        failure.inner = itself;
        assertThat(kind(book, failure)).isEqualTo(Kind.NOT_RETRYABLE);
        failure.inner = Path.of("a");
        assertThat(kind(book, failure)).isEqualTo(Kind.RETRYABLE);
        failure.inner = (Iterable<Object>) () -> {
            throw new ConcurrentModificationException();
        };
        assertThat(kind(book, failure)).isEqualTo(Kind.RETRYABLE);
        failure.inner = (Iterable<Object>) () -> Stream.generate(Object::new).iterator();
        assertThat(kind(book, failure)).isEqualTo(Kind.NOT_IDEMPOTENT);
    }

    @Test
    void failuresThatHoldEachOtherEnd() {
        ApiException one = new ApiException();
        ApiException other = new ApiException();
        one.inner = List.of(other, one);
        other.inner = List.of(one, other);

        assertThat(kind("failures(inner), permanent", one)).isEqualTo(Kind.NOT_RETRYABLE);
    }

    @Test
    void theOutermostFailureThatSaysSomethingDecides() {
        FailureBook book = book("ApiException: transient", "Marked: answered");

        assertThat(kind(book, new ApiException(new MarkedException()))).isEqualTo(Kind.RETRYABLE);
        assertThat(kind(book, new RuntimeException(new MarkedException()))).isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(kind("cause, transient", new ApiException(new IOException("unknown"))))
                .isEqualTo(Kind.RETRYABLE);
        assertThat(kind(
                        book("ApiException: cause, transient", "Marked: answered"),
                        new ApiException(new MarkedException())))
                .isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(kind("cause, permanent", new ApiException(new ConnectException())))
                .isEqualTo(Kind.RETRYABLE);
    }

    @Test
    void aSubclassIsAskedFirstAndASuperclassWhereItSaysNothing() {
        FailureBook book = book("SpecialException: flag(isBusy) = answered", "ApiException: transient");
        SpecialException busy = new SpecialException();
        busy.busy = true;

        assertThat(kind(book, busy)).isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(kind(book, new SpecialException())).isEqualTo(Kind.RETRYABLE);
        assertThat(kind(book("SpecialException: pass", "ApiException: transient"), new SpecialException()))
                .isNull();
    }

    @Test
    void aClassIsKnownByItsSimpleNameIfItHasTheAccessors() {
        ApiException failure = new ApiException();
        failure.status = 503;

        assertThat(kind(book("*.ApiException: status(getStatus)"), failure)).isEqualTo(Kind.RETRYABLE);
        assertThat(kind(book("*.ApiException: status(getCode)"), failure)).isNull();
        assertThat(kind(book("*.ApiException: status(getStatus)", "ApiException: answered"), failure))
                .isEqualTo(Kind.NOT_RETRYABLE);
    }

    @Test
    void aPatternIsForAPackageAndThoseBelowItOrForAllClasses() {
        ApiException failure = new ApiException();
        failure.busy = true;

        assertThat(kind(book("dev.retrykit.failure.*: answered"), failure)).isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(kind(book("dev.retrykit.fail.*: answered"), failure)).isNull();
        assertThat(kind(book("dev.retrykit.failure.*: answered"), new IllegalStateException()))
                .isNull();
        assertThat(kind(book("java.lang.*: answered"), failure)).isEqualTo(Kind.NOT_RETRYABLE);
        FailureBook flags = FailureBook.of(Map.of("*", "flag(isRetryable), flag(isBusy) = throttled"), () -> NOW);
        assertThat(flags.classify(failure)).isEqualTo(Verdict.of(Kind.RETRYABLE, Signal.THROTTLED));
        assertThat(flags.classify(new IllegalStateException())).isNull();
    }

    @Test
    void theMoreSpecificPatternComesFirst() {
        Map<String, String> lines = new HashMap<>(Map.of("*", "neutral", "dev.*", "answered"));
        assertThat(FailureBook.of(lines, () -> NOW).classify(new ApiException()))
                .isEqualTo(Verdict.of(Kind.NOT_RETRYABLE, Signal.SUCCESS));

        lines.put("dev.retrykit.*", "throttled");
        assertThat(FailureBook.of(lines, () -> NOW).classify(new ApiException()))
                .isEqualTo(Verdict.of(Kind.RETRYABLE, Signal.THROTTLED));
        assertThat(FailureBook.of(lines, () -> NOW).classify(new IllegalStateException()))
                .isEqualTo(Verdict.of(Kind.NOT_RETRYABLE, Signal.NONE));

        lines.put("*.ApiException", "flag(isBusy) = transient, code(id: 7) = permanent");
        assertThat(FailureBook.of(lines, () -> NOW).classify(new ApiException()))
                .isEqualTo(Verdict.of(Kind.NOT_RETRYABLE, Signal.FAILURE));
    }

    static Stream<Arguments> delays() {
        return Stream.of(
                Arguments.of(NOW.plusSeconds(3).atOffset(ZoneOffset.ofHours(2)), 3),
                Arguments.of(NOW.plusSeconds(3).atZone(ZoneOffset.UTC), 3),
                Arguments.of(Date.from(NOW.plusSeconds(3)), 3),
                Arguments.of("3", 3),
                Arguments.of("Sun, 29 Nov 2026 00:00:03 GMT", 3),
                Arguments.of(OptionalLong.of(3), 3),
                Arguments.of("soon", -1),
                Arguments.of(LocalDateTime.MAX, -1),
                Arguments.of(List.of(3), -1));
    }

    @ParameterizedTest
    @MethodSource("delays")
    void aDelayMayHaveManyForms(Object delay, long seconds) {
        ApiException failure = new ApiException();
        failure.delay = delay;

        assertThat(book("ApiException: retry-after(delay), transient").classify(failure))
                .isEqualTo(new Verdict(Kind.RETRYABLE, Signal.FAILURE, seconds < 0 ? -1 : seconds * 1_000_000_000));
    }

    @Test
    void aDelayBeyondCountingIsTheLongest() {
        ApiException failure = new ApiException();
        for (Object delay : List.of(ChronoUnit.FOREVER.getDuration(), Instant.MAX, Double.MAX_VALUE)) {
            failure.delay = delay;
            Verdict verdict =
                    book("ApiException: retry-after(delay), transient").classify(failure);

            assertThat(verdict).as("%s", delay).isNotNull();
            assertThat(verdict.kind()).as("%s", delay).isEqualTo(Kind.RETRYABLE);
            assertThat(Duration.ofNanos(verdict.retryAfterNanos()))
                    .as("%s", delay)
                    .isGreaterThan(Duration.ofDays(36_500));
        }
    }

    @Test
    void aCauseAndAHeldFailureMayBeKnownToAnotherClassifier() {
        FailureClassifier other = failure -> failure instanceof MarkedException ? Verdict.retryable() : null;
        ApiException failure = new ApiException(new MarkedException());
        failure.inner = List.of(new MarkedException());

        for (String clause : List.of("cause", "failures(inner)")) {
            Map<String, String> lines = Map.of(HERE + "$ApiException", clause + ", permanent");
            assertThat(kind(FailureBook.of(lines, Map.of(), () -> NOW, List.of(other)), failure))
                    .as(clause)
                    .isEqualTo(Kind.RETRYABLE);
            assertThat(kind(FailureBook.of(lines, () -> NOW), failure))
                    .as(clause)
                    .isEqualTo(Kind.NOT_RETRYABLE);
        }
    }

    @Test
    void anInterruptionAmongTheCausesStaysOne() {
        for (String line : List.of("cause, permanent", "permanent", "answered", "transient")) {
            assertThat(kind(line, new ApiException(new InterruptedException())))
                    .as(line)
                    .isEqualTo(Kind.INTERRUPTED);
        }
        assertThat(kind("unknown-effect", new ApiException(new InterruptedException())))
                .isEqualTo(Kind.NOT_IDEMPOTENT);
        assertThat(kind("permanent", new ApiException(new SocketTimeoutException())))
                .isEqualTo(Kind.NOT_RETRYABLE);
    }

    /** As in most applications: the class itself is not public. */
    static class HiddenException extends RuntimeException {

        public boolean hasLabel(String label) {
            return label.equals("Retry");
        }
    }

    @Test
    void aLabelOfAClassThatIsNotPublicIsRead() {
        assertThat(kind(book("HiddenException: label(hasLabel: Retry) = transient"), new HiddenException()))
                .isEqualTo(Kind.RETRYABLE);
    }

    @Test
    void aNameMayHaveTheLettersOfAnyLanguage() {
        assertThat(book("com.acme.\u00dcberlast: code(get\u00dcber: 7) = transient")
                        .lines())
                .hasSize(1);
    }

    @Test
    void aNameMayBeLong() {
        String path = "a.".repeat(20_000) + "b";

        assertThat(kind("flag(" + path + "), transient", new ApiException())).isEqualTo(Kind.RETRYABLE);
        assertThat(book(path + ": transient").lines()).hasSize(1);
    }

    @Test
    void aDelayCountsWhereverItStands() {
        ApiException inner = new ApiException();
        inner.delay = Duration.ofSeconds(3);
        FailureBook book = book("ApiException: retry-after(delay)", "java.lang.RuntimeException: transient");
        Verdict verdict = book.classify(new RuntimeException(inner));

        assertThat(verdict).isNotNull();
        assertThat(verdict.retryAfterNanos()).isEqualTo(3_000_000_000L);
    }

    @ParameterizedTest
    @CsvSource({"1500, millis, 1500", "2, seconds, 2000", "1795910400500, epoch-millis, 500", "-1, seconds, -1"})
    void aNumberIsATimeOfItsUnit(long number, String unit, long millis) {
        ApiException failure = new ApiException();
        failure.delay = number;
        Verdict verdict = FailureBook.of(
                        Map.of(HERE + "$ApiException", "retry-after(delay " + unit + "), transient"),
                        () -> Instant.ofEpochMilli(1795910400000L))
                .classify(failure);

        assertThat(verdict).isNotNull();
        assertThat(verdict.retryAfterNanos()).isEqualTo(millis < 0 ? Verdict.NO_HINT : millis * 1_000_000);
    }

    /** As the generated classes of Protocol Buffers. */
    public record ProtobufDuration(long getSeconds, int getNanos) {}

    @ParameterizedTest
    @CsvSource({"1, 900000000, 1900", "0, 400000000, 400", "7, 0, 7000", "-1, 0, -1", "0, -5, -1"})
    void aDurationOfProtocolBuffersCountsWithItsFraction(long seconds, int nanos, long millis) {
        ApiException failure = new ApiException();
        failure.delay = new ProtobufDuration(seconds, nanos);
        Verdict verdict = book("ApiException: retry-after(delay), transient").classify(failure);

        assertThat(verdict).isNotNull();
        assertThat(verdict.retryAfterNanos()).isEqualTo(millis < 0 ? Verdict.NO_HINT : millis * 1_000_000);
    }

    /** One of several reasons of a failure. */
    public record Reason(@Nullable String code) {}

    @Test
    void aCodeIsFoundAmongTheElementsOfACollection() {
        ApiException failure = new ApiException();
        failure.inner = Arrays.asList(new Reason("None"), null, new Reason(null), new Reason("CONFLICT"));

        assertThat(kind("code(inner.code: CONFLICT) = transient", failure)).isEqualTo(Kind.RETRYABLE);
        assertThat(kind("code(inner.code: OTHER) = transient", failure)).isNull();
        failure.inner = List.of("None", 1213);
        assertThat(kind("code(inner: 1213) = transient", failure)).isEqualTo(Kind.RETRYABLE);
        assertThat(kind("code(inner: 7) = transient", failure)).isNull();
        failure.inner = List.of();
        assertThat(kind("code(inner.code: CONFLICT) = transient", failure)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"POST, NOT_IDEMPOTENT", "patch, NOT_IDEMPOTENT", "GET, RETRYABLE", "PUT, RETRYABLE", ", RETRYABLE"})
    void anUnsafeMethodIsNotRepeated(@Nullable String method, Kind expected) {
        ApiException failure = new ApiException(new SocketTimeoutException("Read timed out"));
        failure.method = method;

        assertThat(kind("method(method), cause", failure)).isEqualTo(expected);
        assertThat(kind("unsafe, cause", failure)).isEqualTo(Kind.NOT_IDEMPOTENT);
    }

    @Test
    void aPostThatWasRefusedIsRepeated() {
        ApiException failure = new ApiException();
        failure.method = "POST";
        failure.status = 429;
        assertThat(kind("method(method), status(getStatus, headers)", failure)).isEqualTo(Kind.RETRYABLE);

        failure.status = 503;
        assertThat(kind("method(method), status(getStatus, headers)", failure)).isEqualTo(Kind.NOT_IDEMPOTENT);

        failure.headers = Map.of("retry-after", "1");
        assertThat(kind("method(method), status(getStatus, headers)", failure)).isEqualTo(Kind.RETRYABLE);

        failure.headers = Map.of("X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1");
        assertThat(kind("method(method), status(getStatus, headers)", failure)).isEqualTo(Kind.NOT_IDEMPOTENT);
    }

    @Test
    void aFailedConnectionIsNoProofThatNothingWasSent() {
        ConnectException refused = new ConnectException("refused");
        ApiException failure = new ApiException(refused);
        failure.method = "POST";
        assertThat(kind("method(method), cause", failure)).isEqualTo(Kind.NOT_IDEMPOTENT);

        refused.setStackTrace(trace("plainConnect"));
        assertThat(kind("method(method), cause", failure)).isEqualTo(Kind.RETRYABLE);

        refused.setStackTrace(trace("plainConnect", "followRedirect0"));
        assertThat(kind("method(method), cause", failure)).isEqualTo(Kind.NOT_IDEMPOTENT);
    }

    @Test
    void aConnectionThatFailsAfterAResponseIsAnotherRequests() {
        ConnectException refused = new ConnectException("refused");
        refused.setStackTrace(trace("plainConnect"));
        ApiException failure = new ApiException(refused);
        failure.method = "POST";
        failure.status = 200;

        assertThat(kind("method(method), status(getStatus), cause", failure)).isEqualTo(Kind.NOT_IDEMPOTENT);
    }

    @Test
    void aRefusalDoesNotExcuseTheRequestsBefore() {
        ApiException failure = new ApiException();
        failure.method = "POST";
        failure.status = 429;

        assertThat(kind("method(method), method(method), status(getStatus)", failure))
                .isEqualTo(Kind.NOT_IDEMPOTENT);
    }

    private static StackTraceElement[] trace(String... methods) {
        StackTraceElement[] trace = new StackTraceElement[methods.length];
        for (int i = 0; i < methods.length; i++) {
            trace[i] = new StackTraceElement("sun.net.www.protocol.http.HttpURLConnection", methods[i], null, 1);
        }
        return trace;
    }

    /** Of several lines about one class, only the last one counts. Lines by shape add up. */
    @Test
    void theBookHasOneLineForAClass() {
        assertThat(FailureBook.standard().lines())
                .extracting(BookLine::type)
                .filteredOn(type -> !type.startsWith("*.") && !type.contains(" "))
                .doesNotHaveDuplicates();
    }

    @Test
    void anEndlessCollectionOfCodesIsReadInPart() {
        AtomicInteger read = new AtomicInteger();
        List<Integer> endless = new AbstractList<>() {
            @Override
            public Integer get(int index) {
                read.incrementAndGet();
                return 1;
            }

            @Override
            public int size() {
                return Integer.MAX_VALUE;
            }
        };

        assertThat(kind("code(codes: 7) = transient", new WithCodes(endless))).isNull();
        assertThat(kind("code(codes.intValue: 7) = transient", new WithCodes(endless)))
                .isNull();
        assertThat(read).hasValueLessThan(10_000);
    }

    @Test
    void whatALibraryHasRetriedIsNested() {
        ApiException failure = new ApiException();
        failure.attempts = 4;
        assertThat(kind("attempts(attempts), transient", failure)).isEqualTo(Kind.NESTED);
        assertThat(kind("attempts(attempts), answered", failure)).isEqualTo(Kind.NOT_RETRYABLE);

        failure.attempts = 1;
        assertThat(kind("attempts(attempts), transient", failure)).isEqualTo(Kind.RETRYABLE);
        assertThat(kind("retried, transient", failure)).isEqualTo(Kind.NESTED);
        assertThat(kind("retried, answered", failure)).isEqualTo(Kind.NOT_RETRYABLE);
    }

    @Test
    void headersMayHaveManyForms() {
        for (Object headers : List.of(
                Map.of("Retry-After", "2"),
                Map.of("retry-after", List.of("1", "2")),
                Map.of("RETRY-AFTER", new String[] {"2"}),
                List.of(Map.entry("Retry-After", "2")),
                List.of(new Header("retry-after", "2")),
                new Header[] {new Header("Date", "x"), new Header("Retry-After", "2")},
                new Asked())) {
            ApiException failure = new ApiException();
            failure.headers = headers;
            Verdict verdict = book("ApiException: headers(headers), transient").classify(failure);

            assertThat(verdict).as("%s", headers).isNotNull();
            assertThat(verdict.retryAfterNanos()).as("%s", headers).isEqualTo(2_000_000_000L);
        }
    }

    public record Header(String name, String value) {}

    /** Tells {@code retry-after} from {@code Retry-After}. */
    public static final class Asked {

        public List<String> values(String name) {
            return name.equals("Retry-After") ? List.of("2") : List.of();
        }
    }

    @Test
    void aFailureThatCannotTellAnythingIsUnknown() {
        RuntimeException mute = new RuntimeException() {
            @Override
            public String getMessage() {
                throw new IllegalStateException("no");
            }

            @Override
            public synchronized Throwable getCause() {
                throw new IllegalStateException("no");
            }

            @Override
            public StackTraceElement[] getStackTrace() {
                return null;
            }
        };

        assertThat(FailureBook.standard().classify(mute)).isNull();
        assertThat(kind(
                        book("java.lang.RuntimeException: says(x) = transient, thrown-in(y) = transient, unsafe"),
                        mute))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "staus(getStatus)",
                "status",
                "flag(x",
                "code(x) = transient",
                "transient(x)",
                "",
                "method(a b)",
                "code(id: 9-1) = transient",
                "transient, permanent",
                "pass, flag(isBusy)",
            })
    void aLineThatCannotBeReadIsRefused(String clauses) {
        assertThatExceptionOfType(InvalidLineException.class).isThrownBy(() -> book("ApiException: " + clauses));
    }

    @Test
    void everyLineOfTheStandardBookCanBeRead() {
        List<BookLine> lines = FailureBook.standard().lines();

        assertThat(lines).hasSizeGreaterThan(1_000).allSatisfy(line -> {
            assertThat(line.heading()).as("%s", line).isNotEmpty();
            assertThat(line.text()).as("%s", line).isNotEmpty();
        });
        assertThat(lines).extracting(BookLine::toString).doesNotHaveDuplicates();
    }
}
