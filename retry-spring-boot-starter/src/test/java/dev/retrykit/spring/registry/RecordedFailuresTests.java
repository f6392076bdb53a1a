package dev.retrykit.spring.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.circuit.CircuitSnapshot;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.HttpServerErrorException;

/** {@code record} and {@code ignore} of a circuit name classes, statuses and beans. */
class RecordedFailuresTests {

    @Configuration(proxyBeanMethods = false)
    static class Predicates {

        private static final AtomicInteger OTHERS = new AtomicInteger();

        @Bean
        Predicate<Throwable> notFoundPredicate() {
            return failure -> "not found".equals(failure.getMessage());
        }

        @Bean
        Predicate<IOException> busyFile() {
            return failure -> failure.getMessage().equals("busy");
        }

        @Bean
        Predicate<String> ofTexts() {
            return String::isEmpty;
        }

        @Bean
        @Lazy
        Predicate<Throwable> unnamed() {
            OTHERS.incrementAndGet();
            return failure -> true;
        }
    }

    static class Client {

        @CircuitGuarded("inventory")
        public Object guarded(Throwable failure) throws Throwable {
            throw failure;
        }

        @Retryable("inventory")
        @CircuitGuarded("inventory")
        public Object retried(Throwable failure) throws Throwable {
            throw failure;
        }

        @CircuitGuarded("inventory")
        public ResponseEntity<String> answers(int status) {
            return ResponseEntity.status(status).build();
        }
    }

    private static final String YML = """
            retrykit:
              policies.inventory.max-attempts: 1
              circuits:
                inventory: { %s }
            """;

    private static void with(String settings, Consumer<App> test) {
        Apps.with(YML.formatted(settings))
                .withUserConfiguration(Predicates.class)
                .withBean(Client.class)
                .run(context -> test.accept(new App(context.getBean(Client.class), context.getBean(Retries.class))));
    }

    private record App(Client client, Retries retries) {

        CircuitEntry entry() {
            return retries.findCircuit("inventory").orElseThrow();
        }

        void assertCounts(Throwable failure, int failures) {
            assertCounts(() -> client.guarded(failure), failures);
            assertCounts(() -> client.retried(failure), failures);
        }

        void assertCounts(ThrowingCallable call, int failures) {
            entry().circuit().reset();
            assertThat(catchThrowable(call) instanceof CircuitOpenException).isFalse();
            CircuitSnapshot snapshot = entry().circuit().snapshot();
            assertThat(snapshot.calls()).isEqualTo(1);
            assertThat(snapshot.failures()).isEqualTo(failures);
        }
    }

    @Test
    void recordNamesAllThatCounts() {
        with("record: [java.io.IOException, 404, notFoundPredicate]", app -> {
            app.assertCounts(new FileNotFoundException(), 1);
            app.assertCounts(new HttpClientErrorException(HttpStatus.NOT_FOUND), 1);
            app.assertCounts(new IllegalStateException("not found"), 1);
            app.assertCounts(new IllegalStateException("another"), 0);
            app.assertCounts(new HttpServerErrorException(HttpStatus.SERVICE_UNAVAILABLE), 0);
            app.assertCounts(() -> app.client().answers(404), 1);
            app.assertCounts(() -> app.client().answers(503), 0);
            app.assertCounts(() -> app.client().answers(200), 0);
        });
    }

    @Test
    void ignoreNamesWhatDoesNotWhateverIsRecorded() {
        with("record: [java.lang.Exception, 502], ignore: [503, java.io.FileNotFoundException, busy-file]", app -> {
            app.assertCounts(new IOException("other"), 1);
            app.assertCounts(new IOException("busy"), 0);
            app.assertCounts(new IllegalStateException("busy"), 1);
            app.assertCounts(new FileNotFoundException("other"), 0);
            app.assertCounts(new HttpServerErrorException(HttpStatus.SERVICE_UNAVAILABLE), 0);
            app.assertCounts(new HttpServerErrorException(HttpStatus.BAD_GATEWAY), 1);
            app.assertCounts(() -> app.client().answers(503), 0);
            app.assertCounts(() -> app.client().answers(502), 1);
        });
    }

    @Test
    void predicatesThatNobodyNamesAreNotMade() {
        Predicates.OTHERS.set(0);
        with("ignore: notFoundPredicate", app -> {
            app.assertCounts(new IOException("not found"), 0);
            assertThat(Predicates.OTHERS).hasValue(0);
        });
    }

    @Test
    void theyAreShownAsTheyAreWrittenAndChangeAtRunTime() {
        with("ignore: [404, notFoundPredicate]", app -> {
            assertThat(app.entry().settings().get("ignore").value()).isEqualTo(List.of("404", "notFoundPredicate"));
            assertThat(app.entry().settings()).doesNotContainKey("record");

            app.retries().runtimeSettings().give(app.entry(), given("ignore", "busyFile, 503"), "me");
            app.assertCounts(new IOException("not found"), 1);
            app.assertCounts(new IOException("busy"), 0);

            app.retries().runtimeSettings().give(app.entry(), given("record", "java.io.FileNotFoundException"), "me");
            app.assertCounts(new IOException("not found"), 0);

            app.retries().runtimeSettings().give(app.entry(), given("record", ""), "me");
            app.assertCounts(new IOException("not found"), 1);

            app.retries().runtimeSettings().give(app.entry(), given("ignore", null), "me");
            app.assertCounts(new IOException("not found"), 0);
        });
    }

    private static Map<String, @Nullable String> given(String key, @Nullable String value) {
        Map<String, @Nullable String> given = new HashMap<>();
        given.put(key, value);
        return given;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "record: [com.acme.Nope] | 'retrykit.circuits.inventory.record' contains 'com.acme.Nope' (",
                "ignore: [42] | 'retrykit.circuits.inventory.ignore' contains '42' (",
                "ignore: [42] | an HTTP status must be from 100 to 599",
                "ignore: [404, notFoundPredicat] | Did you mean 'notFoundPredicate'?",
                "ignore: [java.lang.String] | contains 'java.lang.String', which is not an exception class (",
                "ignore: [com.acme.Nope] | each element must be the full name of an exception class on the class path, an HTTP status",
                "ignore: [ofTexts] | The bean 'ofTexts' is a Predicate of java.lang.String"
            })
    void whatMeansNothingStopsTheStart(String settings, String message) {
        Apps.with(YML.formatted(settings))
                .withUserConfiguration(Predicates.class)
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessageContaining(message));
    }

    @ParameterizedTest
    @ValueSource(strings = {"com.acme.Nope", "42", "nopePredicate"})
    void whatMeansNothingChangesNothingAtRunTime(String name) {
        with("ignore: [404]", app -> {
            assertThat(catchThrowable(() ->
                            app.retries().runtimeSettings().give(app.entry(), given("ignore", "503," + name), "me")))
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageContaining("'" + name + "' (me)");
            assertThat(app.entry().circuit().policy().ignored().statuses()).containsExactly(404);
        });
    }
}
