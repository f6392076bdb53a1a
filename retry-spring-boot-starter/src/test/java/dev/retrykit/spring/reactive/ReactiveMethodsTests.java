package dev.retrykit.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.RetryContext;
import dev.retrykit.annotation.Budget;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.aop.support.AopUtils;
import org.springframework.test.util.AopTestUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** What surrounds annotated methods that return publishers, and errors. */
class ReactiveMethodsTests extends ReactiveBeans {

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
