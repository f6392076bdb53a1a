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

/** All endpoints with keys: those of all mappings at startup, and those that are mapped later, when a request comes. */
public final class Endpoints {

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    private static final String ANY = "*";

    private final Map<Handler, Endpoint> byHandler = new ConcurrentHashMap<>();
    private final Map<HandlerMethod, Optional<Endpoint>> found = new ConcurrentHashMap<>();
    private final Set<String> httpMethods = ConcurrentHashMap.newKeySet();
    private final Set<String> afterArguments = new ConcurrentSkipListSet<>();
    private final Set<Endpoint> unchecked = ConcurrentHashMap.newKeySet();
    private final Routes routes = new Routes();
    private final Endpoint.Surroundings surroundings;
    private final ListableBeanFactory beans;

    /**
     * None yet.
     *
     * @param application the application's name
     * @param secured whether Spring Security knows callers
     * @param parts what belongs to the scope of every key
     */
    public Endpoints(
            Idempotency idempotency,
            IdempotencyRules rules,
            Application application,
            ScopeParts parts,
            ListableBeanFactory beans) {
        this.surroundings =
                new Endpoint.Surroundings(idempotency, rules, application.name(), application.secured(), parts, routes);
        this.beans = beans;
    }

    /**
     * The application that has the endpoints.
     *
     * @param name its name: several may share a store
     * @param secured whether Spring Security knows callers
     */
    public record Application(String name, boolean secured) {}

    /**
     * A mapping to a controller's method.
     *
     * @param handler the method
     * @param httpMethods of requests that it answers; empty for all
     * @param patterns of the paths that it answers
     * @param conditions all that it asks of a request, as text
     */
    public record Mapping(
            HandlerMethod handler,
            Collection<? extends Enum<?>> httpMethods,
            Collection<String> patterns,
            String conditions) {}

    /**
     * Adds a controller's method, if it has keys.
     *
     * @param possible the kinds of methods that the web stack can answer for
     * @throws InvalidSettingException if it can't be idempotent
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
                    "@Idempotent(key) on " + name + ", which answers HTTP requests: there the caller sends the key.",
                    "Remove the key.");
        }
        CompletionMode kind = CompletionMode.of(handler.method());
        if (!possible.contains(kind)) {
            throw new InvalidSettingException(
                    "@Idempotent on " + name + ", which returns "
                            + handler.method().getReturnType().getSimpleName() + ": " + kind.complaint(),
                    "Let it return the whole answer, or remove the annotation.");
        }
        CallKeyExpression scope = idempotent.scope().isEmpty()
                ? null
                : new CallKeyExpression(ArgumentExpression.parse(
                        "@Idempotent(scope)", idempotent.scope(), handler.method(), handler.type(), beans));
        IdempotentMethodInfo record = new IdempotentMethodInfo(
                name,
                kind == CompletionMode.PLAIN,
                IdempotencyRules.ttl(idempotent.ttl(), name),
                surroundings.rules(),
                surroundings.idempotency().store());
        surroundings.idempotency().add(record);
        return new Endpoint(handler, idempotent.required(), scope, record, surroundings);
    }

    /** Of a bean that is made for each request or session nothing can be said yet: the first repeat tells. */
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
                            + ": its method security isn't in its bean's proxy, so it can't be"
                            + " asked before an answer is given again.",
                    "Let Spring make a proxy of the controller, and don't weave method security in.");
        }
    }

    /** An answer that was let pass for one caller may be given again to another. */
    private static void checkResults(HandlerMethod handler, Endpoint endpoint) {
        if (endpoint.hasScope() && MethodSecurity.looksAtResults(handler)) {
            throw new InvalidSettingException(
                    "@Idempotent(scope) on " + endpoint.name()
                            + ": @PostAuthorize and @PostFilter can't be asked about an"
                            + " answer that is given again, and the scope lets other callers ask for it.",
                    "Remove the scope, or let @PreAuthorize decide.");
        }
    }

    /** What can't be overridden can't be seen, and method security can't be asked about it. */
    private static void checkProxy(HandlerMethod handler, Endpoint endpoint) {
        if (HandlerProxy.isPossible(handler)) {
            return;
        }
        String what = "No proxy sees the calls of " + endpoint.name()
                + ", since its class, the method, or a @ModelAttribute or @InitBinder method beside it is final, private or"
                + " static";
        if (endpoint.isScopedByArguments() || !MethodSecurity.of(handler).isEmpty()) {
            throw new InvalidSettingException(
                    "@Idempotent: " + what + ". Its scope or its method security needs one.", "Open them.");
        }
        LOG.warn(
                what + ": where its arguments are refused, a corrected request needs a new idempotency key. Open them");
    }

    /** Nobody was asked about it at startup, so what the start says doesn't hold for it. */
    private void warnOfLate(HandlerMethod handler) {
        Endpoint late = byHandler.get(Handler.of(handler));
        if (late != null && !late.hasScope() && !surroundings.secured()) {
            LOG.warn(late.name()
                    + " is mapped by a context or a mapping that wasn't there at startup. Callers who aren't"
                    + " known share one scope: who sends another's key is given the other's answer");
        }
    }

    /**
     * The method security of a handler.
     *
     * @throws InvalidSettingException if it stands where nobody sees it
     */
    public MethodSecurity security(HandlerMethod handler, Endpoint endpoint) {
        if (unchecked.contains(endpoint)) {
            check(handler, endpoint);
            unchecked.remove(endpoint);
        }
        return MethodSecurity.of(handler);
    }

    /** Says what holds for the endpoints that are there now. */
    public void report() {
        List<String> own = byHandler.values().stream()
                .filter(endpoint -> !endpoint.hasScope())
                .map(endpoint -> endpoint.name())
                .sorted()
                .toList();
        if (!own.isEmpty() && !surroundings.secured()) {
            LOG.warn("Without Spring Security and without a scope, callers of " + String.join(", ", own)
                    + " who aren't known share one scope: who sends another's key is given the other's answer."
                    + " Name a scope, as in @Idempotent(scope = \"#tenant\")");
        }
        if (!byHandler.isEmpty()) {
            LOG.info("The scope of an idempotency key is "
                    + surroundings.parts().describe() + "; retrykit.idempotency.scope adds to it");
        }
        if (!afterArguments.isEmpty()) {
            LOG.info("A repeat of " + String.join(", ", afterArguments)
                    + " is answered after its arguments are resolved,"
                    + " since its scope or its method security names one: an argument that can't be made refuses it");
        }
    }

    /** Whether requests with such a method can be an endpoint's; what answers GET answers HEAD. */
    public boolean mayBe(String httpMethod) {
        return httpMethods.contains(httpMethod.equals("HEAD") ? "GET" : httpMethod) || httpMethods.contains(ANY);
    }

    /** Whether there are any. */
    public boolean areThere() {
        return !byHandler.isEmpty();
    }

    /** The largest body of a request with a key, in bytes. */
    public int maxBody() {
        return surroundings.rules().maxBody();
    }

    /** The header that keys are sent in. */
    public String header() {
        return surroundings.rules().header();
    }

    /**
     * The endpoint of a handler; null if it has no keys. One that is mapped by nobody who was asked at startup is added.
     *
     * @param possible the kinds of methods that the web stack can answer for
     * @throws InvalidSettingException if it can't be idempotent
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
