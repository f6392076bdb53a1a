package dev.retrykit.spring.idempotency.http;

import dev.retrykit.spring.expression.KeyOfCall;
import dev.retrykit.spring.idempotency.Digest;
import dev.retrykit.spring.idempotency.HeldClaim;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.idempotency.IdempotencyDecision;
import dev.retrykit.spring.idempotency.IdempotencyRules;
import dev.retrykit.spring.idempotency.MethodRecord;
import dev.retrykit.spring.idempotency.Opened;
import dev.retrykit.spring.idempotency.StoreDownException;
import dev.retrykit.spring.idempotency.store.Answer;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A controller's method whose requests have keys: all that can be known before one comes. */
public final class Endpoint {

    private final Method method;
    private final boolean required;
    private final @Nullable KeyOfCall scope;
    private final MethodRecord record;
    private final Surroundings surroundings;

    /**
     * What all endpoints share.
     *
     * @param application the application's name: several may share a store
     * @param secured whether Spring Security knows callers
     */
    record Surroundings(Idempotency idempotency, IdempotencyRules rules, String application, boolean secured) {}

    Endpoint(
            Method method,
            boolean required,
            @Nullable KeyOfCall scope,
            MethodRecord record,
            Surroundings surroundings) {
        this.method = method;
        this.required = required;
        this.scope = scope;
        this.record = record;
        this.surroundings = surroundings;
    }

    /** Whether it is this method's. */
    boolean isOf(Method other) {
        return method.equals(other);
    }

    /** Whether its keys belong to what an expression says, and not to the caller. */
    boolean hasScope() {
        return scope != null;
    }

    /** What is known of its calls. */
    MethodRecord record() {
        return record;
    }

    /** What holds for all. */
    public IdempotencyRules rules() {
        return surroundings.rules();
    }

    /**
     * Reads the key, before any store is asked.
     *
     * @return the key; null if there is none and none is required
     * @throws RefusedException if there must be one, or if it can't be one
     */
    public @Nullable String key(List<String> lines) {
        KeyHeader header = KeyHeader.of(lines);
        if (header.decision(required) != IdempotencyDecision.EXECUTE) {
            surroundings.idempotency().counters().add(header.decision(required));
            throw RefusedException.with(Refusals.of(header, rules().header()));
        }
        return header instanceof KeyHeader.Key key ? key.text() : null;
    }

    /** A request's body is too large to be read before the call. */
    public RefusedException tooLarge() {
        return RefusedException.with(Refusals.tooLarge(rules().maxBody()));
    }

    /**
     * It is answered: keeps the answer, or frees the key.
     *
     * @param status the final status
     * @param answer the answer; null if it can't be kept
     */
    public void settle(HeldClaim claim, int status, @Nullable Answer answer) {
        if (!Statuses.isKept(status)) {
            claim.release();
            return;
        }
        if (Statuses.isSuccess(status)) {
            record.executed(claim);
        }
        claim.complete(answer);
    }

    @Nullable
    HeldClaim open(KeyedRequest request, @Nullable String caller, @Nullable Object[] arguments) {
        String id = Digest.of(surroundings.application(), scope(caller, arguments), request.route(), request.key());
        Opened opened;
        try {
            opened = surroundings.idempotency().open(id, request.fingerprint(), record.terms());
        } catch (StoreDownException down) {
            if (!required && rules().runsWithoutStore()) {
                return null;
            }
            throw RefusedException.with(Refusals.storeDown());
        }
        if (opened.claim() != null) {
            return opened.claim();
        }
        throw opened.decision() == IdempotencyDecision.REPLAY
                ? RefusedException.replay(Objects.requireNonNull(opened.found().answer()))
                : RefusedException.with(Refusals.of(opened.decision(), id));
    }

    private String scope(@Nullable String caller, @Nullable Object[] arguments) {
        if (scope != null) {
            return "scope " + scope.of(arguments);
        }
        if (caller != null) {
            return "caller " + caller;
        }
        if (surroundings.secured()) {
            throw RefusedException.with(Refusals.nobody());
        }
        return "shared";
    }
}
