package dev.retrykit.spring.idempotency.http;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.expression.ArgumentExpression;
import dev.retrykit.spring.expression.KeyOfCall;
import dev.retrykit.spring.expression.MethodNames;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.idempotency.IdempotencyRules;
import dev.retrykit.spring.idempotency.MethodRecord;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/** All endpoints with keys, each made once, at start. */
public final class Endpoints {

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    private final Map<Method, Endpoint> byMethod = new ConcurrentHashMap<>();
    private final Map<Method, Optional<Endpoint>> byHandler = new ConcurrentHashMap<>();
    private final Set<String> httpMethods = ConcurrentHashMap.newKeySet();
    private final Endpoint.Surroundings surroundings;
    private final BeanFactory beans;

    /**
     * None yet.
     *
     * @param application the application's name
     * @param secured whether Spring Security knows callers
     */
    public Endpoints(
            Idempotency idempotency, IdempotencyRules rules, String application, boolean secured, BeanFactory beans) {
        this.surroundings = new Endpoint.Surroundings(idempotency, rules, application, secured);
        this.beans = beans;
    }

    /** Which return kinds a web stack can answer a repeat of. */
    @FunctionalInterface
    public interface Stack {

        /** Why a method can't have keys; null if it can. */
        @Nullable
        String complaint(ReturnKind kind);
    }

    /**
     * Adds a controller's method, if it has keys.
     *
     * @param httpMethods of requests that it answers; empty for all
     * @param bean the controller as it is called
     * @throws InvalidSettingException if it can't be idempotent
     */
    public void add(Method handler, Class<?> type, Supplier<Object> bean, Collection<String> httpMethods, Stack stack) {
        Method method = specific(handler, type);
        Idempotent idempotent = annotation(method, type);
        if (idempotent == null) {
            return;
        }
        String name = MethodNames.readable(method, type);
        checkKey(idempotent, name);
        ReturnKind kind = ReturnKind.of(method);
        String complaint = stack.complaint(kind);
        if (complaint != null) {
            throw new InvalidSettingException(
                    "@Idempotent on " + name + ", which returns "
                            + method.getReturnType().getSimpleName() + ": " + complaint,
                    "Let it return the whole answer, or remove the annotation.");
        }
        if (!Gates.isGated(bean.get(), method, type)) {
            throw new InvalidSettingException(
                    "@Idempotent on " + name + ": no proxy of " + type.getName() + " sees its calls.",
                    "Let the class and the method be neither final nor private, and don't set spring.aop.auto=false.");
        }
        byMethod.computeIfAbsent(method, key -> make(idempotent, key, type, name, kind));
        this.httpMethods.addAll(httpMethods.isEmpty() ? Set.of("*") : httpMethods);
    }

    private static void checkKey(Idempotent idempotent, String name) {
        if (!idempotent.key().isEmpty()) {
            throw new InvalidSettingException(
                    "@Idempotent(key) on " + name + ", which answers HTTP requests: there the caller sends the key.",
                    "Remove the key.");
        }
    }

    private Endpoint make(Idempotent idempotent, Method method, Class<?> type, String name, ReturnKind kind) {
        IdempotencyRules rules = surroundings.rules();
        String ttl = idempotent.ttl();
        Duration kept = ttl.isEmpty() ? null : IdempotencyRules.ttl(ttl, name);
        KeyOfCall scope = idempotent.scope().isEmpty()
                ? null
                : new KeyOfCall(
                        ArgumentExpression.parse("@Idempotent(scope)", idempotent.scope(), method, type, beans));
        boolean reruns = rules.terms(kept, false).grace().isZero();
        MethodRecord record = new MethodRecord(
                name,
                kind == ReturnKind.PLAIN,
                reruns,
                surroundings.idempotency().store());
        surroundings.idempotency().add(record);
        return new Endpoint(method, idempotent.required(), kept, scope, record, surroundings);
    }

    /** Warns of endpoints whose callers can't be told apart; once all are there. */
    public void warn() {
        if (surroundings.secured()) {
            return;
        }
        List<String> shared = byMethod.values().stream()
                .filter(endpoint -> !endpoint.hasScope())
                .map(endpoint -> endpoint.record().name())
                .sorted()
                .toList();
        if (!shared.isEmpty()) {
            LOG.warn("Without Spring Security and without a scope, callers of " + String.join(", ", shared)
                    + " who aren't known share one scope: who sends another's key is given the other's answer."
                    + " Name a scope, as in @Idempotent(scope = \"#tenant\")");
        }
    }

    /** Whether requests with such a method can be an endpoint's; what answers GET answers HEAD. */
    public boolean mayBe(String httpMethod) {
        return httpMethods.contains(httpMethod.equals("HEAD") ? "GET" : httpMethod) || httpMethods.contains("*");
    }

    /** The endpoint of a method; null if it has no keys. */
    public @Nullable Endpoint find(Method handler, Class<?> type) {
        Optional<Endpoint> known = byHandler.get(handler);
        if (known == null) {
            known = Optional.ofNullable(byMethod.get(specific(handler, type)));
            byHandler.put(handler, known);
        }
        return known.orElse(null);
    }

    /** All of them. */
    public Collection<Endpoint> all() {
        return byMethod.values();
    }

    /** The method that is carried out, however it is called. */
    public static Method specific(Method method, Class<?> type) {
        return AopUtils.getMostSpecificMethod(method, ClassUtils.getUserClass(type));
    }

    /** The annotation of a method, of one that it overrides, or of an annotation that it has; null if it has none. */
    public static @Nullable Idempotent annotation(Method method, Class<?> type) {
        return AnnotatedElementUtils.findMergedAnnotation(specific(method, type), Idempotent.class);
    }
}
