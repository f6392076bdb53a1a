package dev.retrykit.spring.registry.shutdown;

import dev.retrykit.spring.registry.Retries;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

/**
 * Shuts retries down with the application. While listener containers and a web server wait for work in progress, delays
 * and retries go on. Then, before the executors stop, delays end, nothing is retried anymore, and running asynchronous
 * calls end.
 */
public final class RetryShutdown extends ClosingPhase implements ApplicationListener<ContextClosedEvent>, Ordered {

    private static final int BEFORE_EXECUTORS = ExecutorConfigurationSupport.DEFAULT_PHASE + 1;

    private final Retries retries;

    /** Creates the shutdown of retries with a context. */
    public RetryShutdown(Retries retries, ConfigurableApplicationContext context) {
        super(BEFORE_EXECUTORS, context);
        this.retries = retries;
    }

    /** Runs after all other listeners, when executors have dropped the tasks that they have not started. */
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

    /** Runs synchronously: an executor might deliver the event too late. */
    @Override
    public boolean supportsAsyncExecution() {
        return false;
    }

    /** True unless a web server ends delays earlier. */
    @Override
    boolean isLastOfDelays(ConfigurableApplicationContext context) {
        return context.getBeanFactory().getBeanNamesForType(DelayShutdown.class, false, false).length == 0;
    }

    @Override
    void end() {
        retries.engines().shutdownNow();
    }
}
