package dev.retrykit.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.RetryContext;
import dev.retrykit.annotation.Budget;
import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.ResultClassifier;
import dev.retrykit.failure.TimeBudgetSpentException;
import dev.retrykit.failure.Verdict;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.time.ManualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.test.util.AopTestUtils;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class ReactiveMethodsTests {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final ApplicationContextRunner app = Apps.with("""
            retrykit:
              policies:
                pending: { retry-on-result: unready }
                partial: { retry-partial: true }
              circuits:
                inventory: { consecutive-failures: 2 }
            """)
            .withBean(
                    "unready",
                    ResultClassifier.class,
                    () -> result -> "pending".equals(result) ? Verdict.retryable() : null);

    /** Fails so often as it is told, and then works. */
    static class Dependency {

        final List<Integer> attempts = new ArrayList<>();
        final List<Throwable> thrown = new ArrayList<>();
        int failures = 2;
        int calls;

        String answer() throws ConnectException {
            attempts.add(RetryContext.current().map(RetryContext::attempt).orElse(0));
            if (attempts.size() <= failures) {
                ConnectException failure = new ConnectException("attempt " + attempts.size());
                thrown.add(failure);
                throw failure;
            }
            return "answer " + attempts.size();
        }
    }

    private <T> void with(Class<T> type, Use<T> use) {
        with(app, type, use);
    }

    private static <T> void with(ApplicationContextRunner runner, Class<T> type, Use<T> use) {
        runner.withBean(type).run(context -> {
            T bean = context.getBean(type);
            use.of(bean, AopTestUtils.getTargetObject(bean), context.getBean(ManualTime.class));
        });
    }

    /** What a test does with a bean, what is behind its proxy, and its clock. */
    private interface Use<T> {

        void of(T bean, T target, ManualTime time) throws Throwable;
    }

    private static StopReason reasonOf(Throwable failure) {
        return List.of(failure.getSuppressed()).stream()
                .filter(RetryStopped.class::isInstance)
                .map(stopped -> ((RetryStopped) stopped).reason())
                .findFirst()
                .orElseThrow();
    }

    @Nested
    class AMono {

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
                StepVerifier.create(service.send())
                        .then(() -> time.advance(LONG))
                        .verifyComplete();

                assertThat(target.attempts).hasSize(3);
            });
        }

        @Test
        void failsWithTheLastFailureAsItWasThrown() {
            with(Service.class, (service, target, time) -> {
                target.failures = 9;

                StepVerifier.create(service.find())
                        .then(() -> time.advance(LONG))
                        .verifyErrorSatisfies(failure -> {
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
            with(
                    app.withPropertyValues("retrykit.defaults.policy.jitter=none"),
                    Service.class,
                    (service, target, time) -> {
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
    }

    @Nested
    class AFlux {

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

    @Nested
    class TheirSurroundings {

        static class Service extends Dependency {

            final List<String> seen = new ArrayList<>();
            final TestPublisher<String> inner = TestPublisher.create();
            Mono<Object> nested = Mono.empty();

            @Retryable
            public Mono<String> tenant() {
                return Mono.deferContextual(context -> {
                    seen.add(context.get("tenant") + " "
                            + context.get(RetryContext.class).attempt());
                    return Mono.fromCallable(this::answer);
                });
            }

            @Retryable
            public Flux<String> tenants() {
                return tenant().flux();
            }

            @Retryable(budget = @Budget(time = "3s"))
            public Mono<Object> outer() {
                calls++;
                return Mono.defer(() -> nested);
            }

            @Retryable
            public String plain() {
                calls++;
                return (String) nested.block();
            }
        }

        static class Inner extends Dependency {

            @Retryable
            public Mono<String> find() {
                return Mono.fromCallable(this::answer);
            }

            @Retryable
            public Flux<String> all() {
                return Flux.from(Mono.fromCallable(this::answer));
            }

            @Retryable
            public Mono<Duration> timeLeft() {
                return Mono.fromCallable(
                        () -> RetryContext.current().orElseThrow().timeLeft());
            }
        }

        private void nested(UseOfBoth use) {
            app.withBean(Service.class).withBean(Inner.class).run(context -> {
                Inner inner = context.getBean(Inner.class);
                AopTestUtils.<Inner>getTargetObject(inner).failures = 9;
                use.of(context.getBean(Service.class), inner, context.getBean(ManualTime.class));
            });
        }

        private interface UseOfBoth {

            void of(Service outer, Inner inner, ManualTime time);
        }

        @Test
        void includeTheSubscribersContextInEachAttempt() {
            with(Service.class, (service, target, time) -> {
                StepVerifier.create(service.tenant().contextWrite(context -> context.put("tenant", "acme")))
                        .then(() -> time.advance(LONG))
                        .expectNext("answer 3")
                        .verifyComplete();
                assertThat(target.seen).containsExactly("acme 1", "acme 2", "acme 3");

                target.attempts.clear();
                target.seen.clear();
                StepVerifier.create(service.tenants().contextWrite(context -> context.put("tenant", "acme")))
                        .then(() -> time.advance(LONG))
                        .expectNext("answer 3")
                        .verifyComplete();
                assertThat(target.seen).containsExactly("acme 1", "acme 2", "acme 3");
            });
        }

        @Test
        void makeARetryInsideOfAnotherOneTheOnlyOneOnWhateverThreadItBegins() {
            nested((outer, inner, time) -> {
                TestPublisher<String> elsewhere = TestPublisher.create();
                target(outer).nested = elsewhere.mono().flatMap(signal -> inner.find());

                StepVerifier.create(outer.outer())
                        .then(() -> onAnotherThread(() -> elsewhere.emit("go")))
                        .then(() -> time.advance(LONG))
                        .verifyErrorSatisfies(failure -> assertThat(failure.getSuppressed())
                                .filteredOn(RetryStopped.class::isInstance)
                                .extracting(stopped -> ((RetryStopped) stopped).reason())
                                .containsExactly(StopReason.EXHAUSTED, StopReason.NESTED));

                assertThat(AopTestUtils.<Inner>getTargetObject(inner).attempts).hasSize(3);
                assertThat(target(outer).calls).isEqualTo(1);
            });
        }

        @Test
        void handTheTimeBudgetInwardsOnWhateverThread() {
            nested((outer, inner, time) -> {
                TestPublisher<String> elsewhere = TestPublisher.create();
                target(outer).nested = elsewhere.mono().flatMap(signal -> inner.timeLeft());

                StepVerifier.create(outer.outer())
                        .then(() -> time.advance(Duration.ofSeconds(1)))
                        .then(() -> onAnotherThread(() -> elsewhere.emit("go")))
                        .expectNext(Duration.ofSeconds(2))
                        .verifyComplete();
            });
        }

        @Test
        void reachARetryThatAPlainOneBlocksOn() {
            nested((outer, inner, time) -> {
                target(outer).nested = inner.timeLeft().map(left -> left + " left");

                assertThat(outer.plain()).isEqualTo("PT30S left");
            });
        }

        @Test
        void endWhereTheSubscriberBegins() {
            nested((outer, inner, time) -> {
                List<String> downstream = new ArrayList<>();
                AopTestUtils.<Inner>getTargetObject(inner).failures = 0;

                StepVerifier.create(inner.all()
                                .doOnNext(element -> downstream.add(current()))
                                .concatMap(element -> inner.timeLeft())
                                .doOnTerminate(() -> downstream.add(current())))
                        .expectNext(Duration.ofSeconds(30))
                        .verifyComplete();
                StepVerifier.create(inner.find()
                                .doOnNext(element -> downstream.add(current()))
                                .doOnTerminate(() -> downstream.add(current())))
                        .expectNextCount(1)
                        .verifyComplete();

                assertThat(downstream).containsOnly("none");
            });
        }

        @Test
        void areBackBehindAnInnerRetry() {
            nested((outer, inner, time) -> {
                AopTestUtils.<Inner>getTargetObject(inner).failures = 0;
                target(outer).nested = inner.all()
                        .doOnNext(element -> target(outer).seen.add(current()))
                        .then(inner.find())
                        .doOnNext(element -> target(outer).seen.add(current()))
                        .cast(Object.class);

                StepVerifier.create(outer.outer()).expectNextCount(1).verifyComplete();

                assertThat(target(outer).seen).containsExactly("Service.outer", "Service.outer");
            });
        }

        private String current() {
            return RetryContext.current().map(RetryContext::policy).orElse("none");
        }

        private Service target(Service proxy) {
            return AopTestUtils.getTargetObject(proxy);
        }

        private void onAnotherThread(Runnable task) {
            Thread thread = new Thread(task);
            thread.start();
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }
    }

    @Nested
    class BehindAProxyOfInterfaces {

        interface Finder {

            Mono<String> find();

            @Retryable
            Flux<String> all();
        }

        static class Service extends Dependency implements Finder {

            @Override
            @Retryable
            public Mono<String> find() {
                return Mono.fromCallable(this::answer);
            }

            @Override
            public Flux<String> all() {
                return Mono.fromCallable(this::answer).flux();
            }
        }

        @Test
        void theyAreRetriedToo() {
            app.withPropertyValues("spring.aop.proxy-target-class=false")
                    .withBean("finder", Service.class)
                    .run(context -> {
                        Finder finder = context.getBean(Finder.class);
                        ManualTime time = context.getBean(ManualTime.class);
                        assertThat(AopUtils.isJdkDynamicProxy(finder)).isTrue();

                        StepVerifier.create(finder.find())
                                .then(() -> time.advance(LONG))
                                .expectNext("answer 3")
                                .verifyComplete();
                        Dependency target = AopTestUtils.getTargetObject(finder);
                        target.attempts.clear();
                        StepVerifier.create(finder.all())
                                .then(() -> time.advance(LONG))
                                .expectNext("answer 3")
                                .verifyComplete();
                    });
        }
    }

    @Test
    void subscribersAreToldWhenTheApplicationEnds() {
        List<Throwable> told = new ArrayList<>();
        with(AMono.Service.class, (service, target, time) -> {
            Mono<String> waiting = service.find();
            Mono<String> running = service.slow();
            assertThat(waiting.subscribe(found -> {}, told::add).isDisposed()).isFalse();
            assertThat(running.subscribe(found -> {}, told::add).isDisposed()).isFalse();
        });

        assertThat(told)
                .satisfiesExactly(
                        waiting -> assertThat(waiting).hasMessage("attempt 1"),
                        running -> assertThat(running).isInstanceOf(CancellationException.class));
        assertThat(told).extracting(ReactiveMethodsTests::reasonOf).containsOnly(StopReason.CANCELLED);
    }

    @Test
    void anErrorIsHandedOn() {
        with(Fatal.class, (service, target, time) -> {
            assertThatExceptionOfType(StackOverflowError.class)
                    .isThrownBy(() -> service.mono().block());
            assertThatExceptionOfType(StackOverflowError.class)
                    .isThrownBy(() -> service.flux().blockLast());
        });
    }

    static class Fatal {

        @Retryable
        public Mono<String> mono() {
            return Mono.fromCallable(() -> {
                throw new StackOverflowError("deep");
            });
        }

        @Retryable
        public Flux<String> flux() {
            return Flux.defer(() -> {
                throw new StackOverflowError("deep");
            });
        }
    }
}
