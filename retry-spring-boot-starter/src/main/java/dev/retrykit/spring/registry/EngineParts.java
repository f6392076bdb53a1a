package dev.retrykit.spring.registry;

import dev.retrykit.RetryListener;
import dev.retrykit.circuit.CircuitListener;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.ResultClassifier;
import dev.retrykit.spring.failure.StatusReader;
import dev.retrykit.spring.failure.StatusRules;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.Judges;
import dev.retrykit.spring.settings.Layer;
import dev.retrykit.spring.settings.Names;
import dev.retrykit.spring.settings.PolicyAssembly;
import dev.retrykit.spring.settings.Texts;
import dev.retrykit.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * What all policies, circuits and budgets of an application share.
 *
 * @param time the clock
 * @param executor runs the retries of asynchronous methods
 * @param retryListeners are told what calls do
 * @param circuitListener is told what circuits do
 * @param classifiers asked before the rules for HTTP statuses
 * @param statusReaders know the exceptions and return values of HTTP clients
 * @param resultClassifiers judge return values, by the names under which policies ask for them
 */
public record EngineParts(
        TimeSource time,
        Executor executor,
        List<RetryListener> retryListeners,
        CircuitListener circuitListener,
        List<FailureClassifier> classifiers,
        List<StatusReader> statusReaders,
        Map<String, ResultClassifier> resultClassifiers) {

    /**
     * Who tells a policy what outcomes mean. Statuses that the policy names come before the application's classifiers,
     * the default rules for statuses after them.
     *
     * @param section the policy's key, for messages
     * @throws InvalidSettingException if it names a bean that there isn't
     */
    Judges judges(String section, Layer policy) {
        List<Integer> statuses = PolicyAssembly.statuses(policy);
        StatusRules rules = new StatusRules(statusReaders, statuses);
        List<FailureClassifier> failures = new ArrayList<>(classifiers);
        failures.add(statuses == null ? failures.size() : 0, rules.failures());
        List<ResultClassifier> results = new ArrayList<>();
        PolicyAssembly.resultClassifiers(policy).forEach(name -> results.add(resultClassifier(section, name)));
        results.add(rules.results());
        return new Judges(failures, results);
    }

    private ResultClassifier resultClassifier(String section, String name) {
        for (Map.Entry<String, ResultClassifier> bean : resultClassifiers.entrySet()) {
            if (Names.canonical(bean.getKey()).equals(Names.canonical(name))) {
                return bean.getValue();
            }
        }
        throw new InvalidSettingException(
                section + ".retry-on-result names " + Texts.quoted(name) + ", but there is no ResultClassifier bean of"
                        + " that name. " + Names.suggestion(name, resultClassifiers.keySet()),
                "Correct the name, or declare the bean.");
    }
}
