package dev.retrykit.spring.idempotency.endpoint;

import dev.retrykit.spring.expression.CallKeyExpression;
import dev.retrykit.spring.idempotency.Digest;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.idempotency.IdempotencyDecision;
import dev.retrykit.spring.idempotency.IdempotencyRules;
import dev.retrykit.spring.idempotency.IdempotentMethodInfo;
import dev.retrykit.spring.idempotency.OpenResult;
import dev.retrykit.spring.idempotency.endpoint.content.Fingerprint;
import dev.retrykit.spring.idempotency.endpoint.content.KeyHeader;
import dev.retrykit.spring.idempotency.guard.StoreDownException;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;

/** A controller method whose requests have idempotency keys: everything known before a request arrives. */
public final class Endpoint {

    private final Handler handler;
    private final boolean required;
    private final @Nullable CallKeyExpression scope;
    private final IdempotentMethodInfo record;
    private final Collaborators collaborators;

    /**
     * Shared by all endpoints.
     *
     * @param application the application's name, because several applications may share a store
     * @param secured whether Spring Security identifies callers
     * @param parts the parts of every key's scope
     * @param routes distinguishes handlers of one path
     */
    record Collaborators(
            Idempotency idempotency,
            IdempotencyRules rules,
            String application,
            boolean secured,
            ScopeComponents parts,
            Routes routes) {}

    Endpoint(
            Handler handler,
            boolean required,
            @Nullable CallKeyExpression scope,
            IdempotentMethodInfo record,
            Collaborators collaborators) {
        this.handler = handler;
        this.required = required;
        this.scope = scope;
        this.record = record;
        this.collaborators = collaborators;
    }

    /** Whether the scope depends on the arguments, so that they are resolved before the decision. */
    public boolean isScopedByArguments() {
        return scope != null && scope.namesArguments();
    }

    /** Whether the scope of keys is set by an expression, and not by the caller. */
    boolean hasScope() {
        return scope != null;
    }

    /** Returns the method's name, for messages. */
    public String name() {
        return record.name();
    }

    /** Returns the rules for all endpoints. */
    public IdempotencyRules rules() {
        return collaborators.rules();
    }

    /**
     * Reads the key before the store is used.
     *
     * @return the key; null if there is none and none is required
     * @throws RefusedException if a required key is missing, or if the key is invalid
     */
    public @Nullable String key(List<String> lines) {
        KeyHeader header = KeyHeader.of(lines);
        if (header.decision(required) != IdempotencyDecision.EXECUTE) {
            collaborators.idempotency().counters().add(header.decision(required));
            throw RefusedException.with(Refusals.of(header, rules().header()));
        }
        return header instanceof KeyHeader.Key key ? key.text() : null;
    }

    /** Refuses a request whose body is too large to be read before the call. */
    public RefusedException tooLarge() {
        return RefusedException.with(Refusals.tooLarge(rules().maxBody()));
    }

    /** Refuses a request whose body has been read already. */
    public RefusedException unreadable() {
        return RefusedException.with(Refusals.unreadable());
    }

    /** Refuses a request that declares a form body but does not contain one. */
    public RefusedException undecodable() {
        return RefusedException.with(Refusals.undecodable());
    }

    /**
     * Returns the fingerprint of a request without its body.
     *
     * @param handled the handler as its mapping returned it
     */
    public Fingerprint fingerprint(EndpointRequest request, HandlerMethod handled) {
        Fingerprint print = new Fingerprint(request.method(), request.path(), request.query(), request.contentType());
        return print.part(collaborators.routes().tell(request.pattern(), handled))
                .conditions(request.headers());
    }

    /**
     * Claims the key of a request.
     *
     * @param arguments the arguments for the method; null if they are not resolved yet
     * @return the call to carry out; null if the request may run without a claim because the store is unavailable
     * @throws RefusedException if the request must not be executed
     */
    public @Nullable ClaimedCall claim(KeyedRequest keyed, @Nullable Object @Nullable [] arguments) {
        EndpointRequest request = keyed.request();
        List<String> scopes = new ArrayList<>(collaborators.parts().of(request));
        scopes.add(scope(request.caller(), arguments));
        String owner = Digest.of(scopes.toArray(String[]::new));
        String id = Digest.of(collaborators.application(), owner, request.route(), keyed.key());
        OpenResult opened;
        try {
            opened = collaborators.idempotency().open(id, owner, keyed.fingerprint(), record.timings());
        } catch (StoreDownException down) {
            if (!required && rules().runsWithoutStore()) {
                return null;
            }
            throw RefusedException.with(Refusals.storeDown());
        }
        if (opened.claim() != null) {
            return new ClaimedCall(opened.claim(), record);
        }
        throw opened.decision() == IdempotencyDecision.REPLAY
                ? RefusedException.replay(Objects.requireNonNull(opened.found().answer()))
                : RefusedException.with(Refusals.of(opened.decision(), id));
    }

    private String scope(@Nullable Principal caller, @Nullable Object @Nullable [] arguments) {
        if (scope != null) {
            String text =
                    scope.find(arguments == null ? new Object[handler.method().getParameterCount()] : arguments);
            if (text == null || text.isBlank()) {
                throw RefusedException.with(Refusals.noScope("A value"));
            }
            return "scope " + text;
        }
        String name = caller == null ? null : caller.getName();
        if (name != null && !name.isBlank()) {
            return "caller " + name;
        }
        if (caller != null || collaborators.secured()) {
            throw RefusedException.with(Refusals.unknownCaller());
        }
        return "shared";
    }
}
