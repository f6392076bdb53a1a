package dev.retrykit.spring.registry;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

/** Does something in one phase of an application that closes. */
abstract sealed class ClosingPhase implements SmartLifecycle permits DelayShutdown, RetryShutdown {

    private final int phase;
    private final ConfigurableApplicationContext context;
    private volatile boolean running;

    ClosingPhase(int phase, ConfigurableApplicationContext context) {
        this.phase = phase;
        this.context = context;
    }

    /** The phase of an application that closes has come. */
    abstract void end();

    /** Whether no delay goes on after its phase. */
    abstract boolean isLastOfDelays(ConfigurableApplicationContext context);

    /** Whether an event is one of this application. */
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

    /** An application that stops without closing may start again. If it closes instead, this isn't called again. */
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
