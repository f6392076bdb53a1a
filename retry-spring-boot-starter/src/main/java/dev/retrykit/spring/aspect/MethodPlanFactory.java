package dev.retrykit.spring.aspect;

import dev.retrykit.Retry;
import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.aspect.adapter.CallAdapter;
import dev.retrykit.spring.aspect.adapter.CallAdapters;
import dev.retrykit.spring.aspect.adapter.Fallback;
import dev.retrykit.spring.aspect.adapter.FallbackMethod;
import dev.retrykit.spring.aspect.check.CompetingRetryCheck;
import dev.retrykit.spring.aspect.check.OneShotParameterCheck;
import dev.retrykit.spring.aspect.check.ScheduledRetries;
import dev.retrykit.spring.expression.ArgumentExpression;
import dev.retrykit.spring.expression.CallKeyExpression;
import dev.retrykit.spring.expression.MethodNames;
import dev.retrykit.spring.expression.RetryAnnotations;
import dev.retrykit.spring.registry.CircuitEntry;
import dev.retrykit.spring.registry.FallbackCounters;
import dev.retrykit.spring.registry.PolicyEntry;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import dev.retrykit.spring.settings.resolution.RetryPolicyFactory;
import dev.retrykit.spring.transaction.RollbackRules;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** Creates plans from annotations, and rejects invalid ones. */
final class MethodPlanFactory {

    private static final Log LOG = LogFactory.getLog(MethodPlanFactory.class);

    private final Retries retries;
    private final UnaryOperator<String> placeholders;
    private final CallAdapters forms;
    private final BeanFactory beans;
    private final Set<String> ownNames = ConcurrentHashMap.newKeySet();
    private final Set<Class<?>> told = ConcurrentHashMap.newKeySet();

    MethodPlanFactory(Retries retries, UnaryOperator<String> placeholders, CallAdapters forms, BeanFactory beans) {
        this.retries = retries;
        this.placeholders = placeholders;
        this.forms = forms;
        this.beans = beans;
    }

    /**
     * Creates the plan of a method.
     *
     * @throws InvalidSettingException for the first invalid annotation
     */
    MethodPlan make(Method method, Class<?> type, RetryAnnotations annotated) {
        String readable = MethodNames.readable(method, type);
        if (annotated.retryable() != null) {
            CompetingRetryCheck.check(method, type, readable);
        }
        PolicyEntry policy = policy(annotated.retryable(), method, type);
        CircuitEntry circuit = circuit(annotated.guarded(), method, type);
        Fallback fallback = fallback(annotated, method, type, fallbacks(policy, circuit));
        CallAdapter form = forms.of(method, readable, policy != null && policy.retriesPartial());
        if (policy != null) {
            policy.addMethod(readable);
            CommittedFailures.warn(method, type, readable, policy, RollbackRules.of(beans));
            OneShotParameterCheck.warn(method, type, readable, policy);
            ScheduledRetries.warn(method, readable, policy, beans);
            if (RollbackRules.of(beans).writes(method, type)) {
                List<Class<?>> entities = EntityParameters.warn(method, type, readable, policy);
                form = entities.isEmpty() ? form : new EntityCallAdapter(form, entities);
            }
        }
        CallKeyExpression key = key(annotated.guarded(), method, type);
        if (circuit != null) {
            circuit.addMethod(readable, key != null);
        }
        return new MethodPlan(
                retries.engines().engine(policy, circuit),
                byKey(policy, circuit, key),
                requestKeys(annotated.retryable(), policy, method, type),
                form,
                fallback);
    }

    private static FallbackCounters fallbacks(@Nullable PolicyEntry policy, @Nullable CircuitEntry circuit) {
        if (policy != null) {
            return policy.fallbacks();
        }
        return Objects.requireNonNull(circuit, "a plan requires a policy or a circuit")
                .fallbacks();
    }

    private @Nullable CallKeyExpression key(@Nullable CircuitGuarded guarded, Method method, Class<?> type) {
        if (guarded == null || guarded.key().isEmpty()) {
            return null;
        }
        String text = placeholders.apply(guarded.key());
        return new CallKeyExpression(ArgumentExpression.parse(
                new ArgumentExpression.Source("@CircuitGuarded key", text, guarded.key()), method, type, beans));
    }

    /**
     * Next to a policy's name, the annotation's idempotency key overrides the policy's. In an unnamed policy, it is one
     * of the policy's settings.
     */
    private @Nullable RequestKeys requestKeys(
            @Nullable Retryable retryable, @Nullable PolicyEntry policy, Method method, Class<?> type) {
        if (retryable == null || policy == null) {
            return null;
        }
        boolean beside =
                !retryable.value().isEmpty() && !retryable.idempotencyKey().isEmpty();
        String written = beside ? retryable.idempotencyKey() : policy.idempotencyKey();
        if (written == null || policy.policy().sendsKeys() && written.equals(RetryPolicyFactory.AUTO)) {
            return null;
        }
        if (written.equals(RetryPolicyFactory.AUTO)) {
            return RequestKeys.random();
        }
        String text = placeholders.apply(written);
        String shown = beside ? written : policy.shownIdempotencyKey();
        RequestKeys keys = RequestKeys.of(new CallKeyExpression(ArgumentExpression.parse(
                new ArgumentExpression.Source("the idempotency key", text, shown), method, type, beans)));
        return beside ? keys : keys.onlyWhile(policy::hasIdempotencyKeys);
    }

    private MethodPlan.@Nullable ByKey byKey(
            @Nullable PolicyEntry policy, @Nullable CircuitEntry circuit, @Nullable CallKeyExpression key) {
        if (circuit == null || key == null) {
            return null;
        }
        Function<String, Retry> engines = retries.engines().byKey(policy, circuit);
        return arguments -> engines.apply(key.of(arguments));
    }

    private @Nullable PolicyEntry policy(@Nullable Retryable retryable, Method method, Class<?> type) {
        if (retryable == null) {
            return null;
        }
        String where = MethodNames.readable(method, type);
        if (retryable.value().isEmpty()) {
            SettingsLayer layer = AnnotationLayer.of(retryable, where, placeholders);
            return retries.ownPolicy(ownName(method, type), layer);
        }
        Set<String> beside = AnnotationLayer.besideName(retryable, where);
        if (!beside.isEmpty()) {
            throw new InvalidSettingException(
                    "@Retryable on " + where + " names the policy '" + retryable.value() + "' and sets "
                            + String.join(", ", beside)
                            + " next to it. If a policy is named, its settings must all be in application.yml.",
                    "Move the settings to retrykit.policies." + retryable.value() + ", or remove the name.");
        }
        return retries.policyEntry(name(retryable.value(), "@Retryable on " + where), "@Retryable on " + where);
    }

    private @Nullable CircuitEntry circuit(@Nullable CircuitGuarded guarded, Method method, Class<?> type) {
        if (guarded == null) {
            return null;
        }
        if (guarded.value().isEmpty()) {
            return retries.ownCircuit(ownName(method, type));
        }
        String where = "@CircuitGuarded on " + MethodNames.readable(method, type);
        return retries.circuitEntry(name(guarded.value(), where), where);
    }

    /** Resolves the name of a policy or circuit, which may be a placeholder. */
    private String name(String written, String where) {
        try {
            return placeholders.apply(written);
        } catch (IllegalArgumentException unresolved) {
            throw new InvalidSettingException(
                    where + " names '" + written + "', but its placeholder is not configured.",
                    "Configure the placeholder, or give it a default value.");
        }
    }

    /**
     * The name of an unnamed policy or circuit. Two methods with the same short name must not share one by accident.
     */
    private String ownName(Method method, Class<?> type) {
        String name = MethodNames.shortName(method, type);
        String full = MethodNames.fullName(method, type);
        String owner = retries.methodOf(name, full);
        if (owner.equals(full)) {
            return name;
        }
        if (ownNames.add(full) && !isToldOfItsType(method, type)) {
            LOG.warn("'" + name + "' is already the name for " + owner + ". The policy or circuit of " + full
                    + " uses that full name instead. Set a separate name in its annotation.");
        }
        return full;
    }

    /**
     * Whether the method is annotated only by its type, such as a repository. Then one warning covers all of its
     * methods.
     */
    private boolean isToldOfItsType(Method method, Class<?> type) {
        if (AnnotatedElementUtils.hasAnnotation(method, Retryable.class)
                || AnnotatedElementUtils.hasAnnotation(method, CircuitGuarded.class)) {
            return false;
        }
        if (told.add(type)) {
            LOG.warn("The annotation on " + MethodNames.simpleName(type)
                    + " names no policy or circuit, and the type has overloaded methods. The first method of each name"
                    + " uses a policy or circuit with its short name, the others use ones with their full names. Name"
                    + " one in the annotation, for all methods to share.");
        }
        return true;
    }

    private static @Nullable Fallback fallback(
            RetryAnnotations annotated, Method method, Class<?> type, FallbackCounters counters) {
        String retried =
                annotated.retryable() == null ? "" : annotated.retryable().fallback();
        String guarded = annotated.guarded() == null ? "" : annotated.guarded().fallback();
        if (!retried.isEmpty() && !guarded.isEmpty()) {
            throw new InvalidSettingException(
                    "@Retryable and @CircuitGuarded on " + MethodNames.readable(method, type)
                            + " both name a fallback ('" + retried + "' and '" + guarded + "').",
                    "Keep the fallback of @Retryable: it is called whatever ended the call.");
        }
        String name = retried.isEmpty() ? guarded : retried;
        if (name.isEmpty()) {
            return null;
        }
        List<FallbackMethod> found = FallbackFinder.find(method, type, name);
        FallbackAnnotations.warn(found, type, MethodNames.readable(method, type));
        return new Fallback(found, counters);
    }
}
