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
 * Calls a transactional method that takes JPA entities. After an attempt was rolled back, an optimistic locking failure
 * on such an entity is not a conflict with other transactions, and no further attempt can succeed. So the caller gets
 * the failure of the previous attempt.
 *
 * @param form calls methods of this return type
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
