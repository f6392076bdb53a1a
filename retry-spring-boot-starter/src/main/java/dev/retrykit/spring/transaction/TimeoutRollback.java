package dev.retrykit.spring.transaction;

import dev.retrykit.RetryContext;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.interceptor.DelegatingTransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttributeSource;

/**
 * Rolls back the work of an attempt that its timeout has interrupted. The interruption is a checked exception, on which
 * Spring commits. The rule applies only if the method fails, so an attempt that succeeds late is committed.
 */
final class TimeoutRollback implements TransactionAttributeSource {

    private final TransactionAttributeSource source;

    private TimeoutRollback(TransactionAttributeSource source) {
        this.source = source;
    }

    /** Decorates a source, once. */
    static TransactionAttributeSource over(TransactionAttributeSource source) {
        return source instanceof TimeoutRollback ? source : new TimeoutRollback(source);
    }

    /** Returns the application's own source. */
    static TransactionAttributeSource under(TransactionAttributeSource source) {
        return source instanceof TimeoutRollback rollback ? rollback.source : source;
    }

    @Override
    public boolean isCandidateClass(Class<?> targetClass) {
        return source.isCandidateClass(targetClass);
    }

    @Override
    public boolean hasTransactionAttribute(Method method, @Nullable Class<?> targetClass) {
        return source.hasTransactionAttribute(method, targetClass);
    }

    @Override
    public @Nullable TransactionAttribute getTransactionAttribute(Method method, @Nullable Class<?> targetClass) {
        TransactionAttribute attribute = source.getTransactionAttribute(method, targetClass);
        return attribute == null ? null : new Attribute(attribute);
    }

    private static final class Attribute extends DelegatingTransactionAttribute {

        private static final long serialVersionUID = 1;

        Attribute(TransactionAttribute attribute) {
            super(attribute);
        }

        @Override
        public boolean rollbackOn(Throwable failure) {
            return super.rollbackOn(failure) || RetryContext.isTimedOut();
        }
    }
}
