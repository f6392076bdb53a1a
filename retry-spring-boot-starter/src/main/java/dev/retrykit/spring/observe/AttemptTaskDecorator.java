package dev.retrykit.spring.observe;

import dev.retrykit.RetryContext;
import dev.retrykit.event.Scope;
import org.springframework.core.Ordered;
import org.springframework.core.task.TaskDecorator;

/** What an attempt hands to Spring Boot's task executor is part of the attempt, until the attempt has ended. */
public final class AttemptTaskDecorator implements TaskDecorator, Ordered {

    /** For all executors that ask for it. */
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

    /** Inside of the application's own: what these do around a task is no part of the attempt. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }
}
