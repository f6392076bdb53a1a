package dev.retrykit.spring.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.Retry;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitSnapshot;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.RetryListener;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.RetryHint;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.time.ManualTime;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ApplicationContext;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.HttpServerErrorException;

/** What lines under {@code retrykit.failures} change for policies and circuits. */
class OwnLinesTests {

    private static final String LINES = """
            retrykit:
              policies.inventory: { budget.unlimited: true%s }
              circuits.inventory: { minimum-calls: 5 }
              failures:
                "[%s]": %s
            """;

    private static final String THEIRS = WarehouseException.class.getName();

    /** Whatever implements it. */
    public interface Coded {

        int getCode();
    }

    /** As a generated client throws it. */
    public static class WarehouseException extends RuntimeException implements Coded {

        private static final long serialVersionUID = 1;

        private final int code;
        private final transient Map<String, List<String>> headers;
        private final @Nullable String verb;
        private final int tries;

        WarehouseException(int code, Map<String, List<String>> headers, @Nullable String verb, int tries) {
            super("HTTP " + code);
            this.code = code;
            this.headers = headers;
            this.verb = verb;
            this.tries = tries;
        }

        WarehouseException(int code) {
            this(code, Map.of(), null, 1);
        }

        @Override
        public int getCode() {
            return code;
        }

        public Map<String, List<String>> getResponseHeaders() {
            return headers;
        }

        public @Nullable String getMethod() {
            return verb;
        }

        public int attempts() {
            return tries;
        }
    }

    /** More specific. */
    static final class NotFoundException extends WarehouseException {

        private static final long serialVersionUID = 1;

        NotFoundException() {
            super(404);
        }
    }

    /** Knows by itself. */
    static final class HintedException extends WarehouseException implements RetryHint {

        private static final long serialVersionUID = 1;

        HintedException() {
            super(0);
        }

        @Override
        public boolean retryable() {
            return true;
        }
    }

    /**
     * What came of calls.
     *
     * @param reason of the last one
     */
    private record Outcome(int attempts, @Nullable StopReason reason, CircuitSnapshot circuit, Duration waited) {

        void assertIs(int expected, StopReason stopped) {
            assertThat(reason).isEqualTo(stopped);
            assertThat(attempts).isEqualTo(expected);
        }

        /** Each attempt is a call of the circuit. */
        void assertTells(Signal signal) {
            assertThat(circuit.calls()).isEqualTo(signal == Signal.NONE ? 0 : attempts);
            assertThat(circuit.failures()).isEqualTo(signal == Signal.SUCCESS || signal == Signal.NONE ? 0 : attempts);
        }
    }

    private static Outcome call(String yml, Throwable failure, FailureClassifier... beans) {
        List<Outcome> outcomes = new ArrayList<>();
        var app = Apps.with(yml);
        for (int i = 0; i < beans.length; i++) {
            FailureClassifier bean = beans[i];
            app = app.withBean("classifier" + i, FailureClassifier.class, () -> bean);
        }
        app.run(context -> outcomes.add(call(context, failure)));
        return outcomes.get(0);
    }

    private static Outcome call(ApplicationContext context, Throwable failure) {
        Retries retries = context.getBean(Retries.class);
        ManualTime time = context.getBean(ManualTime.class);
        long begin = time.nanoTime();
        Circuit circuit = retries.findCircuit("inventory").orElseThrow().circuit();
        Retry retry = retries.get("inventory");
        AtomicInteger attempts = new AtomicInteger();
        StopReason reason = null;
        try {
            retry.call(() -> circuit.call(() -> {
                attempts.incrementAndGet();
                throw sneaky(failure);
            }));
        } catch (Throwable last) {
            reason = Arrays.stream(last.getSuppressed())
                    .filter(RetryStopped.class::isInstance)
                    .map(stopped -> ((RetryStopped) stopped).reason())
                    .findFirst()
                    .orElse(null);
        }
        return new Outcome(attempts.get(), reason, circuit.snapshot(), Duration.ofNanos(time.nanoTime() - begin));
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> RuntimeException sneaky(Throwable failure) throws X {
        throw (X) failure;
    }

    private static String yml(String type, String line) {
        return yml(type, line, "");
    }

    /** With settings of the policy. */
    private static String yml(String type, String line, String settings) {
        return LINES.formatted(settings.isEmpty() ? "" : ", " + settings, type, "'" + line + "'");
    }

    @Nested
    class Decide {

        @ParameterizedTest
        @CsvSource({
            "transient,      3, EXHAUSTED,      FAILURE",
            "throttled,      3, EXHAUSTED,      THROTTLED",
            "answered,       1, NOT_RETRYABLE,  SUCCESS",
            "permanent,      1, NOT_RETRYABLE,  FAILURE",
            "neutral,        1, NOT_RETRYABLE,  NONE",
            "unknown-effect, 1, NOT_IDEMPOTENT, FAILURE",
        })
        void inPolicyAndCircuit(String meaning, int attempts, StopReason reason, Signal signal) {
            Outcome outcome = call(yml(THEIRS, meaning), new WarehouseException(0));

            outcome.assertIs(attempts, reason);
            outcome.assertTells(signal);
        }

        @ParameterizedTest
        @CsvSource({"503, 3, EXHAUSTED", "404, 1, NOT_RETRYABLE", "200, 1, NOT_RETRYABLE"})
        void byAStatus(int status, int attempts, StopReason reason) {
            call(yml(THEIRS, "status(getCode, getResponseHeaders)"), new WarehouseException(status))
                    .assertIs(attempts, reason);
        }

        @Test
        void withTheTimeThatAnAnswerAsksFor() {
            Outcome outcome = call(
                    yml(THEIRS, "status(getCode, getResponseHeaders)"),
                    new WarehouseException(503, Map.of("Retry-After", List.of("7")), null, 1));

            outcome.assertIs(3, StopReason.EXHAUSTED);
            assertThat(outcome.waited()).isBetween(Duration.ofSeconds(14), Duration.ofSeconds(17));
        }

        @Test
        void withTheVetoOfAnAnswer() {
            call(
                            yml(THEIRS, "status(getCode, getResponseHeaders)"),
                            new WarehouseException(503, Map.of("x-should-retry", List.of("false")), null, 1))
                    .assertIs(1, StopReason.VETOED);
        }

        @Test
        void beforeTheBook() {
            call(yml("java.net.ConnectException", "permanent"), new java.net.ConnectException())
                    .assertIs(1, StopReason.NOT_RETRYABLE);
            call(yml("java.sql.SQLException", "transient"), new SQLException("?", "42000"))
                    .assertIs(3, StopReason.EXHAUSTED);
        }

        @Test
        void afterTheApplicationsClassifiers() {
            FailureClassifier bean =
                    failure -> failure instanceof Coded coded && coded.getCode() == 7 ? Verdict.retryable() : null;

            call(yml(THEIRS, "permanent"), new WarehouseException(7), bean).assertIs(3, StopReason.EXHAUSTED);
            call(yml(THEIRS, "permanent"), new WarehouseException(8), bean).assertIs(1, StopReason.NOT_RETRYABLE);
        }

        @Test
        void anywhereInTheCauseChain() {
            call(yml(THEIRS, "transient"), new IllegalStateException(new IOException(new WarehouseException(0))))
                    .assertIs(3, StopReason.EXHAUSTED);
        }

        /** HTTP clients and gRPC have classifiers of their own. */
        @Test
        void byCausesThatNoLineKnows() {
            String line = yml(THEIRS, "cause, permanent");
            HttpServerErrorException unavailable = new HttpServerErrorException(HttpStatus.SERVICE_UNAVAILABLE);
            FailureClassifier bean = failure -> "busy".equals(failure.getMessage()) ? Verdict.retryable() : null;

            call(line, causedBy(unavailable)).assertIs(3, StopReason.EXHAUSTED);
            call(yml(THEIRS, "cause, permanent", "statuses: [502]"), causedBy(unavailable))
                    .assertIs(1, StopReason.NOT_RETRYABLE);
            call(line, causedBy(new Exception("busy"))).assertIs(1, StopReason.NOT_RETRYABLE);
            call(line, causedBy(new Exception("busy")), bean).assertIs(3, StopReason.EXHAUSTED);
        }

        private static WarehouseException causedBy(Throwable cause) {
            WarehouseException failure = new WarehouseException(0);
            failure.initCause(cause);
            return failure;
        }

        @Test
        void forSubclassesAndImplementations() {
            call(yml(THEIRS, "transient"), new NotFoundException()).assertIs(3, StopReason.EXHAUSTED);
            call(yml(Coded.class.getName(), "code(getCode: 404|410) = answered, transient"), new NotFoundException())
                    .assertIs(1, StopReason.NOT_RETRYABLE);
            call(yml(Coded.class.getName(), "code(getCode: 404|410) = answered, transient"), new WarehouseException(7))
                    .assertIs(3, StopReason.EXHAUSTED);
        }

        @Test
        void theMoreSpecificFirst() {
            String both = yml(THEIRS, "transient") + "    \"[" + NotFoundException.class.getName() + "]\": answered\n";

            call(both, new NotFoundException()).assertIs(1, StopReason.NOT_RETRYABLE);
            call(both, new WarehouseException(404)).assertIs(3, StopReason.EXHAUSTED);
        }

        @Test
        void byShape() {
            String line = "status(getCode, getResponseHeaders)";

            call(yml("*.WarehouseException", line), new WarehouseException(503)).assertIs(3, StopReason.EXHAUSTED);
            call(yml("*.WarehouseException", "status(getStatus)"), new WarehouseException(503))
                    .assertIs(1, StopReason.NOT_RETRYABLE);
            call(yml("*.Exception", line), new WarehouseException(503)).assertIs(1, StopReason.NOT_RETRYABLE);
        }
    }

    @Nested
    class BesideSettings {

        @Test
        void withoutKnownFailuresOwnLinesStay() {
            String own = yml(THEIRS, "transient", "known-failures: false");

            call(own, new WarehouseException(0)).assertIs(3, StopReason.EXHAUSTED);
            call(own, new java.net.ConnectException()).assertIs(1, StopReason.NOT_RETRYABLE);
            call(own, new SQLException("?", "40001")).assertIs(1, StopReason.NOT_RETRYABLE);
        }

        @Test
        void statusesRuleWhatALineHasRead() {
            String listed = yml(THEIRS, "status(getCode)", "statuses: [418]");

            call(listed, new WarehouseException(418)).assertIs(3, StopReason.EXHAUSTED);
            call(listed, new WarehouseException(503)).assertIs(1, StopReason.NOT_RETRYABLE);
        }

        @Test
        void abortOnComesBeforeAllLines() {
            call(yml(THEIRS, "transient", "abort-on: [java.lang.RuntimeException]"), new WarehouseException(0))
                    .assertIs(1, StopReason.NOT_RETRYABLE);
        }

        @Test
        void retryOnAddsToWhatALineCallsPermanent() {
            call(yml(THEIRS, "permanent", "retry-on: [java.lang.RuntimeException]"), new WarehouseException(0))
                    .assertIs(3, StopReason.EXHAUSTED);
        }
    }

    @Nested
    class OfUnknownEffect {

        private static final FailureClassifier TRANSIENT = failure -> Verdict.retryable();

        @ParameterizedTest
        @ValueSource(strings = {"", "retry-on: [java.lang.Exception]", "known-failures: false"})
        void nobodyMakesItRepeatable(String settings) {
            String line = yml(THEIRS, "unknown-effect", settings);

            call(line, new WarehouseException(0)).assertIs(1, StopReason.NOT_IDEMPOTENT);
            call(line, new HintedException()).assertIs(1, StopReason.NOT_IDEMPOTENT);
            call(line, new WarehouseException(0), TRANSIENT).assertIs(1, StopReason.NOT_IDEMPOTENT);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "idempotent: true",
                    "idempotent: true, retry-on: [java.lang.Exception]",
                    "idempotent: true, known-failures: false"
                })
        void butWhoSaysThatItIsIdempotent(String settings) {
            String line = yml(THEIRS, "unknown-effect", settings);

            call(line, new WarehouseException(0)).assertIs(3, StopReason.EXHAUSTED);
            call(line, new HintedException()).assertIs(3, StopReason.EXHAUSTED);
            call(line, new WarehouseException(0), TRANSIENT).assertIs(3, StopReason.EXHAUSTED);
        }

        @ParameterizedTest
        @ValueSource(strings = {"retry-on: [java.lang.Exception]", "known-failures: false", "nested: multiply"})
        void aFailedCommitIsNotRepeatedSinceABeanCallsItTransient(String settings) {
            SQLException commit = new SQLException("lost", "08006");
            commit.setStackTrace(new StackTraceElement[] {
                new StackTraceElement("org.postgresql.jdbc.PgConnection", "commit", "PgConnection.java", 1)
            });
            DataAccessResourceFailureException translated = new DataAccessResourceFailureException("lost");
            translated.setStackTrace(new StackTraceElement[] {
                new StackTraceElement(
                        "org.example.JdbcTransactionManager", "doCommit", "JdbcTransactionManager.java", 1)
            });
            String line = yml("java.sql.SQLException", "transient", settings);

            call(line, commit, TRANSIENT).assertIs(1, StopReason.NOT_IDEMPOTENT);
            call(line, commit).assertIs(1, StopReason.NOT_IDEMPOTENT);
            call(line, translated, TRANSIENT).assertIs(1, StopReason.NOT_IDEMPOTENT);
            call(line, new IllegalStateException(commit), TRANSIENT).assertIs(1, StopReason.NOT_IDEMPOTENT);
        }
    }

    @Nested
    class ThatOnlyChangeSomething {

        private static final String LINE = "method(getMethod), attempts(attempts)";

        private static WarehouseException of(String method, int attempts) {
            WarehouseException failure = new WarehouseException(0, Map.of(), method, attempts);
            failure.initCause(new java.net.SocketException("Connection reset"));
            return failure;
        }

        @Test
        void doNotHideTheBook() {
            call(yml(THEIRS, LINE), of("GET", 1)).assertIs(3, StopReason.EXHAUSTED);
            call(yml(THEIRS, LINE), new WarehouseException(503)).assertIs(1, StopReason.NOT_RETRYABLE);
        }

        @Test
        void endWhatALibraryHasRetried() {
            call(yml(THEIRS, LINE), of("GET", 3)).assertIs(1, StopReason.NESTED);
            call(yml(THEIRS, LINE, "nested: multiply"), of("GET", 3)).assertIs(3, StopReason.EXHAUSTED);
        }

        @ParameterizedTest
        @CsvSource({
            "with-key, false, 1, NOT_IDEMPOTENT",
            "never,    false, 1, NOT_IDEMPOTENT",
            "always,   false, 3, EXHAUSTED",
            "with-key, true,  3, EXHAUSTED",
            "never,    true,  1, NOT_IDEMPOTENT",
        })
        void ruleWhatIsSentAgain(String unsafeMethods, boolean idempotent, int attempts, StopReason reason) {
            String settings = "unsafe-methods: " + unsafeMethods + ", idempotent: " + idempotent;

            call(yml(THEIRS, LINE, settings), of("POST", 1)).assertIs(attempts, reason);
            call(yml(THEIRS, LINE, settings), of("patch", 1)).assertIs(attempts, reason);
            call(yml(THEIRS, LINE, settings), of("PUT", 1)).assertIs(3, StopReason.EXHAUSTED);
        }

        /** Else each retry is reported as one that may repeat a POST. */
        @Test
        void areKnownToWhoLooksForUnwatchedRequests() {
            WarehouseException failure = of("GET", 1);
            Objects.requireNonNull(failure.getCause()).setStackTrace(new StackTraceElement[] {
                new StackTraceElement("okhttp3.internal.http.RealCall", "execute", "RealCall.kt", 1)
            });

            assertThat(unwatched(yml(THEIRS, "attempts(attempts)"), failure)).isNotEmpty();
            assertThat(unwatched(yml(THEIRS, LINE), failure)).isEmpty();
        }

        private static List<RetryEvent> unwatched(String yml, Throwable failure) {
            List<RetryEvent> events = new ArrayList<>();
            RetryListener listener = event -> {
                if (event instanceof RetryEvent.Unwatched) {
                    events.add(event);
                }
            };
            Apps.with(yml)
                    .withBean(RetryListener.class, () -> listener)
                    .run(context -> call(context, failure).assertIs(3, StopReason.EXHAUSTED));
            return events;
        }

        @Test
        void letWhatWasRefusedBeSentAgain() {
            String line = yml(THEIRS, "status(getCode, getResponseHeaders), method(getMethod)");
            Map<String, List<String>> later = Map.of("retry-after", List.of("1"));

            call(line, new WarehouseException(429, Map.of(), "POST", 1)).assertIs(3, StopReason.EXHAUSTED);
            call(line, new WarehouseException(503, later, "POST", 1)).assertIs(3, StopReason.EXHAUSTED);
            call(line, new WarehouseException(503, Map.of(), "POST", 1)).assertIs(1, StopReason.NOT_IDEMPOTENT);
        }

        @Test
        void countWhoeverDecides() {
            FailureClassifier bean = failure -> Verdict.retryable();
            String listed = yml(THEIRS, LINE, "retry-on: [java.lang.RuntimeException]");

            call(listed, of("POST", 1)).assertIs(1, StopReason.NOT_IDEMPOTENT);
            call(yml(THEIRS, LINE), of("POST", 1), bean).assertIs(1, StopReason.NOT_IDEMPOTENT);
            call(yml(THEIRS, LINE, "known-failures: false"), of("GET", 2), bean).assertIs(1, StopReason.NESTED);
        }
    }

    @Test
    void aVerdictKnowsTheLine() {
        Apps.with(yml(THEIRS, "code(getCode: 7) = throttled")).run(context -> {
            Verdict verdict =
                    context.getBean(Retries.class).get("inventory").policy().classify(new WarehouseException(7));

            assertThat(verdict).isEqualTo(Verdict.of(Kind.RETRYABLE, Signal.THROTTLED));
            assertThat(verdict.rule()).isEqualTo(THEIRS + ": code(getCode: 7) = throttled");
        });
    }
}
