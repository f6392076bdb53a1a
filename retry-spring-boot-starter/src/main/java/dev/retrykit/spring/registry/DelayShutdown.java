package dev.retrykit.spring.registry;

import java.time.Duration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Ends delays with a web server, which waits for its requests while the application closes. Those that last as long as
 * the server waits end shortly before, so that the requests are still answered; and before the server stops none is left.
 */
public final class DelayShutdown extends ClosingPhase {

    /** Spring Boot's phase in which a web server waits. */
    public static final int WAITING = SmartLifecycle.DEFAULT_PHASE - 1024;

    private static final int SHARE_TO_ANSWER = 10;
    private static final Duration LONGEST_TO_ANSWER = Duration.ofSeconds(2);

    private final Runnable end;

    private DelayShutdown(int phase, ConfigurableApplicationContext context, Runnable end) {
        super(phase, context);
        this.end = end;
    }

    /** Ends them while the server waits, when a tenth of the time is left, two seconds at the most. */
    public static DelayShutdown beforeTimeout(
            Retries retries, ConfigurableApplicationContext context, Duration timeout) {
        Duration share = timeout.dividedBy(SHARE_TO_ANSWER);
        Duration toAnswer = share.compareTo(LONGEST_TO_ANSWER) < 0 ? share : LONGEST_TO_ANSWER;
        return new DelayShutdown(WAITING, context, () -> retries.engines().shutdownAfter(timeout.minus(toAnswer)));
    }

    /** Ends them when the server has waited, or doesn't wait. */
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
