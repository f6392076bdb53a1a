package dev.retrykit.spring.aspect.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** A retry that waits on the only thread of a scheduler holds all other jobs up. */
@ExtendWith(OutputCaptureExtension.class)
class ScheduledRetriesTests {

    private static final String YML =
            "retrykit.policies: { slow: { backoff.delay: 2s }, quick: { backoff.delay: 100ms } }";

    @EnableScheduling
    static class Jobs {

        @Scheduled(initialDelay = 1_000_000_000, fixedRate = 1_000_000)
        @Retryable("slow")
        public void slow() {}

        @Scheduled(initialDelay = 1_000_000_000, fixedRate = 1_000_000)
        @Retryable("quick")
        public void quick() {}

        @Scheduled(initialDelay = 1_000_000_000, fixedRate = 1_000_000)
        @Retryable("slow")
        public CompletableFuture<Void> stage() {
            return CompletableFuture.completedFuture(null);
        }
    }

    @Test
    void getsOneWarning(CapturedOutput output) {
        Apps.with(YML)
                .withConfiguration(AutoConfigurations.of(TaskSchedulingAutoConfiguration.class))
                .withUserConfiguration(Jobs.class)
                .run(
                        context -> assertThat(output)
                                .containsOnlyOnce("is @Scheduled")
                                .contains(
                                        "Jobs.slow() is @Scheduled, and the delays of its policy 'slow' block its thread for up to"));
    }

    @Test
    void isFineWithMoreThreads(CapturedOutput output) {
        Apps.with(YML)
                .withConfiguration(AutoConfigurations.of(TaskSchedulingAutoConfiguration.class))
                .withPropertyValues("spring.task.scheduling.pool.size=4")
                .withUserConfiguration(Jobs.class)
                .run(context -> assertThat(output).doesNotContain("is @Scheduled"));
    }

    @Test
    void aSchedulerOfTheApplicationsOwnIsItsAffair(CapturedOutput output) {
        Apps.with(YML)
                .withBean(ThreadPoolTaskScheduler.class)
                .withUserConfiguration(Jobs.class)
                .run(context -> assertThat(output).doesNotContain("is @Scheduled"));
    }
}
