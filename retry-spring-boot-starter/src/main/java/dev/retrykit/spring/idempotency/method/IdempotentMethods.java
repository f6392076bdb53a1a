package dev.retrykit.spring.idempotency.method;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.expression.MethodNames;
import dev.retrykit.spring.failure.CallerTransaction;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.idempotency.IdempotencyRules;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.transaction.RollbackRules;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.aopalliance.intercept.MethodInvocation;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/** All idempotent methods without HTTP, each created together with its bean. */
public final class IdempotentMethods {

    private static final Log LOG = LogFactory.getLog(IdempotentMethods.class);

    /** Parameter types of handlers that are not controller methods. */
    private static final Set<String> FUNCTIONAL = Set.of(
            "org.springframework.web.servlet.function.ServerRequest",
            "org.springframework.web.reactive.function.server.ServerRequest");

    private final Map<Method, IdempotentMethod> byMethod = new ConcurrentHashMap<>();
    private final IdempotentMethod.Collaborators parts;
    private final CallerTransaction transaction;

    /**
     * Creates an empty collection.
     *
     * @param application the application's name
     * @param transaction the transaction of the calling thread
     */
    public IdempotentMethods(
            Idempotency idempotency,
            IdempotencyRules rules,
            String application,
            BeanFactory beans,
            CallerTransaction transaction) {
        this.parts = new IdempotentMethod.Collaborators(idempotency, rules, application, beans);
        this.transaction = transaction;
    }

    /** Returns the annotated methods of a class. */
    static Map<Method, Idempotent> annotated(Class<?> type) {
        return MethodIntrospector.selectMethods(type, (MethodIntrospector.MetadataLookup<Idempotent>)
                method -> AnnotatedElementUtils.findMergedAnnotation(method, Idempotent.class));
    }

    /**
     * Registers the annotated methods of a class.
     *
     * @throws InvalidSettingException for the first one that cannot be idempotent
     */
    void prepare(Class<?> type) {
        annotated(type).forEach((method, idempotent) -> {
            if (isFunctional(method)) {
                throw new InvalidSettingException(
                        "@Idempotent on " + MethodNames.readable(method, type)
                                + ": it handles requests of a RouterFunction, and the keys of requests are checked only"
                                + " for methods of a @Controller.",
                        "Map it as a method of a @Controller, or remove the annotation.");
            }
            if (idempotent.key().isEmpty()) {
                throw new InvalidSettingException(
                        "@Idempotent on " + MethodNames.readable(method, type)
                                + ": it does not handle HTTP requests, and has no key.",
                        "Set a key, for example @Idempotent(key = \"#message.id\").");
            }
            byMethod.computeIfAbsent(method, key -> new IdempotentMethod(idempotent, key, type, parts));
            warnIfHalfDone(method, type);
        });
    }

    private static boolean isFunctional(Method method) {
        return Stream.of(method.getParameterTypes()).map(Class::getName).anyMatch(FUNCTIONAL::contains);
    }

    private void warnIfHalfDone(Method method, Class<?> type) {
        List<Class<?>> committed = RollbackRules.of(parts.beans()).committedOn(method, type, failure -> true);
        if (!committed.isEmpty()) {
            LOG.warn(MethodNames.readable(method, type) + " is @Idempotent, and its @Transactional commits on "
                    + committed.stream().map(Class::getSimpleName).collect(Collectors.joining(", "))
                    + ": its changes up to that point are committed, and with the JDBC store a redelivery is"
                    + " skipped, so the rest is never executed. Let it roll back with"
                    + " @Transactional(rollbackFor = Exception.class) and without noRollbackFor, or in the"
                    + " whole application with @EnableTransactionManagement(rollbackOn ="
                    + " RollbackOn.ALL_EXCEPTIONS).");
        }
    }

    /**
     * Calls a method with its key; a method without a key is called directly.
     *
     * @param hidden the target class, if the invocation's target is a proxy that hides it
     */
    @Nullable
    Object call(MethodInvocation invocation, @Nullable Class<?> hidden) throws Throwable {
        IdempotentMethod method = find(invocation, hidden);
        if (method == null) {
            return invocation.proceed();
        }
        if (transaction.isOfData()) {
            throw new IllegalStateException(
                    "An idempotent method was called inside a transaction, so its changes would be committed"
                            + " or rolled back after it was marked as done. Call it outside a transaction.");
        }
        return method.call(invocation.getArguments(), invocation::proceed);
    }

    private @Nullable IdempotentMethod find(MethodInvocation invocation, @Nullable Class<?> hidden) {
        Object target = invocation.getThis();
        Class<?> type = hidden;
        if (type == null) {
            type = target == null ? invocation.getMethod().getDeclaringClass() : target.getClass();
        }
        Method specific = AopUtils.getMostSpecificMethod(invocation.getMethod(), ClassUtils.getUserClass(type));
        return byMethod.get(specific);
    }
}
