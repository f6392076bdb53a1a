package dev.retrykit.spring.registry.shutdown;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

/** An action in one phase of the application's shutdown. */
abstract sealed class ClosingPhase implements SmartLifecycle permits DelayShutdown, RetryShutdown {

    private final int phase;
    private final ConfigurableApplicationContext context;
    private volatile boolean running;

    ClosingPhase(int phase, ConfigurableApplicationContext context) {
        this.phase = phase;
        this.context = context;
    }

    /** Runs when the phase is reached while the application closes. */
    abstract void end();

    /** Whether all delays have ended after this phase. */
    abstract boolean isLastOfDelays(ConfigurableApplicationContext context);

    /** Whether an event's source is this application. */
    boolean isOf(Object source) {
        return source == context;
    }

    @Override
    public final void start() {
        running = true;
        if (isLastOfDelays(context)) {
            LowPhases.warn(context.getBeanFactory(), phase);
        }
    }

    /**
     * An application that is stopped without being closed may restart. If it is closed instead, this method is not
     * called again.
     */
    @Override
    public final void stop() {
        running = false;
        if (context.isClosed()) {
            end();
        }
    }

    @Override
    public final boolean isRunning() {
        return running;
    }

    @Override
    public final int getPhase() {
        return phase;
    }
}
