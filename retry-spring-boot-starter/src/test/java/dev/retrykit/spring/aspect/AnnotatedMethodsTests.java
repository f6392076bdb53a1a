package dev.retrykit.spring.aspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.RetryContext;
import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.time.ManualTime;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class AnnotatedMethodsTests {

    private final ApplicationContextRunner app = Apps.plain();

    /** Fails so often as it is told, and then works. */
    static class Dependency {

        final List<Integer> attempts = new ArrayList<>();
        int failures = 1;

        String answer() throws ConnectException {
            attempts.add(RetryContext.current().map(RetryContext::attempt).orElse(0));
            if (attempts.size() <= failures) {
                throw new ConnectException("attempt " + attempts.size());
            }
            return "answer " + attempts.size();
        }
    }

    @Nested
    class Plain {

        static class Service extends Dependency {

            int errors;

            @Retryable
            String find(String sku) throws IOException {
                return sku + ": " + answer();
            }

            @Retryable
            void ping() throws IOException {
                answer();
            }

            @Retryable
            String broken() {
                errors++;
                throw new StackOverflowError("broken");
            }

            @Retryable
            String wrong() {
                errors++;
                throw new IllegalStateException("wrong");
            }

            String plain() throws IOException {
                return answer();
            }
        }

        private void with(Use<Service> use) {
            app.withBean(Service.class).run(context -> use.of(context.getBean(Service.class)));
        }

        @Test
        void areCalledAgainWhenThatCanHelp() {
            with(service -> assertThat(service.find("a")).isEqualTo("a: answer 2"));
        }

        @Test
        void voidOnesToo() {
            app.withBean(Service.class).run(context -> {
                context.getBean(Service.class).ping();

                assertThat(target(context.getBean(Service.class)).attempts).containsExactly(1, 2);
            });
        }

        @Test
        void attemptsSeeTheContextOfTheirCall() {
            with(service -> {
                target(service).failures = 2;
                service.find("a");

                assertThat(target(service).attempts).containsExactly(1, 2, 3);
            });
        }

        @Test
        void theLastFailureArrivesAsItWasThrown() {
            with(service -> {
                target(service).failures = 10;

                assertThatExceptionOfType(ConnectException.class)
                        .isThrownBy(() -> service.find("a"))
                        .withMessage("attempt 3")
                        .satisfies(failure -> assertThat(failure.getSuppressed())
                                .singleElement()
                                .isInstanceOfSatisfying(RetryStopped.class, stopped -> {
                                    assertThat(stopped.policy()).isEqualTo("Service.find");
                                    assertThat(stopped.reason()).isEqualTo(StopReason.EXHAUSTED);
                                    assertThat(stopped.attempts()).isEqualTo(3);
                                }));
            });
        }

        @Test
        void waitBetweenAttemptsOnTheClockOfTheApplication() {
            app.withBean(Service.class)
                    .withPropertyValues("retrykit.defaults.policy.jitter=none")
                    .run(context -> {
                        context.getBean(Service.class).find("a");

                        assertThat(context.getBean(ManualTime.class).nanoTime())
                                .isEqualTo(Duration.ofMillis(200).toNanos());
                    });
        }

        @Test
        void errorsAreNotRetried() {
            with(service -> {
                assertThatExceptionOfType(StackOverflowError.class).isThrownBy(service::broken);

                assertThat(target(service).errors).isEqualTo(1);
            });
        }

        @Test
        void failuresThatNothingCallsTransientAreNotRetried() {
            with(service -> {
                assertThatExceptionOfType(IllegalStateException.class).isThrownBy(service::wrong);

                assertThat(target(service).errors).isEqualTo(1);
            });
        }

        @Test
        void methodsWithoutAnnotationStayAlone() {
            with(service -> assertThatExceptionOfType(ConnectException.class).isThrownBy(service::plain));
        }
    }

    @Nested
    class Staged {

        static class Service extends Dependency {

            final List<CompletableFuture<String>> pending = new ArrayList<>();

            @Retryable
            public CompletableFuture<String> future() {
                try {
                    return CompletableFuture.completedFuture(answer());
                } catch (ConnectException failure) {
                    return CompletableFuture.failedFuture(failure);
                }
            }

            @Retryable
            public CompletionStage<String> stage() throws ConnectException {
                return CompletableFuture.completedStage(answer());
            }

            @Retryable
            public CompletableFuture<String> never() {
                pending.add(new CompletableFuture<>());
                return pending.get(pending.size() - 1);
            }
        }

        private void with(UseOnTime<Service> use) {
            app.withBean(Service.class)
                    .run(context -> use.of(context.getBean(Service.class), context.getBean(ManualTime.class)));
        }

        @Test
        void areCalledAgainWhenTheirStageFails() {
            with((service, time) -> {
                CompletableFuture<String> call = service.future();
                assertThat(call).isNotDone();

                time.advance(Duration.ofSeconds(10));

                assertThat(call).isCompletedWithValue("answer 2");
                assertThat(target(service).attempts).containsExactly(1, 2);
            });
        }

        @Test
        void areCalledAgainWhenTheyThrow() {
            with((service, time) -> {
                CompletionStage<String> call = service.stage();

                time.advance(Duration.ofSeconds(10));

                assertThat(call.toCompletableFuture()).isCompletedWithValue("answer 2");
            });
        }

        @Test
        void theirFailureArrivesUnwrapped() {
            with((service, time) -> {
                target(service).failures = 10;
                CompletableFuture<String> call = service.future();
                List<Throwable> told = new ArrayList<>();
                CompletableFuture<String> watched = call.whenComplete((answer, failure) -> told.add(failure));

                time.advance(Duration.ofMinutes(1));

                assertThat(watched).isCompletedExceptionally();
                assertThat(told).singleElement().isInstanceOf(ConnectException.class);
            });
        }

        @Test
        void cancellingTheCallCancelsTheAttempt() {
            with((service, time) -> {
                CompletableFuture<String> call = service.never();
                call.cancel(true);

                assertThat(target(service).pending).singleElement().matches(CompletableFuture::isCancelled);
                assertThat(time.pending()).isZero();
            });
        }
    }

    @Nested
    class Guarded {

        static class Service extends Dependency {

            @CircuitGuarded
            String find() throws IOException {
                return answer();
            }

            @Retryable
            @CircuitGuarded("inventory")
            String both() throws IOException {
                return answer();
            }

            @CircuitGuarded("inventory")
            public CompletableFuture<String> later() {
                return CompletableFuture.completedFuture("later");
            }
        }

        private void with(Use<Service> use) {
            Apps.with("""
                            retrykit.circuits:
                              inventory: { window: { type: count, size: 10 }, minimum-calls: 2 }
                              "[Service.find]": { window: { type: count, size: 10 }, minimum-calls: 2 }
                            """).withBean(Service.class).run(context -> use.of(context.getBean(Service.class)));
        }

        @Test
        void aMethodOfItsOwnIsCalledOnce() {
            with(service -> assertThatExceptionOfType(ConnectException.class)
                    .isThrownBy(service::find)
                    .withMessage("attempt 1"));
        }

        @Test
        void isRejectedWhenTheCircuitIsOpen() {
            with(service -> {
                target(service).failures = 10;
                assertThatExceptionOfType(ConnectException.class).isThrownBy(service::find);
                assertThatExceptionOfType(ConnectException.class).isThrownBy(service::find);

                assertThatExceptionOfType(CircuitOpenException.class)
                        .isThrownBy(service::find)
                        .satisfies(open -> assertThat(open.circuit()).isEqualTo("Service.find"));
                assertThat(target(service).attempts).hasSize(2);
            });
        }

        @Test
        void eachAttemptGoesThroughTheCircuit() {
            with(service -> {
                target(service).failures = 10;
                assertThatExceptionOfType(ConnectException.class)
                        .isThrownBy(service::both)
                        .withMessage("attempt 2");

                assertThatExceptionOfType(CircuitOpenException.class).isThrownBy(service::both);
            });
        }

        @Test
        void stagesAreRejectedAsStages() {
            with(service -> {
                target(service).failures = 10;
                assertThatExceptionOfType(ConnectException.class).isThrownBy(service::both);

                assertThat(service.later())
                        .failsWithin(Duration.ZERO)
                        .withThrowableThat()
                        .withCauseInstanceOf(CircuitOpenException.class);
            });
        }
    }

    @Nested
    class WhereTheAnnotationMayStand {

        @Retryable(maxAttempts = 2)
        static class OnType extends Dependency {

            public String inherits() throws IOException {
                return answer();
            }

            @Retryable(maxAttempts = 4)
            public String own() throws IOException {
                return answer();
            }

            String notPublic() throws IOException {
                return answer();
            }
        }

        static class OfSubclass extends OnType {}

        static class Base extends Dependency {

            @Retryable
            public String find() throws IOException {
                return answer();
            }
        }

        static class Overriding extends Base {

            @Override
            public String find() throws IOException {
                return super.find();
            }
        }

        interface Contract {

            @Retryable
            String find() throws IOException;
        }

        @Retryable
        interface AnnotatedContract {

            String find() throws IOException;
        }

        static class Implementing extends Dependency implements Contract {

            @Override
            public String find() throws IOException {
                return answer();
            }
        }

        static class ImplementingAnnotated extends Dependency implements AnnotatedContract {

            @Override
            public String find() throws IOException {
                return answer();
            }
        }

        @Retention(RetentionPolicy.RUNTIME)
        @Retryable(maxAttempts = 6)
        @interface Patient {}

        static class Meta extends Dependency {

            @Patient
            String find() throws IOException {
                return answer();
            }
        }

        @Test
        void onATypeItIsForItsPublicMethods() {
            app.withBean(OnType.class).run(context -> {
                OnType service = context.getBean(OnType.class);
                target(service).failures = 10;

                assertThatExceptionOfType(ConnectException.class)
                        .isThrownBy(service::inherits)
                        .withMessage("attempt 2");
                assertThatExceptionOfType(ConnectException.class)
                        .isThrownBy(service::notPublic)
                        .withMessage("attempt 3");
            });
        }

        @Test
        void theMethodsOwnWins() {
            app.withBean(OnType.class).run(context -> {
                OnType service = context.getBean(OnType.class);
                target(service).failures = 10;

                assertThatExceptionOfType(ConnectException.class)
                        .isThrownBy(service::own)
                        .withMessage("attempt 4");
            });
        }

        @Test
        void onASuperclass() {
            app.withBean(OfSubclass.class)
                    .run(context -> assertThat(context.getBean(OfSubclass.class).inherits())
                            .isEqualTo("answer 2"));
        }

        @Test
        void onAnOverriddenMethod() {
            app.withBean(Overriding.class)
                    .run(context ->
                            assertThat(context.getBean(Overriding.class).find()).isEqualTo("answer 2"));
        }

        @Test
        void onAMethodOfAnInterface() {
            app.withBean(Implementing.class)
                    .run(context ->
                            assertThat(context.getBean(Contract.class).find()).isEqualTo("answer 2"));
        }

        @Test
        void onAnInterface() {
            app.withBean(ImplementingAnnotated.class)
                    .run(context -> assertThat(
                                    context.getBean(AnnotatedContract.class).find())
                            .isEqualTo("answer 2"));
        }

        @Test
        void onAnotherAnnotation() {
            app.withBean(Meta.class).run(context -> {
                context.getBean(Meta.class).find();

                assertThat(context.getBean(Retries.class)
                                .get("Meta.find")
                                .policy()
                                .maxAttempts())
                        .isEqualTo(6);
            });
        }

        @Test
        void aBeanWithInterfacesIsStillOneOfItsClass() {
            app.withBean(Implementing.class).run(context -> {
                assertThat(AopUtils.isCglibProxy(context.getBean(Contract.class)))
                        .isTrue();
                assertThat(context).hasSingleBean(Implementing.class);
            });
        }

        @Test
        void withProxiesOfInterfacesItWorksToo() {
            app.withBean(Implementing.class)
                    .withPropertyValues("spring.aop.proxy-target-class=false")
                    .run(context -> {
                        Contract service = context.getBean(Contract.class);

                        assertThat(AopUtils.isJdkDynamicProxy(service)).isTrue();
                        assertThat(service.find()).isEqualTo("answer 2");
                    });
        }

        @Test
        void eachPrototypeIsRetriedByItself() {
            app.withBean(Meta.class, Meta::new, definition -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE))
                    .run(context -> {
                        Meta one = context.getBean(Meta.class);
                        Meta other = context.getBean(Meta.class);

                        assertThat(one.find()).isEqualTo("answer 2");
                        assertThat(other.find()).isEqualTo("answer 2");
                        assertThat(context.getBean(Retries.class).policies()).hasSize(1);
                    });
        }
    }

    /** What a test does with a service. */
    private interface Use<T> {

        void of(T service) throws Throwable;
    }

    /** What a test does with a service and its clock. */
    private interface UseOnTime<T> {

        void of(T service, ManualTime time) throws Throwable;
    }

    @SuppressWarnings("unchecked")
    private static <T> T target(T proxy) {
        return (T) org.springframework.test.util.AopTestUtils.getTargetObject(proxy);
    }
}
