package dev.retrykit.spring.aspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.FallbackCounters;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.time.ManualTime;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.test.util.AopTestUtils;

class FallbackTests {

    private final ApplicationContextRunner app = Apps.plain();

    private <T> void with(Class<T> type, Use<T> use) {
        app.withBean(type).run(context -> use.of(context.getBean(type)));
    }

    /** What a test does with a service. */
    private interface Use<T> {

        void of(T service) throws Throwable;
    }

    @Nested
    class Answers {

        static class Service {

            Throwable failure = new ConnectException("down");
            final List<String> calls = new ArrayList<>();

            @Retryable(fallback = "cached")
            String find(String sku, int count) throws Throwable {
                throw failure;
            }

            private String cached(String sku, int count) {
                return count + " cached " + sku;
            }

            @Retryable(fallback = "explained")
            String explain(String sku) throws Throwable {
                throw failure;
            }

            private String explained(String sku, Exception failure) {
                return "exception " + failure.getMessage();
            }

            private String explained(String sku, IOException failure) {
                return "io " + failure.getMessage();
            }

            private String explained(String sku, SocketException failure) {
                return "socket " + failure.getMessage();
            }

            private String explained(String sku) {
                return "whatever";
            }

            @Retryable(fallback = "onlyMissing")
            String picky() throws Throwable {
                throw failure;
            }

            private String onlyMissing(FileNotFoundException failure) {
                return "missing";
            }

            @Retryable(fallback = "onError")
            String fatal() throws Throwable {
                throw failure;
            }

            private String onError(StackOverflowError failure) {
                return "deep";
            }

            @Retryable(fallback = "alsoBroken")
            String broken() throws Throwable {
                throw failure;
            }

            private String alsoBroken() throws IOException {
                throw new FileNotFoundException("no cache");
            }

            @Retryable(fallback = "rethrown")
            String same() throws Throwable {
                throw failure;
            }

            private String rethrown(Throwable failure) throws Throwable {
                throw failure;
            }

            @Retryable(fallback = "noted")
            void send(String text) throws Throwable {
                throw failure;
            }

            private void noted(String text) {
                calls.add(text);
            }

            @CircuitGuarded(fallback = "cached")
            String guarded(String sku, int count) throws Throwable {
                throw failure;
            }

            @Retryable(fallback = "cached")
            String works(String sku, int count) {
                return "fresh";
            }
        }

        private Service target(Service proxy) {
            return AopTestUtils.getTargetObject(proxy);
        }

        @Test
        void withTheSameArgumentsInPlaceOfTheFailure() {
            with(Service.class, service -> assertThat(service.find("a", 3)).isEqualTo("3 cached a"));
        }

        @Test
        void notWhenTheCallSucceeds() {
            with(Service.class, service -> assertThat(service.works("a", 3)).isEqualTo("fresh"));
        }

        @Test
        void withTheMostSpecificFailureType() {
            with(Service.class, service -> {
                assertThat(service.explain("a")).isEqualTo("socket down");
                target(service).failure = new FileNotFoundException("gone");
                assertThat(service.explain("a")).isEqualTo("io gone");
                target(service).failure = new IllegalStateException("odd");
                assertThat(service.explain("a")).isEqualTo("exception odd");
            });
        }

        @Test
        void onlyTheFailureThatItTakes() {
            with(
                    Service.class,
                    service -> assertThatExceptionOfType(ConnectException.class)
                            .isThrownBy(service::picky)
                            .satisfies(failure -> assertThat(failure).hasSuppressedException(stopped(failure))));
        }

        @Test
        void anErrorOnlyWhereItNamesIt() {
            with(Service.class, service -> {
                target(service).failure = new StackOverflowError();

                assertThat(service.fatal()).isEqualTo("deep");
                assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> service.find("a", 3));
            });
        }

        @Test
        void voidMethodsToo() {
            with(Service.class, service -> {
                service.send("hello");

                assertThat(target(service).calls).containsExactly("hello");
            });
        }

        @Test
        void methodsThatAreOnlyGuarded() {
            with(Service.class, service -> assertThat(service.guarded("a", 3)).isEqualTo("3 cached a"));
        }

        @Test
        void withAFailureOfItsOwnThatCarriesTheOriginal() {
            with(
                    Service.class,
                    service -> assertThatExceptionOfType(FileNotFoundException.class)
                            .isThrownBy(service::broken)
                            .withMessage("no cache")
                            .satisfies(
                                    own -> assertThat(own.getSuppressed()).containsExactly(target(service).failure)));
        }

        @Test
        void withTheOriginalItselfWithoutAttachingItToItself() {
            with(
                    Service.class,
                    service -> assertThatExceptionOfType(ConnectException.class)
                            .isThrownBy(service::same)
                            .satisfies(failure -> assertThat(failure.getSuppressed())
                                    .singleElement()
                                    .isInstanceOf(RetryStopped.class)));
        }

        @Test
        void isCountedBySuccessAndFailure() {
            app.withBean(Service.class).run(context -> {
                Service service = context.getBean(Service.class);
                service.find("a", 3);
                assertThatExceptionOfType(FileNotFoundException.class).isThrownBy(service::broken);

                assertThat(counters(context.getBean(Retries.class), "Service.find"))
                        .satisfies(find -> assertThat(find.successes()).isEqualTo(1))
                        .satisfies(find -> assertThat(find.failures()).isZero());
                assertThat(counters(context.getBean(Retries.class), "Service.broken"))
                        .satisfies(broken -> assertThat(broken.successes()).isZero())
                        .satisfies(broken -> assertThat(broken.failures()).isEqualTo(1));
            });
        }

        private Throwable stopped(Throwable failure) {
            return Arrays.stream(failure.getSuppressed())
                    .filter(RetryStopped.class::isInstance)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static FallbackCounters counters(Retries retries, String policy) {
        return retries.findPolicy(policy).orElseThrow().fallbacks();
    }

    @Nested
    class AnswersLater {

        static class Service {

            final ConnectException failure = new ConnectException("down");
            final CompletableFuture<String> cache = new CompletableFuture<>();

            @Retryable(maxAttempts = 1, fallback = "cached")
            public CompletableFuture<String> find(String sku) {
                return CompletableFuture.failedFuture(failure);
            }

            private CompletableFuture<String> cached(String sku, IOException failure) {
                return cache;
            }

            @Retryable(maxAttempts = 1, fallback = "thrown")
            public CompletableFuture<String> broken() {
                return CompletableFuture.failedFuture(failure);
            }

            private CompletableFuture<String> thrown() {
                throw new IllegalStateException("no cache");
            }

            @Retryable(fallback = "cached")
            public CompletableFuture<String> retried(String sku) {
                return CompletableFuture.failedFuture(failure);
            }
        }

        private Service target(Service proxy) {
            return AopTestUtils.getTargetObject(proxy);
        }

        @Test
        void withWhatItsStageSays() {
            app.withBean(Service.class).run(context -> {
                Service service = context.getBean(Service.class);
                CompletableFuture<String> call = service.find("a");
                FallbackCounters counters = counters(context.getBean(Retries.class), "Service.find");

                assertThat(call).isNotDone();
                assertThat(counters.successes()).isZero();
                target(service).cache.complete("cached");

                assertThat(call).isCompletedWithValue("cached");
                assertThat(counters.successes()).isEqualTo(1);
            });
        }

        @Test
        void withTheFailureOfItsStageThatCarriesTheOriginal() {
            app.withBean(Service.class).run(context -> {
                Service service = context.getBean(Service.class);
                CompletableFuture<String> call = service.find("a");
                IllegalStateException own = new IllegalStateException("no cache");
                target(service).cache.completeExceptionally(new CompletionException(own));

                assertThat(failureOf(call)).isSameAs(own);
                assertThat(own.getSuppressed()).containsExactly(target(service).failure);
                assertThat(counters(context.getBean(Retries.class), "Service.find")
                                .failures())
                        .isEqualTo(1);
            });
        }

        @Test
        void withWhatItThrows() {
            with(
                    Service.class,
                    service -> assertThat(failureOf(service.broken()))
                            .isInstanceOf(IllegalStateException.class)
                            .satisfies(
                                    own -> assertThat(own.getSuppressed()).containsExactly(target(service).failure)));
        }

        @Test
        void cancellingTheCallCancelsTheFallback() {
            with(Service.class, service -> {
                CompletableFuture<String> call = service.find("a");
                call.cancel(true);

                assertThat(target(service).cache).isCancelled();
            });
        }

        @Test
        void cancellingTheCallEndsTheRetriesWithoutAFallback() {
            app.withBean(Service.class).run(context -> {
                Service service = context.getBean(Service.class);
                CompletableFuture<String> call = service.retried("a");
                assertThat(context.getBean(ManualTime.class).pending()).isOne(); // the delay
                call.cancel(true);

                assertThat(call).isCancelled();
                assertThat(context.getBean(ManualTime.class).pending()).isZero();
                context.getBean(ManualTime.class).advance(Duration.ofMinutes(1));
                assertThat(target(service).cache).isNotDone();
            });
        }

        private Throwable failureOf(CompletableFuture<?> call) {
            List<Throwable> told = new ArrayList<>();
            CompletableFuture<?> watched = call.whenComplete((answer, failure) -> told.add(failure));
            assertThat(watched).isDone();
            return told.get(0);
        }
    }

    @Nested
    class IsRefused {

        static class Misspelt {

            @Retryable(fallback = "chached")
            String find(String sku) {
                return sku;
            }

            private String cached(String sku) {
                return sku;
            }
        }

        static class OtherParameters {

            @Retryable(fallback = "cached")
            String find(String sku) {
                return sku;
            }

            private String cached(int count) {
                return "";
            }
        }

        static class OtherResult {

            @Retryable(fallback = "cached")
            String find(String sku) {
                return sku;
            }

            private int cached(String sku) {
                return 0;
            }
        }

        static class PlainForAStage {

            @Retryable(fallback = "cached")
            public CompletableFuture<String> find() {
                return new CompletableFuture<>();
            }

            private String cached() {
                return "";
            }
        }

        static class Itself {

            @Retryable(fallback = "find")
            String find() {
                return "";
            }
        }

        static class Two {

            @Retryable(fallback = "cached")
            @CircuitGuarded(fallback = "empty")
            String find() {
                return "";
            }
        }

        private void assertRefused(Class<?> type, String message, String action) {
            app.withBean(type)
                    .run(context -> assertThat(context)
                            .hasFailed()
                            .getFailure()
                            .rootCause()
                            .isInstanceOfSatisfying(InvalidSettingException.class, refused -> {
                                assertThat(refused).hasMessage(message);
                                assertThat(refused.action()).isEqualTo(action);
                            }));
        }

        @Test
        void whenThereIsNone() {
            assertRefused(
                    Misspelt.class,
                    "Misspelt.find(String) names the fallback 'chached', but no such method exists."
                            + " Did you mean 'cached'?",
                    "Declare a method 'String chached(String)' in " + Misspelt.class.getName()
                            + ", optionally with the failure (a Throwable) as an additional last parameter.");
        }

        @Test
        void whenItTakesOtherParameters() {
            assertRefused(
                    OtherParameters.class,
                    "OtherParameters.find(String) names the fallback 'cached', but its parameters do not match:"
                            + " OtherParameters.cached(int).",
                    "Declare a method 'String cached(String)' in " + OtherParameters.class.getName()
                            + ", optionally with the failure (a Throwable) as an additional last parameter.");
        }

        @Test
        void whenItReturnsSomethingElse() {
            assertRefused(
                    OtherResult.class,
                    "OtherResult.find(String) names the fallback 'cached', but OtherResult.cached(String) returns int"
                            + " instead of String.",
                    "Change the return type of the fallback.");
        }

        @Test
        void whenItAnswersAStageWithAValue() {
            assertRefused(
                    PlainForAStage.class,
                    "PlainForAStage.find() names the fallback 'cached', but PlainForAStage.cached() returns String"
                            + " instead of CompletableFuture.",
                    "Change the return type of the fallback.");
        }

        @Test
        void whenItIsTheMethodItself() {
            app.withBean(Itself.class)
                    .run(context -> assertThat(context)
                            .hasFailed()
                            .getFailure()
                            .rootCause()
                            .hasMessageStartingWith(
                                    "Itself.find() names the fallback 'find', but no such method exists."));
        }

        @Test
        void whenBothAnnotationsNameOne() {
            assertRefused(
                    Two.class,
                    "@Retryable and @CircuitGuarded on Two.find() both name a fallback ('cached' and 'empty').",
                    "Keep the fallback of @Retryable: it is called whatever ended the call.");
        }
    }

    static class Shared {

        static final IllegalStateException NONE = new IllegalStateException("none");

        @Retryable(fallback = "none")
        public String find() {
            throw new IllegalArgumentException("wrong");
        }

        String none() {
            throw NONE;
        }
    }

    @Test
    void anInstanceThatAFallbackThrowsAgainAndAgainDoesNotGrow() {
        app.withBean(Shared.class).run(context -> {
            for (int i = 0; i < 5; i++) {
                assertThatExceptionOfType(IllegalStateException.class).isThrownBy(context.getBean(Shared.class)::find);
            }

            assertThat(Shared.NONE.getSuppressed()).hasSize(1);
        });
    }

    @Retryable(fallback = "cached")
    static class OnTheType {

        public String find() {
            throw new IllegalArgumentException("wrong");
        }

        public String cached() {
            return "cached";
        }
    }

    @Test
    void aPublicFallbackOfAnAnnotatedTypeNeedsNoneItself() {
        app.withBean(OnTheType.class)
                .run(context ->
                        assertThat(context.getBean(OnTheType.class).find()).isEqualTo("cached"));
    }
}
