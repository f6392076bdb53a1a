package dev.retrykit.spring.registry;

import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

/**
 * Ends retries with the application. While listener containers and a web server wait for what is in flight, delays go on
 * and retries are made. Then, before the executors stop, delays end, nothing is retried any more, and the asynchronous
 * calls that still run end too.
 */
public final class RetryShutdown extends ClosingPhase implements ApplicationListener<ContextClosedEvent>, Ordered {

    private static final int BEFORE_EXECUTORS = ExecutorConfigurationSupport.DEFAULT_PHASE + 1;

    private final Retries retries;

    /** Of the given retries, with the given context. */
    public RetryShutdown(Retries retries, ConfigurableApplicationContext context) {
        super(BEFORE_EXECUTORS, context);
        this.retries = retries;
    }

    /** Last of all listeners: executors drop what they haven't begun. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (!isOf(event.getApplicationContext())) {
            return;
        }
        if (isRunning()) {
            retries.engines().takeOver();
        } else {
            end();
        }
    }

    /** An executor might tell too late. */
    @Override
    public boolean supportsAsyncExecution() {
        return false;
    }

    /** Unless a web server ends them before. */
    @Override
    boolean isLastOfDelays(ConfigurableApplicationContext context) {
        return context.getBeanFactory().getBeanNamesForType(DelayShutdown.class, false, false).length == 0;
    }

    @Override
    void end() {
        retries.engines().shutdownNow();
    }
}
