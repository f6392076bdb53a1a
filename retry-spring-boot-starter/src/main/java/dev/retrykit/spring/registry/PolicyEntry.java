package dev.retrykit.spring.registry;

import dev.retrykit.Retry;
import dev.retrykit.RetryCounters;
import dev.retrykit.RetryPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.spring.settings.Effective;
import dev.retrykit.spring.settings.Setting;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A policy of the application. Methods that go through different circuits share its counters and its budget.
 */
public final class PolicyEntry {

    private final String name;
    private final Effective<RetryPolicy> effective;
    private final RetryBudget budget;
    private final EngineParts parts;
    private final Consumer<Retry> enlist;
    private final RetryCounters counters = new RetryCounters();
    private final FallbackCounters fallbacks = new FallbackCounters();
    private final List<String> methods = new CopyOnWriteArrayList<>();
    private final Map<String, Retry> retries = new ConcurrentHashMap<>();

    /**
     * Without an engine yet.
     *
     * @param enlist told of each engine
     */
    PolicyEntry(
            String name,
            Effective<RetryPolicy> effective,
            RetryBudget budget,
            EngineParts parts,
            Consumer<Retry> enlist) {
        this.name = name;
        this.effective = effective;
        this.budget = budget;
        this.parts = parts;
        this.enlist = enlist;
    }

    /** Its engine, without a circuit or through one. */
    public Retry retry(@Nullable Circuit circuit) {
        return retries.computeIfAbsent(circuit == null ? "" : circuit.name(), key -> build(circuit));
    }

    private Retry build(@Nullable Circuit circuit) {
        Retry.Builder builder = Retry.builder(name)
                .policy(effective.policy())
                .budget(budget)
                .timeSource(parts.time())
                .executor(parts.executor())
                .context(parts.context())
                .counters(counters);
        parts.retryListeners().forEach(builder::listener);
        Retry engine =
                circuit == null ? builder.build() : builder.circuit(circuit).build();
        enlist.accept(engine);
        return engine;
    }

    /** Whether a publisher that has emitted some of its elements is retried too. */
    public boolean retriesPartial() {
        Setting partial = effective.settings().get("retry-partial");
        return partial != null && Boolean.TRUE.equals(partial.value());
    }

    /** Notes a method that uses it. */
    public void addMethod(String method) {
        methods.add(method);
    }

    /** Whether anybody has asked for its engine. */
    boolean isUsed() {
        return !retries.isEmpty();
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** The settings as the engine takes them. */
    public RetryPolicy policy() {
        return effective.policy();
    }

    /** The effective settings by key, and where each came from. */
    public Map<String, Setting> settings() {
        return effective.settings();
    }

    /** What became of its calls. */
    public RetryCounters counters() {
        return counters;
    }

    /** What became of its fallbacks. */
    public FallbackCounters fallbacks() {
        return fallbacks;
    }

    /** What its retries are paid from. */
    public RetryBudget budget() {
        return budget;
    }

    /** The methods that use it. */
    public List<String> methods() {
        return List.copyOf(methods);
    }
}
