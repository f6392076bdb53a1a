package dev.retrykit.spring.registry;

import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitCounters;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.spring.settings.Effective;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.time.Nanos;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A circuit of the application. */
public final class CircuitEntry {

    private final Effective<CircuitPolicy> effective;
    private final CircuitCounters counters = new CircuitCounters();
    private final Circuit circuit;
    private final Retry guard;
    private final List<String> methods = new CopyOnWriteArrayList<>();
    private volatile boolean used;

    CircuitEntry(
            String name, Effective<CircuitPolicy> effective, EngineParts parts, List<FailureClassifier> classifiers) {
        this.effective = effective;
        RetryPolicy once = once(classifiers);
        this.circuit = Circuit.builder(name)
                .policy(effective.policy())
                .timeSource(parts.time())
                .listener(parts.circuitListener())
                .classifier(once::classify)
                .counters(counters)
                .build();
        this.guard = Retry.builder(name)
                .policy(once)
                .circuit(circuit)
                .budget(RetryBudget.of(name, BudgetPolicy.unlimited(), parts.time()))
                .timeSource(parts.time())
                .executor(parts.executor())
                .context(parts.context())
                .build();
    }

    /** An engine that makes one attempt through the circuit, for methods that aren't retried. */
    public Retry guard() {
        return guard;
    }

    private static RetryPolicy once(List<FailureClassifier> classifiers) {
        RetryPolicy.Builder once = RetryPolicy.builder().maxAttempts(1).timeBudget(Duration.ofNanos(Nanos.UNLIMITED));
        classifiers.forEach(once::classifier);
        return once.build();
    }

    /** Notes a method that goes through it. */
    public void addMethod(String method) {
        methods.add(method);
        used = true;
    }

    /** The circuit, for somebody who calls through it without an annotation. */
    Circuit use() {
        used = true;
        return circuit;
    }

    /** Whether a method goes through it, or somebody has asked for it. */
    boolean isUsed() {
        return used;
    }

    /** The name. */
    public String name() {
        return circuit.name();
    }

    /** The circuit. */
    public Circuit circuit() {
        return circuit;
    }

    /** The effective settings by key, and where each came from. */
    public Map<String, Setting> settings() {
        return effective.settings();
    }

    /** What came out of its calls. */
    public CircuitCounters counters() {
        return counters;
    }

    /** The methods that go through it. */
    public List<String> methods() {
        return List.copyOf(methods);
    }
}
