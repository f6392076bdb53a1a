package dev.retrykit.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Budget;
import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.TimeBudgetSpentException;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.time.ManualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.test.util.AopTestUtils;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** Annotated methods that return a {@code Mono}. */
class MonoMethodsTests extends ReactiveBeans {

    static class Service extends Dependency {

        final TestPublisher<String> never = TestPublisher.create();

        @Retryable
        public Mono<String> find() {
            calls++;
            return Mono.fromCallable(this::answer);
        }

        @Retryable
        public Mono<String> throwing() throws ConnectException {
            calls++;
            return Mono.just(answer());
        }

        @Retryable
        public Mono<String> none() {
            calls++;
            return null;
        }

        @Retryable
        public Mono<Void> send() {
            return Mono.fromCallable(this::answer).then();
        }

        @Retryable
        public Mono<String> wrong() {
            calls++;
            return Mono.error(new IllegalStateException("wrong"));
        }

        @Retryable(budget = @Budget(time = "5s"))
        public Mono<String> endless() {
            return never.mono();
        }

        @Retryable(attemptTimeout = "2s")
        public Mono<String> slow() {
            calls++;
            return never.mono();
        }

        @Retryable
        public Mono<ResponseEntity<String>> status() {
            HttpStatus status = ++calls < 3 ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.OK;
            return Mono.just(ResponseEntity.status(status).build());
        }

        @Retryable("pending")
        public Mono<String> pending() {
            return Mono.fromSupplier(() -> ++calls < 3 ? "pending" : "ready");
        }

        @CircuitGuarded("inventory")
        public Mono<String> guarded() {
            calls++;
            return Mono.fromCallable(this::answer);
        }
    }

    @Test
    void isCalledAgainWhenItFails() {
        with(Service.class, (service, target, time) -> {
            StepVerifier.create(service.find())
                    .then(() -> time.advance(LONG))
                    .expectNext("answer 3")
                    .verifyComplete();

            assertThat(target.calls).isEqualTo(3);
            assertThat(target.attempts).containsExactly(1, 2, 3);
            assertThat(time.pending()).isZero();
        });
    }

    @Test
    void isCalledAgainWhenTheMethodThrows() {
        with(Service.class, (service, target, time) -> {
            StepVerifier.create(service.throwing())
                    .then(() -> time.advance(LONG))
                    .expectNext("answer 3")
                    .verifyComplete();

            assertThat(target.attempts).containsExactly(1, 2, 3);
        });
    }

    @Test
    void thatIsNullIsAFailureThatIsNotRetried() {
        with(Service.class, (service, target, time) -> {
            StepVerifier.create(service.none()).verifyErrorSatisfies(failure -> {
                assertThat(failure)
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage("a reactive method must return a publisher, but returned null");
                assertThat(reasonOf(failure)).isEqualTo(StopReason.NOT_RETRYABLE);
            });

            assertThat(target.calls).isEqualTo(1);
        });
    }

    @Test
    void mayBeEmpty() {
        with(Service.class, (service, target, time) -> {
            StepVerifier.create(service.send()).then(() -> time.advance(LONG)).verifyComplete();

            assertThat(target.attempts).hasSize(3);
        });
    }

    @Test
    void failsWithTheLastFailureAsItWasThrown() {
        with(Service.class, (service, target, time) -> {
            target.failures = 9;

            StepVerifier.create(service.find()).then(() -> time.advance(LONG)).verifyErrorSatisfies(failure -> {
                assertThat(failure).isSameAs(target.thrown.get(2));
                assertThat(reasonOf(failure)).isEqualTo(StopReason.EXHAUSTED);
            });
        });
    }

    @Test
    void isNotCalledAgainForAPermanentFailure() {
        with(Service.class, (service, target, time) -> {
            StepVerifier.create(service.wrong()).verifyErrorMessage("wrong");

            assertThat(target.calls).isEqualTo(1);
        });
    }

    @Test
    void isNotCalledBeforeTheSubscriptionAndAfreshForEach() {
        with(Service.class, (service, target, time) -> {
            Mono<String> mono = service.find();
            time.advance(LONG);
            assertThat(target.calls).isZero();

            target.failures = 0;
            for (int i = 1; i <= 3; i++) {
                assertThat(mono.block()).isEqualTo("answer " + i);
            }
            assertThat(target.calls).isEqualTo(3);
            assertThat(target.attempts).containsOnly(1);
        });
    }

    @Test
    void waitsOnTheClockOfTheApplication() {
        with(app.withPropertyValues("retrykit.defaults.policy.jitter=none"), Service.class, (service, target, time) -> {
            Disposable call = service.find().subscribe();
            time.advance(Duration.ofMillis(199));
            assertThat(target.calls).isEqualTo(1);

            time.advance(Duration.ofMillis(1));
            assertThat(target.calls).isEqualTo(2);

            time.advance(Duration.ofMillis(400));
            assertThat(target.calls).isEqualTo(3);
            assertThat(call.isDisposed()).isTrue();
        });
    }

    @Test
    void thatNeverCompletesEndsWithTheTimeBudget() {
        with(Service.class, (service, target, time) -> {
            StepVerifier.create(service.endless())
                    .then(() -> time.advance(Duration.ofSeconds(5)))
                    .verifyErrorSatisfies(failure -> {
                        assertThat(failure).isInstanceOf(TimeBudgetSpentException.class);
                        assertThat(reasonOf(failure)).isEqualTo(StopReason.TIME_BUDGET);
                    });

            target.never.assertWasCancelled();
        });
    }

    @Test
    void isCutByTheAttemptTimeoutAndCalledAgain() {
        with(Service.class, (service, target, time) -> {
            StepVerifier.create(service.slow())
                    .then(() -> time.advance(LONG))
                    .verifyError(AttemptTimeoutException.class);

            target.never.assertWasCancelled();
            target.never.assertNoSubscribers();
            assertThat(target.calls).isEqualTo(3);
        });
    }

    @Test
    void isCalledAgainForAStatusThatMayPass() {
        with(Service.class, (service, target, time) -> {
            StepVerifier.create(service.status())
                    .then(() -> time.advance(LONG))
                    .expectNextMatches(answer -> answer.getStatusCode() == HttpStatus.OK)
                    .verifyComplete();

            assertThat(target.calls).isEqualTo(3);
        });
    }

    @Test
    void isCalledAgainForAValueThatThePolicyCallsBad() {
        with(
                Service.class,
                (service, target, time) -> StepVerifier.create(service.pending())
                        .then(() -> time.advance(LONG))
                        .expectNext("ready")
                        .verifyComplete());
    }

    @Test
    void thatIsOnlyGuardedIsCalledOncePerSubscriptionWhileTheCircuitIsClosed() {
        with(Service.class, (service, target, time) -> {
            Mono<String> mono = service.guarded();
            StepVerifier.create(mono).verifyErrorMessage("attempt 1");
            StepVerifier.create(mono).verifyErrorMessage("attempt 2");
            StepVerifier.create(mono).verifyError(CircuitOpenException.class);

            assertThat(target.calls).isEqualTo(2);
        });
    }

    @Test
    void cancellingDuringAnAttemptCancelsItsPublisher() {
        with(Service.class, (service, target, time) -> {
            Disposable call = service.endless().subscribe();
            target.never.assertSubscribers(1);

            call.dispose();

            target.never.assertWasCancelled();
            assertThat(time.pending()).isZero();
        });
    }

    @Test
    void cancellingDuringADelayEndsItAndGivesTheTokenBack() {
        app.withBean(Service.class).run(context -> {
            Service service = context.getBean(Service.class);
            ManualTime time = context.getBean(ManualTime.class);
            var budget = context.getBean(Retries.class)
                    .findPolicy("Service.find")
                    .orElseThrow()
                    .budget();
            int before = budget.snapshot().available();
            Disposable call = service.find().subscribe();
            assertThat(time.pending()).isOne(); // the delay
            assertThat(budget.snapshot().available()).isLessThan(before);

            call.dispose();

            assertThat(time.pending()).isZero();
            assertThat(budget.snapshot().available()).isEqualTo(before);
            time.advance(LONG);
            assertThat(AopTestUtils.<Service>getTargetObject(service).calls).isEqualTo(1);
        });
    }

    @Test
    void mayBeBlockedOn() {
        with(Service.class, (service, target, time) -> {
            target.failures = 0;

            assertThat(service.find().block()).isEqualTo("answer 1");
        });
    }

    @Test
    void subscribersAreToldWhenTheApplicationEnds() {
        List<Throwable> told = new ArrayList<>();
        with(Service.class, (service, target, time) -> {
            Mono<String> waiting = service.find();
            Mono<String> running = service.slow();
            assertThat(waiting.subscribe(found -> {}, told::add).isDisposed()).isFalse();
            assertThat(running.subscribe(found -> {}, told::add).isDisposed()).isFalse();
        });

        assertThat(told)
                .satisfiesExactly(
                        waiting -> assertThat(waiting).hasMessage("attempt 1"),
                        running -> assertThat(running).isInstanceOf(CancellationException.class));
        assertThat(told).extracting(ReactiveBeans::reasonOf).containsOnly(StopReason.CANCELLED);
    }
}
