package dev.retrykit.spring.aspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Backoff;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.backoff.DelayFunction;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.time.ManualTime;
import java.net.ConnectException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Backoffs of an application's own. */
class DelayFunctionTests {

    private static final DelayFunction SQUARES = (retry, previous) -> Duration.ofSeconds((long) retry * retry);

    static class Service {

        private int calls;

        @Retryable(maxAttempts = 4, jitter = Jitter.NONE, backoff = @Backoff(function = "squares"))
        void annotated() throws ConnectException {
            fail();
        }

        @Retryable("squared")
        void configured() throws ConnectException {
            fail();
        }

        private void fail() throws ConnectException {
            if (++calls < 4) {
                throw new ConnectException("down");
            }
        }
    }

    private static ApplicationContextRunner with(String function, String maxDelay) {
        return Apps.with("retrykit.policies.squared: { max-attempts: 4, jitter: none, backoff: { function: " + function
                        + ", max-delay: " + maxDelay + " } }")
                .withBean("squares", DelayFunction.class, () -> SQUARES)
                .withBean(Service.class);
    }

    @Test
    void anAnnotationNamesTheBean() {
        with("squares", "10s").run(context -> {
            context.getBean(Service.class).annotated();
            assertThat(context.getBean(ManualTime.class).nanoTime())
                    .isEqualTo(Duration.ofSeconds(1 + 4 + 9).toNanos());
        });
    }

    @Test
    void aPolicyNamesTheBeanAndItsCapHolds() {
        with("squares", "5s").run(context -> {
            context.getBean(Service.class).configured();
            assertThat(context.getBean(ManualTime.class).nanoTime())
                    .isEqualTo(Duration.ofSeconds(1 + 4 + 5).toNanos());
        });
    }

    @Test
    void aNameWithoutABeanStopsTheStart() {
        with("sqares", "5s")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessageContaining("retrykit.policies.squared.backoff.function (")
                        .hasMessageContaining("names 'sqares', but no DelayFunction bean has that name."
                                + " Did you mean 'squares'?"));
    }
}
