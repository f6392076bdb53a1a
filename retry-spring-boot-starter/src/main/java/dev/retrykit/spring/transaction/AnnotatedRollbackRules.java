package dev.retrykit.spring.transaction;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.AnnotationTransactionAttributeSource;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.interceptor.TransactionAttribute;

/** The rollback rules of {@code @Transactional}, including the application's default rule. */
public final class AnnotatedRollbackRules implements RollbackRules {

    private final Supplier<Stream<TransactionAspectSupport>> aspects;

    /**
     * Creates the rules of an application.
     *
     * @param aspects the interceptors that start its transactions, resolved with the first method
     */
    public AnnotatedRollbackRules(Supplier<Stream<TransactionAspectSupport>> aspects) {
        this.aspects = aspects;
    }

    @Override
    public List<Class<?>> committedOn(Method method, Class<?> type, Predicate<Throwable> relevant) {
        TransactionAttribute attribute = attribute(method, type);
        if (attribute == null || !writes(attribute)) {
            return List.of();
        }
        List<Class<?>> committed = new ArrayList<>();
        for (Throwable sample : FailureSamples.of(method, type.getClassLoader())) {
            if (relevant.test(sample) && !attribute.rollbackOn(sample)) {
                committed.add(sample.getClass());
            }
        }
        return committed;
    }

    @Override
    public boolean writes(Method method, Class<?> type) {
        TransactionAttribute attribute = attribute(method, type);
        return attribute != null && writes(attribute);
    }

    private static boolean writes(TransactionAttribute attribute) {
        return !attribute.isReadOnly() && begins(attribute);
    }

    private static boolean begins(TransactionAttribute attribute) {
        return switch (attribute.getPropagationBehavior()) {
            case TransactionDefinition.PROPAGATION_REQUIRED,
                    TransactionDefinition.PROPAGATION_REQUIRES_NEW,
                    TransactionDefinition.PROPAGATION_NESTED -> true;
            default -> false;
        };
    }

    /** Other attribute sources match methods by name, and cannot tell which are called through a proxy. */
    private @Nullable TransactionAttribute attribute(Method method, Class<?> type) {
        return aspects.get()
                .map(TransactionAspectSupport::getTransactionAttributeSource)
                .filter(source -> source != null)
                .map(TimeoutRollback::under)
                .filter(AnnotationTransactionAttributeSource.class::isInstance)
                .map(source -> source.getTransactionAttribute(method, type))
                .filter(attribute -> attribute != null)
                .findFirst()
                .orElse(null);
    }
}
