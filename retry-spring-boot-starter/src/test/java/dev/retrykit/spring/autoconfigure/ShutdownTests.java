package dev.retrykit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.PolicyEntry;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.time.TimeSource;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.test.util.AopTestUtils;

/** On the real clock and with Boot's own executor. */
class ShutdownTests {

    static class Service {

        final CountDownLatch failed = new CountDownLatch(1);
        final CompletableFuture<String> hanging = new CompletableFuture<>();

        @Retryable("slow")
        public String sleep() throws Exception {
            failed.countDown();
            throw new ConnectException("down");
        }

        @Retryable("slow")
        public CompletableFuture<String> pause() {
            return CompletableFuture.failedFuture(new ConnectException("down"));
        }

        @Retryable("slow")
        public CompletableFuture<String> hang() {
            return hanging;
        }
    }

    private static ApplicationContextRunner app() {
        return new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(RetrykitAutoConfiguration.class, TaskExecutionAutoConfiguration.class))
                .withBean(TimeSource.class, TimeSource::system)
                .withBean(Service.class)
                .withInitializer(Apps.yml("""
                        retrykit.policies.slow:
                          backoff: { strategy: fixed, delay: 1h, max-delay: 1h }
                          jitter: none
                          budget: { time: 3h }
                        """));
    }

    private static StopReason reasonOf(CompletableFuture<?> call) {
        Throwable failure = call.handle((result, thrown) -> thrown).join();
        assertThat(failure).isInstanceOf(ConnectException.class);
        return ((RetryStopped) failure.getSuppressed()[0]).reason();
    }

    @Test
    void delaysEndWhenTheApplicationClosesAndNobodyWaits() {
        List<CompletableFuture<?>> calls = new ArrayList<>();
        app().run(context -> {
            Service service = context.getBean(Service.class);
            CompletableFuture<String> sleeping = new CompletableFuture<>();
            new Thread(() -> {
                        try {
                            sleeping.complete(service.sleep());
                        } catch (Throwable failure) {
                            sleeping.completeExceptionally(failure);
                        }
                    })
                    .start();
            calls.add(sleeping);
            calls.add(service.pause());
            AopTestUtils.<Service>getTargetObject(service).failed.await();
        });

        assertThat(calls).allSatisfy(call -> assertThat(reasonOf(call)).isEqualTo(StopReason.CANCELLED));
    }

    @Test
    void whatStillRunsEndsBeforeTheExecutorsStop() {
        List<String> order = new ArrayList<>();
        app().run(context -> {
            Service service = context.getBean(Service.class);
            ThreadPoolTaskExecutor executor = (ThreadPoolTaskExecutor) context.getBean(TaskExecutor.class);
            service.hang()
                    .whenComplete((result, failure) -> order.add("hang ended, executor stopped: "
                            + executor.getThreadPoolExecutor().isTerminated()));
            CompletableFuture<String> hanging = AopTestUtils.<Service>getTargetObject(service).hanging;
            hanging.whenComplete((result, failure) -> order.add("attempt cancelled: " + hanging.isCancelled()));
        });

        assertThat(order).containsExactly("attempt cancelled: true", "hang ended, executor stopped: false");
    }

    @Test
    void anApplicationThatIsStoppedAndStartedAgainRetries() {
        app().run(context -> {
            SmartLifecycle shutdown = context.getBean("retrykitShutdown", SmartLifecycle.class);
            ConfigurableApplicationContext app =
                    context.getSourceApplicationContext(ConfigurableApplicationContext.class);
            app.stop();
            assertThat(shutdown.isRunning()).isFalse();
            app.start();
            assertThat(shutdown.isRunning()).isTrue();
            assertThat(context.getBean(Service.class).pause()).isNotDone();
        });
    }

    @Test
    void theEndOfAChildContextIsNotTheEnd() {
        app().run(context -> {
            CompletableFuture<String> pausing = context.getBean(Service.class).pause();
            new ApplicationContextRunner().withParent(context).run(child -> {});
            assertThat(pausing).isNotDone();
        });
    }

    @Test
    void norIsTheEndOfAChildThatUsesItsParentsRetries() {
        app().run(context -> {
            CompletableFuture<String> pausing = context.getBean(Service.class).pause();
            app().withParent(context).run(child -> {
                PolicyEntry parents =
                        context.getBean(Retries.class).policies().iterator().next();
                assertThat(child.getBean(Retries.class).findPolicy(parents.name()))
                        .containsSame(parents);
                assertThat(child.getBean(Service.class)).isNotSameAs(context.getBean(Service.class));
            });
            assertThat(pausing).isNotDone();
        });
    }

    @Test
    void anApplicationThatWasStoppedBeforeItClosesEndsAllToo() {
        List<CompletableFuture<?>> calls = new ArrayList<>();
        app().run(context -> {
            calls.add(context.getBean(Service.class).hang());
            context.getSourceApplicationContext(ConfigurableApplicationContext.class)
                    .stop();
        });

        assertThat(calls).singleElement().matches(CompletableFuture::isCompletedExceptionally);
    }

    @Test
    void soDoesOneThatNeverStarted() {
        List<CompletableFuture<?>> calls = new ArrayList<>();
        app().withBean("failing", SmartInitializingSingleton.class, () -> () -> {
                    throw new IllegalStateException("no start");
                })
                .withBean(Early.class, () -> new Early(calls))
                .run(context -> assertThat(context).hasFailed());

        assertThat(calls).hasSize(2).allMatch(CompletableFuture::isCompletedExceptionally);
    }

    /** Calls as soon as it is made. */
    static class Early {

        private final List<CompletableFuture<?>> calls;

        Early(List<CompletableFuture<?>> calls) {
            this.calls = calls;
        }

        @Autowired
        void call(Service service) {
            calls.add(service.hang());
            calls.add(service.pause());
        }
    }

    @Test
    void whereEventsAreHandedToAnExecutorAllEndsAtTheSamePoints() {
        List<CompletableFuture<?>> calls = new ArrayList<>();
        app().withBean(
                        AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME,
                        SimpleApplicationEventMulticaster.class,
                        () -> {
                            SimpleApplicationEventMulticaster multicaster = new SimpleApplicationEventMulticaster();
                            multicaster.setTaskExecutor(tooSlow -> {});
                            return multicaster;
                        })
                .run(context -> {
                    calls.add(context.getBean(Service.class).pause());
                    calls.add(context.getBean(Service.class).hang());
                });

        assertThat(calls).hasSize(2).allMatch(CompletableFuture::isCompletedExceptionally);
    }

    @Test
    void anEngineThatIsMadeWhileTheApplicationClosesEndsWithIt() {
        List<CompletableFuture<?>> calls = new ArrayList<>();
        app().withPropertyValues("retrykit.policies.late.backoff.delay=10s").run(context -> {
            Retries retries = context.getBean(Retries.class);
            context.getSourceApplicationContext(ConfigurableApplicationContext.class)
                    .addApplicationListener((ApplicationListener<ContextClosedEvent>)
                            event -> calls.add(retries.get("late")
                                    .callAsync(() -> CompletableFuture.failedFuture(new ConnectException("down")))));
        });

        assertThat(calls)
                .singleElement()
                .satisfies(call -> assertThat(reasonOf(call)).isEqualTo(StopReason.CANCELLED));
    }
}
