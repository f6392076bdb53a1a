package dev.retrykit.spring.registry.shutdown;

import dev.retrykit.spring.registry.Retries;
import java.time.Duration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Ends delays when a web application closes, while the web server waits for its requests. Delays that would last as
 * long as the server waits end shortly before its timeout, so that these requests still get a response. All delays have
 * ended before the server stops.
 */
public final class DelayShutdown extends ClosingPhase {

    /** The phase in which Spring Boot's web server waits for its requests. */
    public static final int WAITING = SmartLifecycle.DEFAULT_PHASE - 1024;

    private static final int SHARE_TO_ANSWER = 10;
    private static final Duration LONGEST_TO_ANSWER = Duration.ofSeconds(2);

    private final Runnable end;

    private DelayShutdown(int phase, ConfigurableApplicationContext context, Runnable end) {
        super(phase, context);
        this.end = end;
    }

    /** Ends delays while the server waits: when a tenth of its timeout, at most two seconds, remains. */
    public static DelayShutdown beforeTimeout(
            Retries retries, ConfigurableApplicationContext context, Duration timeout) {
        Duration share = timeout.dividedBy(SHARE_TO_ANSWER);
        Duration toAnswer = share.compareTo(LONGEST_TO_ANSWER) < 0 ? share : LONGEST_TO_ANSWER;
        return new DelayShutdown(WAITING, context, () -> retries.engines().shutdownAfter(timeout.minus(toAnswer)));
    }

    /** Ends delays when the server has finished waiting, or does not wait. */
    public static DelayShutdown beforeServerStops(Retries retries, ConfigurableApplicationContext context) {
        return new DelayShutdown(WAITING - 1, context, retries.engines()::shutdown);
    }

    @Override
    boolean isLastOfDelays(ConfigurableApplicationContext context) {
        return getPhase() < WAITING;
    }

    @Override
    void end() {
        end.run();
    }
}
