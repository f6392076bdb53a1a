package dev.retrykit.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.FallbackCounters;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.time.ManualTime;
import io.reactivex.rxjava3.core.Single;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.test.util.AopTestUtils;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.PublisherProbe;

class ReactiveFallbackTests {

    private static final Duration LONG = Duration.ofMinutes(1);

    static class Service {

        private Throwable failure = new ConnectException("down");
        private final PublisherProbe<String> waiting = PublisherProbe.of(Mono.never());
        private int calls;

        @Retryable(fallback = "cached")
        public Mono<String> find(String sku) {
            return Mono.error(failure);
        }

        private Mono<String> cached(String sku) {
            calls++;
            return Mono.just("cached " + sku);
        }

        @Retryable(fallback = "explained")
        public Mono<String> explain(String sku) throws Throwable {
            throw failure;
        }

        private Mono<String> explained(String sku, IOException failure) {
            return Mono.just("io " + failure.getMessage());
        }

        private Mono<String> explained(String sku, SocketException failure) {
            return Mono.just("socket " + failure.getMessage());
        }

        @Retryable(fallback = "alsoBroken")
        public Mono<String> broken() {
            return Mono.error(failure);
        }

        private Mono<String> alsoBroken() {
            return Mono.error(new FileNotFoundException("no cache"));
        }

        @Retryable(fallback = "throwing")
        public Mono<String> thrown() {
            return Mono.error(failure);
        }

        private Mono<String> throwing() throws IOException {
            throw new FileNotFoundException("no cache");
        }

        @Retryable(fallback = "empty")
        public Mono<String> maybe() {
            return Mono.error(failure);
        }

        private Mono<String> empty() {
            return Mono.empty();
        }

        @Retryable(fallback = "none")
        public Mono<String> orNull() {
            return Mono.error(failure);
        }

        private Mono<String> none() {
            return null;
        }

        @Retryable(fallback = "noSingle")
        public Single<String> single() {
            return Single.error(failure);
        }

        private Single<String> noSingle() {
            return null;
        }

        @Retryable(fallback = "waits")
        public Mono<String> slow() {
            return Mono.error(failure);
        }

        private Mono<String> waits() {
            return waiting.mono();
        }

        @Retryable(fallback = "others")
        public Flux<Integer> all(int before) {
            return Flux.range(1, before).concatWith(Flux.error(failure));
        }

        private Flux<Integer> others(int before) {
            calls++;
            return Flux.just(-1, -2);
        }

        @Retryable(fallback = "brokenOthers")
        public Flux<Integer> brokenAll() {
            return Flux.error(failure);
        }

        private Flux<Integer> brokenOthers() {
            return Flux.just(-1).concatWith(Flux.error(new FileNotFoundException("no cache")));
        }

        @CircuitGuarded(fallback = "cached")
        public Mono<String> guarded(String sku) {
            return Mono.error(failure);
        }
    }

    /** What a test does with the service, what is behind its proxy, and its clock. */
    private interface Use {

        void of(Service service, Service target, ManualTime time) throws Throwable;
    }

    private void with(Use use) {
        Apps.plain().withBean(Service.class).run(context -> {
            Service service = context.getBean(Service.class);
            use.of(service, AopTestUtils.getTargetObject(service), context.getBean(ManualTime.class));
        });
    }

    @Test
    void answersWhenTheRetriesAreOver() {
        with((service, target, time) -> {
            StepVerifier.create(service.find("a"))
                    .then(() -> assertThat(target.calls).isZero())
                    .then(() -> time.advance(LONG))
                    .expectNext("cached a")
                    .verifyComplete();

            assertThat(target.calls).isEqualTo(1);
        });
    }

    @Test
    void isChosenByTheMostSpecificFailure() {
        with((service, target, time) -> {
            StepVerifier.create(service.explain("a"))
                    .then(() -> time.advance(LONG))
                    .expectNext("socket down")
                    .verifyComplete();
            target.failure = new FileNotFoundException("gone");
            StepVerifier.create(service.explain("a")).expectNext("io gone").verifyComplete();
            target.failure = new IllegalStateException("wrong");
            StepVerifier.create(service.explain("a")).verifyErrorMessage("wrong");
        });
    }

    @Test
    void thatFailsTellsOfTheFailureBefore() {
        with((service, target, time) -> {
            target.failure = new IllegalStateException("wrong");

            StepVerifier.create(service.broken())
                    .verifyErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(FileNotFoundException.class)
                            .hasSuppressedException(target.failure));
            StepVerifier.create(service.thrown())
                    .verifyErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(FileNotFoundException.class)
                            .hasSuppressedException(target.failure));
        });
    }

    @Test
    void mayBeEmptyOrNull() {
        with((service, target, time) -> {
            target.failure = new IllegalStateException("wrong");

            StepVerifier.create(service.maybe()).verifyComplete();
            StepVerifier.create(service.orNull()).verifyComplete();
        });
    }

    @Test
    void mustNotBeNullWhereTheTypeHasNoEmptyValue() {
        Apps.plain().withBean(Service.class).run(context -> {
            Service service = context.getBean(Service.class);
            AopTestUtils.<Service>getTargetObject(service).failure = new IllegalStateException("wrong");

            service.single().test().assertError(failure -> failure.getSuppressed().length == 1);

            assertThat(counters(context.getBean(Retries.class), "single").failures())
                    .isEqualTo(1);
        });
    }

    @Test
    void answersForAFluxThatHasNotEmitted() {
        with((service, target, time) -> StepVerifier.create(service.all(0))
                .then(() -> time.advance(LONG))
                .expectNext(-1, -2)
                .verifyComplete());
    }

    @Test
    void leavesAFluxAloneThatHasEmitted() {
        with((service, target, time) -> {
            StepVerifier.create(service.all(2)).expectNext(1, 2).verifyErrorMessage("down");

            assertThat(target.calls).isZero();
        });
    }

    @Test
    void takesOverWhatWasAskedFor() {
        with((service, target, time) -> StepVerifier.create(service.all(0), 1)
                .then(() -> time.advance(LONG))
                .expectNext(-1)
                .thenRequest(1)
                .expectNext(-2)
                .verifyComplete());
    }

    @Test
    void isCancelledWithTheSubscription() {
        with((service, target, time) -> {
            target.failure = new IllegalStateException("wrong");
            Disposable call = service.slow().subscribe();
            target.waiting.assertWasSubscribed();

            call.dispose();

            target.waiting.assertWasCancelled();
        });
    }

    @Test
    void isNotCalledOnceTheSubscriptionIsCancelled() {
        with((service, target, time) -> {
            service.find("a").subscribe().dispose();
            time.advance(LONG);

            assertThat(target.calls).isZero();
        });
    }

    @Test
    void answersForACircuitToo() {
        with((service, target, time) ->
                StepVerifier.create(service.guarded("a")).expectNext("cached a").verifyComplete());
    }

    @Test
    void isCounted() {
        Apps.plain().withBean(Service.class).run(context -> {
            Service service = context.getBean(Service.class);
            AopTestUtils.<Service>getTargetObject(service).failure = new IllegalStateException("wrong");
            service.find("a").block();
            service.maybe().block();
            service.all(0).blockLast();
            StepVerifier.create(service.broken()).verifyError();
            StepVerifier.create(service.thrown()).verifyError();
            StepVerifier.create(service.brokenAll()).expectNext(-1).verifyError();

            Retries retries = context.getBean(Retries.class);
            assertThat(counters(retries, "find").successes()).isEqualTo(1);
            assertThat(counters(retries, "maybe").successes()).isEqualTo(1);
            assertThat(counters(retries, "all").successes()).isEqualTo(1);
            assertThat(counters(retries, "broken").failures()).isEqualTo(1);
            assertThat(counters(retries, "thrown").failures()).isEqualTo(1);
            assertThat(counters(retries, "brokenAll").failures()).isEqualTo(1);
            assertThat(counters(retries, "brokenAll").successes()).isZero();
        });
    }

    private static FallbackCounters counters(Retries retries, String method) {
        return retries.findPolicy("Service." + method).orElseThrow().fallbacks();
    }
}
