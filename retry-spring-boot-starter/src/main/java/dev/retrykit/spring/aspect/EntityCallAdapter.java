package dev.retrykit.spring.aspect;

import dev.retrykit.Retry;
import dev.retrykit.RetryContext;
import dev.retrykit.spring.aspect.adapter.CallAdapter;
import dev.retrykit.spring.aspect.adapter.Fallback;
import dev.retrykit.spring.aspect.adapter.Invocation;
import dev.retrykit.spring.transaction.RolledBackEntities;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transactional method that is given JPA entities. Once an attempt was rolled back, an optimistic lock on such an instance
 * is no conflict with others, and no attempt more can help: the caller gets the failure before it.
 *
 * @param form how methods of its return type are called
 * @param entities the types of the entities
 */
record EntityCallAdapter(CallAdapter form, List<Class<?>> entities) implements CallAdapter {

    @Override
    public @Nullable Object call(Retry retry, @Nullable Fallback fallback, Invocation invocation) throws Throwable {
        return form.call(retry, fallback, invocation);
    }

    @Override
    public Throwable attemptFailed(Retry retry, Throwable failure) {
        Throwable told = form.attemptFailed(retry, failure);
        RetryContext attempt = RetryContext.current().orElse(null);
        Throwable before = attempt == null ? null : attempt.lastFailure().orElse(null);
        if (attempt == null || before == null || !RolledBackEntities.areLocked(told, entities)) {
            return told;
        }
        attempt.forbidRetry();
        if (before != told) {
            before.addSuppressed(told);
        }
        return before;
    }
}
