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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;

/** All endpoints with keys, each made once, at start. */
public final class Endpoints {

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    private static final String ANY = "*";

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

    /**
     * Adds a controller's method, if it has keys.
     *
     * @param httpMethods of requests that it answers; empty for all
     * @param possible the kinds of methods that the web stack knows the request of
     * @throws InvalidSettingException if it can't be idempotent
     */
    public void add(HandlerMethod handler, Collection<? extends Enum<?>> httpMethods, Set<ReturnKind> possible) {
        Class<?> type = handler.getBeanType();
        Method method = specific(handler.getMethod(), type);
        Idempotent idempotent = AnnotatedElementUtils.findMergedAnnotation(method, Idempotent.class);
        if (idempotent == null) {
            return;
        }
        String name = MethodNames.readable(method, type);
        checkKey(idempotent, name);
        ReturnKind kind = ReturnKind.of(method);
        if (!possible.contains(kind)) {
            throw new InvalidSettingException(
                    "@Idempotent on " + name + ", which returns "
                            + method.getReturnType().getSimpleName() + ": " + kind.complaint(),
                    "Let it return the whole answer, in WebFlux as a Mono, or remove the annotation.");
        }
        Object bean = handler.createWithResolvedBean().getBean();
        if (!Gates.isGated(bean, method, type)) {
            throw new InvalidSettingException(
                    "@Idempotent on " + name + ": no proxy of " + type.getName() + " sees its calls.",
                    "Let the class and the method be neither final nor private, and don't set spring.aop.auto=false.");
        }
        byMethod.computeIfAbsent(method, key -> make(idempotent, key, type, name, kind));
        if (httpMethods.isEmpty()) {
            this.httpMethods.add(ANY);
        }
        httpMethods.forEach(httpMethod -> this.httpMethods.add(httpMethod.name()));
    }

    private static void checkKey(Idempotent idempotent, String name) {
        if (!idempotent.key().isEmpty()) {
            throw new InvalidSettingException(
                    "@Idempotent(key) on " + name + ", which answers HTTP requests: there the caller sends the key.",
                    "Remove the key.");
        }
    }

    private Endpoint make(Idempotent idempotent, Method method, Class<?> type, String name, ReturnKind kind) {
        KeyOfCall scope = idempotent.scope().isEmpty()
                ? null
                : new KeyOfCall(
                        ArgumentExpression.parse("@Idempotent(scope)", idempotent.scope(), method, type, beans));
        MethodRecord record = new MethodRecord(
                name,
                kind == ReturnKind.PLAIN,
                IdempotencyRules.ttl(idempotent.ttl(), name),
                surroundings.rules(),
                surroundings.idempotency().store());
        surroundings.idempotency().add(record);
        return new Endpoint(method, idempotent.required(), scope, record, surroundings);
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
        return httpMethods.contains(httpMethod.equals("HEAD") ? "GET" : httpMethod) || httpMethods.contains(ANY);
    }

    /** The endpoint of a method; null if it has no keys. */
    public @Nullable Endpoint find(HandlerMethod handler) {
        Optional<Endpoint> known = byHandler.get(handler.getMethod());
        if (known == null) {
            known = Optional.ofNullable(byMethod.get(specific(handler.getMethod(), handler.getBeanType())));
            byHandler.put(handler.getMethod(), known);
        }
        return known.orElse(null);
    }

    /** The method that is carried out, however it is called. */
    public static Method specific(Method method, Class<?> type) {
        return AopUtils.getMostSpecificMethod(method, ClassUtils.getUserClass(type));
    }
}
