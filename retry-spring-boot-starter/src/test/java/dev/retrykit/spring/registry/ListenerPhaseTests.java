package dev.retrykit.spring.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.spring.Apps;
import dev.retrykit.spring.autoconfigure.RetrykitAutoConfiguration;
import dev.retrykit.spring.autoconfigure.RetrykitServerAutoConfiguration;
import dev.retrykit.spring.registry.shutdown.DelayShutdown;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.SmartLifecycle;

/** Listener containers that wait for their messages when no delay goes on any more. */
@ExtendWith(OutputCaptureExtension.class)
class ListenerPhaseTests {

    private static final int SERVER_STOPS = DelayShutdown.WAITING - 1;
    private static final int EXECUTORS_STOP = Integer.MAX_VALUE / 2;

    interface MessageListenerContainer extends SmartLifecycle {}

    static class Orders implements MessageListenerContainer {

        private final int phase;
        private boolean running;

        Orders(int phase) {
            this.phase = phase;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return phase;
        }
    }

    private static void check(CapturedOutput output, int phase, boolean warned, int end) {
        if (warned) {
            assertThat(output)
                    .containsOnlyOnce("When the application closes, all delays end in phase " + end
                            + ", but these listener"
                            + " containers wait for their messages after that: 'orders' in phase " + phase + ".");
        } else {
            assertThat(output).doesNotContain("wait for their messages after that");
        }
    }

    @ParameterizedTest
    @CsvSource({"0, true", "1073741823, true", "1073741824, true", "1073741825, false", "2147483547, false"})
    void getAWarningWithoutAWebServer(int phase, boolean warned, CapturedOutput output) {
        Apps.plain()
                .withBean("orders", Orders.class, () -> new Orders(phase))
                .run(context -> check(output, phase, warned, EXECUTORS_STOP + 1));
    }

    @ParameterizedTest
    @CsvSource({"0, true", "1073741825, true", "2147482622, true", "2147482623, false", "2147483547, false"})
    void getOneWithAWebServer(int phase, boolean warned, CapturedOutput output) {
        new WebApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(RetrykitAutoConfiguration.class, RetrykitServerAutoConfiguration.class))
                .withBean("orders", Orders.class, () -> new Orders(phase))
                .run(context -> check(output, phase, warned, SERVER_STOPS));
    }
}
