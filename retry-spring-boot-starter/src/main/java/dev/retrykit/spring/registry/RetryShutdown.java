package dev.retrykit.spring.registry;

import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

/**
 * Ends retries with the application. While listener containers and a web server wait for what is in flight, delays go on
 * and retries are made. Then, before the executors stop, delays end, nothing is retried any more, and the asynchronous
 * calls that still run end too.
 */
public final class RetryShutdown implements SmartLifecycle, ApplicationListener<ContextClosedEvent>, Ordered {

    private static final int BEFORE_EXECUTORS = ExecutorConfigurationSupport.DEFAULT_PHASE + 1;

    private final Retries retries;
    private final ConfigurableApplicationContext context;
    private volatile boolean running;

    /** Of the given retries, with the given context. */
    public RetryShutdown(Retries retries, ConfigurableApplicationContext context) {
        this.retries = retries;
        this.context = context;
    }

    /** Last of all listeners: executors drop what they haven't begun. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (event.getApplicationContext() == context) {
            if (running) {
                retries.engines().takeOver();
            } else {
                retries.engines().shutdownNow();
            }
        }
    }

    /** An executor might tell too late. */
    @Override
    public boolean supportsAsyncExecution() {
        return false;
    }

    @Override
    public void start() {
        running = true;
    }

    /** An application that stops without closing may start again. If it closes instead, this isn't called again. */
    @Override
    public void stop() {
        running = false;
        if (context.isClosed()) {
            retries.engines().shutdownNow();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return BEFORE_EXECUTORS;
    }
}
