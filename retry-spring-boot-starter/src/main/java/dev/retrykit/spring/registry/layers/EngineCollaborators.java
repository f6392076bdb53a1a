package dev.retrykit.spring.registry.layers;

import dev.retrykit.backoff.DelayFunction;
import dev.retrykit.circuit.CircuitListener;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.event.AttemptObserver;
import dev.retrykit.event.ContextCarrier;
import dev.retrykit.event.RetryListener;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.ResultClassifier;
import dev.retrykit.spring.customize.CircuitCustomizer;
import dev.retrykit.spring.customize.PolicyCustomizer;
import dev.retrykit.spring.failure.http.StatusReader;
import dev.retrykit.spring.failure.http.StatusRules;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.PolicySettings;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.binding.FailureNames;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import dev.retrykit.spring.settings.binding.SpellingMatcher;
import dev.retrykit.spring.settings.resolution.PolicyExtensions;
import dev.retrykit.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Everything that all policies, circuits and budgets of an application share.
 *
 * @param time the clock
 * @param executor runs the retries of asynchronous methods
 * @param context carries context to the threads that run the retries of asynchronous calls
 * @param observer observes each attempt; null = none
 * @param retryListeners receive the events of calls
 * @param circuitListener receives the events of circuits
 * @param classifiers the application's classifiers, its lines of the failure book, and the library's classifiers,
 *     called in this order before the rules for HTTP statuses
 * @param statusReaders read the statuses in exceptions and return values of HTTP clients
 * @param resultClassifiers classify return values, by the bean names that policies use
 * @param delayFunctions delay functions of the application, by the bean names that policies use
 * @param policyCustomizers customize the defaults of policies
 * @param circuitCustomizers customize the defaults of circuits
 * @param failureNames resolves the failures that circuits record or ignore
 */
public record EngineCollaborators(
        TimeSource time,
        Executor executor,
        ContextCarrier context,
        @Nullable AttemptObserver observer,
        List<RetryListener> retryListeners,
        CircuitListener circuitListener,
        List<FailureClassifier> classifiers,
        List<StatusReader> statusReaders,
        Map<String, ResultClassifier> resultClassifiers,
        Map<String, DelayFunction> delayFunctions,
        List<PolicyCustomizer> policyCustomizers,
        List<CircuitCustomizer> circuitCustomizers,
        FailureNames failureNames) {

    /**
     * Collects the parts of a policy that are not settings. The policy's own statuses come before the application's
     * classifiers, the default rules for statuses after them.
     *
     * @param name the policy's name
     * @param section the policy's key, for messages
     * @throws InvalidSettingException if the policy names a bean that does not exist
     */
    PolicyExtensions partsOf(String name, String section, SettingsLayer policy) {
        List<Integer> statuses = policy.value(PolicySettings.STATUSES);
        StatusRules rules = new StatusRules(statusReaders, statuses, time::now);
        List<FailureClassifier> failures = failures(rules, statuses != null);
        List<ResultClassifier> results = new ArrayList<>();
        for (String classifier : policy.value(PolicySettings.RETRY_ON_RESULT, List.of())) {
            results.add(bean(resultClassifiers, classifier, section + ".retry-on-result", ResultClassifier.class));
        }
        boolean known = statuses != null || policy.value(PolicySettings.KNOWN_FAILURES, true);
        results.add((known ? rules : new StatusRules(statusReaders, List.of(), time::now)).results());
        Setting function = policy.setting(PolicySettings.BACKOFF_FUNCTION.name());
        DelayFunction delay = function == null
                ? null
                : bean(
                        delayFunctions,
                        String.valueOf(function.value()),
                        section + ".backoff.function (" + function.origin() + ")",
                        DelayFunction.class);
        return new PolicyExtensions(failures, results, delay, builder -> {
            builder.clock(time::now);
            policyCustomizers.forEach(customizer -> customizer.customize(name, builder));
        });
    }

    /** The classifiers by which a circuit judges failures, before the rules for JDK exceptions. */
    public List<FailureClassifier> failures() {
        return failures(new StatusRules(statusReaders, null, time::now), false);
    }

    private List<FailureClassifier> failures(StatusRules rules, boolean first) {
        List<FailureClassifier> failures = new ArrayList<>(classifiers);
        failures.add(first ? 0 : failures.size(), rules.failures());
        return failures;
    }

    /** The classifier by which a circuit judges returned responses. */
    public ResultClassifier results() {
        return new StatusRules(statusReaders, null, time::now).results();
    }

    /** Customizes the defaults of a circuit. */
    void customize(String name, CircuitPolicy.Builder circuit) {
        circuitCustomizers.forEach(customizer -> customizer.customize(name, circuit));
    }

    private static <T> T bean(Map<String, T> beans, String name, String user, Class<T> type) {
        for (Map.Entry<String, T> bean : beans.entrySet()) {
            if (SpellingMatcher.canonical(bean.getKey()).equals(SpellingMatcher.canonical(name))) {
                return bean.getValue();
            }
        }
        throw new InvalidSettingException(
                user + " names " + MessageText.quoted(name) + ", but no " + type.getSimpleName()
                        + " bean has that name. " + SpellingMatcher.suggestion(name, beans.keySet()),
                "Correct the name, or declare the bean.");
    }
}
