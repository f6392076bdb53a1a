package dev.retrykit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.RetryStopped;
import dev.retrykit.StopReason;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.time.TimeSource;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
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
    void delaysEndWhenTheApplicationBeginsToClose() {
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
}
