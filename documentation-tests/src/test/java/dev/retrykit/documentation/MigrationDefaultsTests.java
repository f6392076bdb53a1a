package dev.retrykit.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.time.ManualTime;
import io.github.resilience4j.retry.annotation.Retry;
import io.github.resilience4j.retry.internal.RetryImpl;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What each library does where nothing is said, as the tables of the pages for migration have it. */
class MigrationDefaultsTests {

    @AfterEach
    void forget() {
        Libraries.SLEPT.clear();
        RetryImpl.setSleepFunction(Thread::sleep);
    }

    @Test
    void springRetryRetriesEverythingTwoTimesAfterASecond() {
        new ApplicationContextRunner()
                .withUserConfiguration(Libraries.SpringRetry.class)
                .withBean(BySpringRetry.class)
                .run(context -> {
                    BySpringRetry bean = context.getBean(BySpringRetry.class);
                    assertThatThrownBy(bean::isWrong).isInstanceOf(IllegalStateException.class);
                    assertThat(bean.calls()).hasSize(3);
                    assertThat(Libraries.SLEPT).containsExactly(1000L, 1000L);
                });
    }

    @Test
    void springRetryDoesNotSeeWhatAStageCompletesWith() {
        new ApplicationContextRunner()
                .withUserConfiguration(Libraries.SpringRetry.class)
                .withBean(BySpringRetry.class)
                .run(context -> {
                    BySpringRetry bean = context.getBean(BySpringRetry.class);
                    assertThat(bean.later()).isCompletedExceptionally();
                    assertThat(bean.calls()).hasSize(1);
                });
    }

    @Test
    void spring7RetriesEverythingThreeTimes() {
        new ApplicationContextRunner()
                .withUserConfiguration(Libraries.Spring7.class)
                .withBean(BySpring7.class)
                .run(context -> {
                    BySpring7 bean = context.getBean(BySpring7.class);
                    assertThatThrownBy(bean::isWrong).isInstanceOf(IllegalStateException.class);
                    assertThat(bean.calls()).hasSize(4);
                    assertThat(bean.later()).isCompletedExceptionally();
                    assertThat(bean.calls()).hasSize(5);
                });
    }

    @Test
    void resilience4jRetriesEverythingTwoTimesAfterHalfASecond() {
        RetryImpl.setSleepFunction(Libraries.SLEPT::add);
        new ApplicationContextRunner()
                .withUserConfiguration(Libraries.AspectJ.class, AutoConfigured.ByResilience4j.class)
                .withBean(ByResilience4j.class)
                .run(context -> {
                    ByResilience4j bean = context.getBean(ByResilience4j.class);
                    assertThatThrownBy(bean::isWrong).isInstanceOf(IllegalStateException.class);
                    assertThat(bean.calls()).hasSize(3);
                    assertThat(Libraries.SLEPT).containsExactly(500L, 500L);
                });
    }

    @Test
    void retrykitRetriesWhatIsTransientTwoTimesAndWhatAStageCompletesWith() {
        new ApplicationContextRunner()
                .withUserConfiguration(AutoConfigured.ByRetrykit.class)
                .withBean(ManualTime.class)
                .withBean(ByRetrykit.class)
                .run(context -> {
                    ByRetrykit bean = context.getBean(ByRetrykit.class);
                    assertThatThrownBy(bean::isWrong).isInstanceOf(IllegalStateException.class);
                    assertThat(bean.calls()).hasSize(1);
                    assertThatThrownBy(bean::isDown).isInstanceOf(ConnectException.class);
                    assertThat(bean.calls()).hasSize(4);
                    assertThat(context.getBean(ManualTime.class).nanoTime()).isBetween(400_000_000L, 2_400_000_000L);
                });
    }

    /** How often something was called. Public: proxies call it. */
    public abstract static class Counting {

        private final List<Integer> calls = new ArrayList<>();

        public List<Integer> calls() {
            return calls;
        }

        final int fail() {
            calls.add(1);
            throw new IllegalStateException("a bug");
        }

        final CompletableFuture<Integer> failLater() {
            calls.add(1);
            return CompletableFuture.failedFuture(new ConnectException("refused"));
        }
    }

    public static class BySpringRetry extends Counting {

        @org.springframework.retry.annotation.Retryable
        public int isWrong() {
            return fail();
        }

        @org.springframework.retry.annotation.Retryable
        public CompletableFuture<Integer> later() {
            return failLater();
        }
    }

    public static class BySpring7 extends Counting {

        @org.springframework.resilience.annotation.Retryable(delay = 1)
        public int isWrong() {
            return fail();
        }

        @org.springframework.resilience.annotation.Retryable(delay = 1)
        public CompletableFuture<Integer> later() {
            return failLater();
        }
    }

    public static class ByResilience4j extends Counting {

        @Retry(name = "defaults")
        public int isWrong() {
            return fail();
        }
    }

    public static class ByRetrykit extends Counting {

        @dev.retrykit.annotation.Retryable
        public int isWrong() {
            return fail();
        }

        @dev.retrykit.annotation.Retryable
        public int isDown() throws ConnectException {
            calls().add(1);
            throw new ConnectException("refused");
        }
    }
}
