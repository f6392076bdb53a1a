package dev.retrykit.spring.observe;

import dev.retrykit.RetryContext;
import dev.retrykit.event.Scope;
import org.springframework.core.Ordered;
import org.springframework.core.task.TaskDecorator;

/**
 * Makes a task that an attempt submits to Spring Boot's task executor part of the attempt, until the attempt has ended.
 */
public final class AttemptTaskDecorator implements TaskDecorator, Ordered {

    /** Creates a decorator for all executors that use task decorators. */
    public AttemptTaskDecorator() {}

    @Override
    public Runnable decorate(Runnable task) {
        return RetryContext.currentForRequests()
                .map(attempt -> in(attempt, task))
                .orElse(task);
    }

    private static Runnable in(RetryContext attempt, Runnable task) {
        return () -> {
            try (Scope scope = attempt.enter()) {
                task.run();
            }
        };
    }

    /** Runs inside the application's decorators: what these do around a task is not part of the attempt. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }
}
