package dev.retrykit.spring.registry;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

/**
 * Ends retries with the application, in two steps. When it begins to close, delays end and nothing is retried any more,
 * so that requests in flight don't wait for what won't come. Before the executors stop, and after a web server has waited
 * for its requests, the asynchronous calls that still run end too.
 */
public final class RetryShutdown implements SmartLifecycle, ApplicationListener<ContextClosedEvent>, Ordered {

    private static final int BEFORE_EXECUTORS = ExecutorConfigurationSupport.DEFAULT_PHASE + 1;

    private final Retries retries;
    private final ApplicationContext context;
    private volatile boolean running;
    private volatile boolean closing;

    /** Of the given retries, with the given context. */
    public RetryShutdown(Retries retries, ApplicationContext context) {
        this.retries = retries;
        this.context = context;
    }

    /** First of all listeners: executors refuse work from here on. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (event.getApplicationContext() == context) {
            closing = true;
            if (running) {
                retries.shutdown();
            } else {
                retries.shutdownNow();
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
        if (closing) {
            retries.shutdownNow();
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
