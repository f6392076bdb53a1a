package dev.retrykit.spring.idempotency.method;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.expression.ArgumentExpression;
import dev.retrykit.spring.expression.CallKeyExpression;
import dev.retrykit.spring.expression.MethodNames;
import dev.retrykit.spring.idempotency.ActiveClaim;
import dev.retrykit.spring.idempotency.Digest;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.idempotency.IdempotencyDecision;
import dev.retrykit.spring.idempotency.IdempotencyRules;
import dev.retrykit.spring.idempotency.IdempotentMethodInfo;
import dev.retrykit.spring.idempotency.KeyInUseException;
import dev.retrykit.spring.idempotency.OpenResult;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.lang.reflect.Method;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;

/** A method whose idempotency key comes from its arguments. */
final class IdempotentMethod {

    private static final Log LOG = LogFactory.getLog(IdempotentMethod.class);

    private static final String ALL_ALIKE = Digest.of("a key says all about a call");

    private final String name;
    private final String id;
    private final String scope;
    private final CallKeyExpression key;
    private final IdempotentMethodInfo record;
    private final Collaborators parts;

    /**
     * Shared by all methods.
     *
     * @param application the application's name, because several applications may share a store
     */
    record Collaborators(Idempotency idempotency, IdempotencyRules rules, String application, BeanFactory beans) {}

    /** The call of the method. */
    @FunctionalInterface
    interface Body {

        @Nullable
        Object call() throws Throwable;
    }

    /**
     * Creates the method from its annotation.
     *
     * @throws InvalidSettingException if the method cannot be idempotent
     */
    IdempotentMethod(Idempotent idempotent, Method method, Class<?> type, Collaborators parts) {
        this.name = MethodNames.readable(method, type);
        this.id = MethodNames.fullName(method, type);
        this.parts = parts;
        this.scope = Digest.of(parts.application(), "method", id);
        check(idempotent, method);
        this.key = new CallKeyExpression(
                ArgumentExpression.parse("@Idempotent(key)", idempotent.key(), method, type, parts.beans()));
        this.record = new IdempotentMethodInfo(
                name,
                true,
                IdempotencyRules.ttl(idempotent.ttl(), name),
                parts.rules(),
                parts.idempotency().store());
        parts.idempotency().add(record);
    }

    private void check(Idempotent idempotent, Method method) {
        if (method.getReturnType() != void.class) {
            throw new InvalidSettingException(
                    "@Idempotent(key) on " + name + ": it returns a value, and a skipped call has none to return.",
                    "Make the method void, or remove the annotation.");
        }
        if (!idempotent.scope().isEmpty()) {
            throw new InvalidSettingException(
                    "@Idempotent(scope) on " + name + ": only HTTP endpoints have a scope.",
                    "Make it a part of the key, for example \"#message.tenant + '/' + #message.id\".");
        }
    }

    /**
     * Calls the method, skips it, or fails if the state of the key is undecided.
     *
     * @throws KeyInUseException if another call with the key is running, or may have run
     */
    @Nullable
    Object call(@Nullable Object[] arguments, Body body) throws Throwable {
        String text = key.of(arguments);
        if (text.isBlank()) {
            throw new IllegalArgumentException(key + " is blank, so the method was not called.");
        }
        String hash = Digest.of(parts.application(), "method", id, text);
        OpenResult opened = parts.idempotency().open(hash, scope, ALL_ALIKE, record.timings());
        ActiveClaim claim = opened.claim();
        if (claim != null) {
            return carriedOut(claim, body);
        }
        switch (opened.decision()) {
            case REPLAY, TOMBSTONE -> {}
            case PARTIAL ->
                LOG.warn(name + " is skipped, because it may have been executed in part: an earlier call with the same"
                        + " key committed a transaction and then failed, or its process ended. Complete the missing"
                        + " part by hand, or free the key " + hash + " with DELETE /actuator/retry/idempotency/" + hash
                        + " and redeliver the message");
            default ->
                throw new KeyInUseException(
                        opened.decision() == IdempotencyDecision.CONFLICT
                                ? name + " is currently running with the same key, so it was not called."
                                : "It is unknown whether " + name
                                        + " has run with the same key, so it was not called. The key is held under "
                                        + hash + ".");
        }
        return null;
    }

    private @Nullable Object carriedOut(ActiveClaim claim, Body body) throws Throwable {
        try (ActiveClaim.Binding binding = claim.bind()) {
            body.call();
        } catch (Throwable failure) {
            claim.release();
            throw failure;
        }
        record.executed(claim);
        claim.complete(Answer.none());
        return null;
    }
}
