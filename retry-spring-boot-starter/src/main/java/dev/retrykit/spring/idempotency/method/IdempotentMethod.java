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

/** A method that is called with keys from its arguments. */
final class IdempotentMethod {

    private static final Log LOG = LogFactory.getLog(IdempotentMethod.class);

    private static final String ALL_ALIKE = Digest.of("a key says all about a call");

    private final String name;
    private final String id;
    private final String scope;
    private final CallKeyExpression key;
    private final IdempotentMethodInfo record;
    private final Parts parts;

    /**
     * What all methods share.
     *
     * @param application the application's name: several may share a store
     */
    record Parts(Idempotency idempotency, IdempotencyRules rules, String application, BeanFactory beans) {}

    /** What is called if it is to be carried out. */
    @FunctionalInterface
    interface Body {

        @Nullable
        Object call() throws Throwable;
    }

    /**
     * Of an annotated method.
     *
     * @throws InvalidSettingException if it can't be idempotent
     */
    IdempotentMethod(Idempotent idempotent, Method method, Class<?> type, Parts parts) {
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
                    "@Idempotent(key) on " + name + ": it returns something, which a skipped call couldn't.",
                    "Let the method return nothing, or remove the annotation.");
        }
        if (!idempotent.scope().isEmpty()) {
            throw new InvalidSettingException(
                    "@Idempotent(scope) on " + name + ": only requests over HTTP have a scope.",
                    "Make it a part of the key, as in \"#message.tenant + '/' + #message.id\".");
        }
    }

    /**
     * Calls it, skips it, or says that it can't be known yet whether to.
     *
     * @throws KeyInUseException if another call with the key runs, or may have run
     */
    @Nullable
    Object call(@Nullable Object[] arguments, Body body) throws Throwable {
        String text = key.of(arguments);
        if (text.isBlank()) {
            throw new IllegalArgumentException(key + " is blank, so nothing was called.");
        }
        String hash = Digest.of(parts.application(), "method", id, text);
        OpenResult opened = parts.idempotency().open(hash, scope, ALL_ALIKE, record.terms());
        ActiveClaim claim = opened.claim();
        if (claim != null) {
            return carriedOut(claim, body);
        }
        switch (opened.decision()) {
            case REPLAY, TOMBSTONE -> {}
            case PARTIAL ->
                LOG.warn(name + " is skipped, since it may have been carried out in part: an earlier call with the same"
                        + " key committed a transaction and then failed, or its process ended. Complete what is missing by"
                        + " hand, or free the key " + hash + " with DELETE /actuator/retry/idempotency/" + hash
                        + " and deliver the message again");
            default ->
                throw new KeyInUseException(
                        opened.decision() == IdempotencyDecision.CONFLICT
                                ? name + " runs with the same key at the moment, so it wasn't called."
                                : "Whether " + name
                                        + " ran with the same key isn't known, so it wasn't called. The key is"
                                        + " held under " + hash + ".");
        }
        return null;
    }

    private @Nullable Object carriedOut(ActiveClaim claim, Body body) throws Throwable {
        boolean done = false;
        try (ActiveClaim.Binding binding = claim.bind()) {
            body.call();
            done = true;
        } finally {
            if (done) {
                record.executed(claim);
                claim.complete(Answer.none());
            } else {
                claim.release();
            }
        }
        return null;
    }
}
