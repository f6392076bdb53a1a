package dev.retrykit.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Budget;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.TimeBudgetSpentException;
import java.net.ConnectException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** Annotated methods that return a {@code Flux}. */
class FluxMethodsTests extends ReactiveBeans {

    static class Service extends Dependency {

        final TestPublisher<Integer> never = TestPublisher.create();

        /** Fails after so many elements. */
        private Flux<Integer> flaky(int before) {
            calls++;
            return Flux.defer(() -> {
                try {
                    answer();
                    return Flux.range(1, 4);
                } catch (ConnectException failure) {
                    return Flux.range(1, before).concatWith(Flux.error(failure));
                }
            });
        }

        @Retryable
        public Flux<Integer> all() {
            return flaky(0);
        }

        @Retryable
        public Flux<Integer> broken() {
            return flaky(2);
        }

        @Retryable("partial")
        public Flux<Integer> partial() {
            return flaky(2);
        }

        @Retryable(attemptTimeout = "2s", budget = @Budget(time = "5s"))
        public Flux<Integer> slow() {
            calls++;
            return never.flux();
        }

        @Retryable(budget = @Budget(time = "5s"))
        public Flux<Integer> endless() {
            return never.flux();
        }
    }

    @Test
    void isCalledAgainWhenItFailsBeforeItsFirstElement() {
        with(Service.class, (service, target, time) -> {
            StepVerifier.create(service.all())
                    .then(() -> time.advance(LONG))
                    .expectNext(1, 2, 3, 4)
                    .verifyComplete();

            assertThat(target.attempts).containsExactly(1, 2, 3);
        });
    }

    @Test
    void isNotCalledAgainOnceItHasEmitted() {
        with(Service.class, (service, target, time) -> {
            StepVerifier.create(service.broken()).expectNext(1, 2).verifyErrorSatisfies(failure -> {
                assertThat(failure).isSameAs(target.thrown.get(0));
                assertThat(reasonOf(failure)).isEqualTo(StopReason.NOT_RETRYABLE);
            });

            assertThat(time.pending()).isZero();
            assertThat(target.calls).isEqualTo(1);
        });
    }

    @Test
    void emitsAgainWhereThePolicySaysSo() {
        with(Service.class, (service, target, time) -> {
            StepVerifier.create(service.partial())
                    .then(() -> time.advance(LONG))
                    .expectNext(1, 2, 1, 2, 1, 2, 3, 4)
                    .verifyComplete();
        });
    }

    @Test
    void isAskedForNoMoreThanItsSubscriberAsksForWhicheverAttemptEmits() {
        with(Service.class, (service, target, time) -> {
            StepVerifier.create(service.partial(), 0)
                    .thenRequest(1)
                    .expectNext(1)
                    .thenRequest(1)
                    .expectNext(2)
                    .then(() -> time.advance(Duration.ofSeconds(2)))
                    .thenRequest(3)
                    .expectNext(1, 2)
                    .then(() -> time.advance(Duration.ofSeconds(2)))
                    .expectNext(1)
                    .expectNoEvent(Duration.ZERO)
                    .thenRequest(2)
                    .expectNext(2, 3)
                    .thenRequest(1)
                    .expectNext(4)
                    .verifyComplete();
        });
    }

    @Test
    void keepsWhatWasAskedForBeforeItsFirstElement() {
        with(
                Service.class,
                (service, target, time) -> StepVerifier.create(service.all(), 3)
                        .then(() -> time.advance(LONG))
                        .expectNext(1, 2, 3)
                        .thenRequest(1)
                        .expectNext(4)
                        .verifyComplete());
    }

    @Test
    void hasItsAttemptTimeoutForAllElementsTogether() {
        with(Service.class, (service, target, time) -> {
            StepVerifier.create(service.slow())
                    .then(() -> {
                        for (int i = 0; i < 4; i++) {
                            target.never.next(i);
                            time.advance(Duration.ofMillis(500));
                        }
                    })
                    .expectNext(0, 1, 2, 3)
                    .verifyErrorSatisfies(failure -> {
                        assertThat(failure).isInstanceOf(AttemptTimeoutException.class);
                        assertThat(reasonOf(failure)).isEqualTo(StopReason.NOT_RETRYABLE);
                    });

            target.never.assertWasCancelled();
            assertThat(target.calls).isEqualTo(1);
        });
    }

    @Test
    void isCalledAgainAfterATimeoutWithoutAnElement() {
        with(Service.class, (service, target, time) -> {
            StepVerifier.create(service.slow())
                    .then(() -> time.advance(LONG))
                    .verifyError(AttemptTimeoutException.class);

            assertThat(target.calls).isGreaterThan(1);
            target.never.assertNoSubscribers();
        });
    }

    @Test
    void endsWithTheTimeBudgetEvenWhileItEmits() {
        with(Service.class, (service, target, time) -> {
            StepVerifier.create(service.endless())
                    .then(() -> target.never.next(1))
                    .expectNext(1)
                    .then(() -> time.advance(Duration.ofSeconds(5)))
                    .verifyErrorSatisfies(failure -> {
                        assertThat(failure).isInstanceOf(TimeBudgetSpentException.class);
                        assertThat(reasonOf(failure)).isEqualTo(StopReason.TIME_BUDGET);
                    });

            target.never.assertWasCancelled();
        });
    }

    @Test
    void cancellingDuringAnAttemptCancelsItsPublisher() {
        with(Service.class, (service, target, time) -> {
            StepVerifier.create(service.endless())
                    .then(() -> target.never.next(1))
                    .expectNext(1)
                    .thenCancel()
                    .verify();

            target.never.assertWasCancelled();
            assertThat(time.pending()).isZero();
        });
    }

    @Test
    void cancellingDuringADelayEndsIt() {
        with(Service.class, (service, target, time) -> {
            Disposable call = service.all().subscribe();
            assertThat(time.pending()).isOne(); // the delay

            call.dispose();

            assertThat(time.pending()).isZero();
            assertThat(target.calls).isEqualTo(1);
        });
    }
}
