package dev.retrykit.spring.idempotency.endpoint;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.expression.ArgumentExpression;
import dev.retrykit.spring.expression.CallKeyExpression;
import dev.retrykit.spring.expression.MethodNames;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.idempotency.IdempotencyRules;
import dev.retrykit.spring.idempotency.IdempotentMethodInfo;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;

/**
 * All endpoints with idempotency keys: those mapped at startup, and those mapped later, which are added when a request
 * arrives.
 */
public final class Endpoints {

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    private static final String ANY = "*";

    private final Map<Handler, Endpoint> byHandler = new ConcurrentHashMap<>();
    private final Map<HandlerMethod, Optional<Endpoint>> found = new ConcurrentHashMap<>();
    private final Set<String> httpMethods = ConcurrentHashMap.newKeySet();
    private final Set<String> afterArguments = new ConcurrentSkipListSet<>();
    private final Set<Endpoint> unchecked = ConcurrentHashMap.newKeySet();
    private final Routes routes = new Routes();
    private final Endpoint.Collaborators collaborators;
    private final ListableBeanFactory beans;

    /**
     * Creates an empty collection.
     *
     * @param application the application that owns the endpoints
     * @param parts the parts of every key's scope
     */
    public Endpoints(
            Idempotency idempotency,
            IdempotencyRules rules,
            Application application,
            ScopeComponents parts,
            ListableBeanFactory beans) {
        this.collaborators = new Endpoint.Collaborators(
                idempotency, rules, application.name(), application.secured(), parts, routes);
        this.beans = beans;
    }

    /**
     * The application that owns the endpoints.
     *
     * @param name its name, because several applications may share a store
     * @param secured whether Spring Security identifies callers
     */
    public record Application(String name, boolean secured) {}

    /**
     * A mapping to a controller method.
     *
     * @param handler the method
     * @param httpMethods the mapped HTTP methods; empty for all
     * @param patterns the mapped path patterns
     * @param conditions all conditions on a request, as text
     */
    public record Mapping(
            HandlerMethod handler,
            Collection<? extends Enum<?>> httpMethods,
            Collection<String> patterns,
            String conditions) {}

    /**
     * Adds a controller method, if it is annotated.
     *
     * @param possible the completion modes that the web stack supports
     * @throws InvalidSettingException if the method cannot be idempotent
     */
    public void add(Mapping mapping, Set<CompletionMode> possible) {
        Handler handler = Handler.of(mapping.handler());
        Idempotent idempotent = AnnotatedElementUtils.findMergedAnnotation(handler.method(), Idempotent.class);
        if (idempotent == null) {
            return;
        }
        Endpoint known = byHandler.get(handler);
        if (known == null) {
            known = make(idempotent, handler, possible);
            secure(mapping.handler(), known);
            byHandler.put(handler, known);
        }
        routes.add(mapping.patterns(), mapping.handler(), mapping.conditions());
        if (mapping.httpMethods().isEmpty()) {
            httpMethods.add(ANY);
        }
        mapping.httpMethods().forEach(httpMethod -> httpMethods.add(httpMethod.name()));
    }

    private Endpoint make(Idempotent idempotent, Handler handler, Set<CompletionMode> possible) {
        String name = MethodNames.readable(handler.method(), handler.type());
        if (!idempotent.key().isEmpty()) {
            throw new InvalidSettingException(
                    "@Idempotent(key) on " + name + ", which handles HTTP requests: their keys are sent by the caller.",
                    "Remove the key attribute.");
        }
        CompletionMode kind = CompletionMode.of(handler.method());
        if (!possible.contains(kind)) {
            throw new InvalidSettingException(
                    "@Idempotent on " + name + ", which returns "
                            + handler.method().getReturnType().getSimpleName() + ": " + kind.complaint(),
                    "Return the whole response, or remove the annotation.");
        }
        CallKeyExpression scope = idempotent.scope().isEmpty()
                ? null
                : new CallKeyExpression(ArgumentExpression.parse(
                        "@Idempotent(scope)", idempotent.scope(), handler.method(), handler.type(), beans));
        IdempotentMethodInfo record = new IdempotentMethodInfo(
                name,
                kind == CompletionMode.PLAIN,
                IdempotencyRules.ttl(idempotent.ttl(), name),
                collaborators.rules(),
                collaborators.idempotency().store());
        collaborators.idempotency().add(record);
        return new Endpoint(handler, idempotent.required(), scope, record, collaborators);
    }

    /** A bean with request or session scope cannot be checked at startup; it is checked at the first repeat. */
    private void secure(HandlerMethod handler, Endpoint endpoint) {
        if (handler.getBean() instanceof String bean && !(beans.containsBean(bean) && beans.isSingleton(bean))) {
            unchecked.add(endpoint);
            return;
        }
        HandlerMethod resolved = handler.createWithResolvedBean();
        if (resolved.getBean() instanceof ScopedObject) {
            unchecked.add(endpoint);
            return;
        }
        check(resolved, endpoint);
        if (endpoint.isScopedByArguments() || MethodSecurity.of(resolved).needsArguments()) {
            afterArguments.add(endpoint.name());
        }
    }

    private void check(HandlerMethod handler, Endpoint endpoint) {
        checkResults(handler, endpoint);
        checkProxy(handler, endpoint);
        if (MethodSecurity.isMissing(handler, beans)) {
            throw new InvalidSettingException(
                    "@Idempotent on " + endpoint.name()
                            + ": its method security is not part of its bean's proxy, so it cannot be checked before a"
                            + " replay.",
                    "Let Spring create a proxy of the controller, and do not weave method security.");
        }
    }

    /** A response that was allowed for one caller might be replayed to another. */
    private static void checkResults(HandlerMethod handler, Endpoint endpoint) {
        if (endpoint.hasScope() && MethodSecurity.looksAtResults(handler)) {
            throw new InvalidSettingException(
                    "@Idempotent(scope) on " + endpoint.name()
                            + ": @PostAuthorize and @PostFilter cannot check a replayed response, and with a scope"
                            + " other callers can request it.",
                    "Remove the scope, or use @PreAuthorize.");
        }
    }

    /** Calls of a method that cannot be overridden cannot be intercepted, and its method security cannot be checked. */
    private static void checkProxy(HandlerMethod handler, Endpoint endpoint) {
        if (HandlerProxy.isPossible(handler)) {
            return;
        }
        String what = "No proxy can intercept the calls of " + endpoint.name()
                + ", because its class, the method, or a @ModelAttribute or @InitBinder method of the class"
                + " is final, private or static";
        if (endpoint.isScopedByArguments() || !MethodSecurity.of(handler).isEmpty()) {
            throw new InvalidSettingException(
                    "@Idempotent: " + what + ". Its scope or its method security requires a proxy.",
                    "Make them overridable.");
        }
        LOG.warn(what + ". If its arguments are rejected, a corrected request needs a new idempotency key. Make"
                + " them overridable");
    }

    /** Warns about an endpoint that was not present at startup, so that the report at startup does not include it. */
    private void warnOfLate(HandlerMethod handler) {
        Endpoint late = byHandler.get(Handler.of(handler));
        if (late != null && !late.hasScope() && !collaborators.secured()) {
            LOG.warn(late.name()
                    + " is mapped by a context or a mapping that did not exist at startup. Unauthenticated"
                    + " callers share one scope: a caller that sends the key of another caller gets the other"
                    + " caller's response");
        }
    }

    /**
     * Returns the method security of a handler.
     *
     * @throws InvalidSettingException if it cannot be checked before a replay
     */
    public MethodSecurity security(HandlerMethod handler, Endpoint endpoint) {
        if (unchecked.contains(endpoint)) {
            check(handler, endpoint);
            unchecked.remove(endpoint);
        }
        return MethodSecurity.of(handler);
    }

    /** Logs the scope of the current endpoints. */
    public void report() {
        List<String> own = byHandler.values().stream()
                .filter(endpoint -> !endpoint.hasScope())
                .map(endpoint -> endpoint.name())
                .sorted()
                .toList();
        if (!own.isEmpty() && !collaborators.secured()) {
            LOG.warn("Without Spring Security and without a scope, unauthenticated callers of " + String.join(", ", own)
                    + " share one scope: a caller that sends the key of another caller gets the other caller's"
                    + " response. Set a scope, for example @Idempotent(scope = \"#tenant\")");
        }
        if (!byHandler.isEmpty()) {
            LOG.info("The scope of an idempotency key is "
                    + collaborators.parts().describe() + "; retrykit.idempotency.scope extends it");
        }
        if (!afterArguments.isEmpty()) {
            LOG.info("Repeats of " + String.join(", ", afterArguments)
                    + " get a response only after their arguments are resolved, because the scope or the method"
                    + " security refers to an argument: a repeat with an unresolvable argument is refused");
        }
    }

    /** Whether a request with the HTTP method can reach an endpoint; handlers of GET also handle HEAD. */
    public boolean mayBe(String httpMethod) {
        return httpMethods.contains(httpMethod.equals("HEAD") ? "GET" : httpMethod) || httpMethods.contains(ANY);
    }

    /** Whether there are any endpoints. */
    public boolean areThere() {
        return !byHandler.isEmpty();
    }

    /** Returns the largest body of a request with a key, in bytes. */
    public int maxBody() {
        return collaborators.rules().maxBody();
    }

    /** Returns the name of the header with the key. */
    public String header() {
        return collaborators.rules().header();
    }

    /**
     * Returns the endpoint of a handler; null if it is not annotated. Adds an endpoint that was not mapped at startup.
     *
     * @param possible the completion modes that the web stack supports
     * @throws InvalidSettingException if the method cannot be idempotent
     */
    public @Nullable Endpoint find(HandlerMethod handler, Set<CompletionMode> possible) {
        HandlerMethod mapped = Handler.mapped(handler);
        Optional<Endpoint> known = found.get(mapped);
        if (known == null) {
            if (!byHandler.containsKey(Handler.of(handler))) {
                add(new Mapping(handler, Set.of(), Set.of(), ""), possible);
                warnOfLate(handler);
            }
            known = Optional.ofNullable(byHandler.get(Handler.of(handler)));
            found.put(mapped, known);
        }
        return known.orElse(null);
    }
}
