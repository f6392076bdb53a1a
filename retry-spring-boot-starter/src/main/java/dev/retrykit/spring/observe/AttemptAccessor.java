package dev.retrykit.spring.observe;

import dev.retrykit.RetryContext;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Makes the current attempt available to Micrometer's context propagation, under the same key as in Reactor's contexts.
 * Found by {@link java.util.ServiceLoader}.
 */
public final class AttemptAccessor implements ThreadLocalAccessor<RetryContext> {

    /** Called by the service loader. */
    public AttemptAccessor() {}

    @Override
    public Object key() {
        return RetryContext.class;
    }

    @Override
    public @Nullable RetryContext getValue() {
        return RetryContext.carried();
    }

    @Override
    public void setValue(RetryContext attempt) {
        RetryContext.carry(attempt);
    }

    /**
     * A context without an attempt does not end the current one: a publisher that is subscribed to in an attempt is
     * part of it.
     */
    @Override
    public void setValue() {}

    @Override
    public void restore(RetryContext before) {
        RetryContext.carry(before);
    }

    @Override
    public void restore() {
        RetryContext.carry(null);
    }
}
