package dev.retrykit.spring.observe;

import dev.retrykit.RetryCounters;
import dev.retrykit.circuit.CircuitCounters;
import dev.retrykit.circuit.CircuitCounters.Result;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.event.AttemptResult;
import dev.retrykit.event.CallOutcome;
import dev.retrykit.event.DelaySource;
import dev.retrykit.event.StopReason;
import dev.retrykit.spring.registry.BudgetEntry;
import dev.retrykit.spring.registry.CircuitEntry;
import dev.retrykit.spring.registry.FallbackCounters;
import dev.retrykit.spring.registry.PolicyEntry;
import dev.retrykit.spring.registry.Retries;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Meters for the engine's counters. A registry reads them when it is scraped, so they cost nothing per call. All of
 * them are present from startup.
 */
public final class RetryMeters implements MeterBinder, AutoCloseable {

    private final Retries retries;
    private final Map<Object, Queue<Runnable>> removals = new ConcurrentHashMap<>();

    /**
     * The entries of each name, because child contexts may use the same names; the first entry has the meters. Guarded
     * by this object's lock.
     */
    private final Map<Name, List<Bound>> byName = new HashMap<>();

    /** Creates the meters for all policies, circuits and budgets, including those created later. */
    public RetryMeters(Retries retries) {
        this.retries = retries;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        retries.each(
                policy -> add(new Name(registry, "policy", policy.name()), policy, binding -> binding.policy(policy)),
                circuit -> add(
                        new Name(registry, "circuit", circuit.name()), circuit, binding -> binding.circuit(circuit)),
                budget -> add(new Name(registry, "budget", budget.name()), budget, binding -> binding.budget(budget)),
                this::remove);
    }

    /** The identity of a set of meters. */
    private record Name(MeterRegistry registry, String tag, String value) {}

    /** An entry, and the action that registers its meters. */
    private record Bound(Object entry, Runnable bind) {}

    private synchronized void add(Name name, Object entry, Consumer<Binding> bind) {
        List<Bound> same = byName.computeIfAbsent(name, key -> new ArrayList<>(1));
        Bound bound = new Bound(entry, () -> bind.accept(binding(name.registry(), entry)));
        same.add(bound);
        if (same.size() == 1) {
            bound.bind().run();
        }
    }

    private Binding binding(MeterRegistry registry, Object entry) {
        return new Binding(registry, removals.computeIfAbsent(entry, key -> new ConcurrentLinkedQueue<>()));
    }

    /** Removes the meters of an entry; the next entry of the same name takes its place. */
    private synchronized void remove(Object entry) {
        removeMeters(entry);
        for (List<Bound> same : byName.values()) {
            boolean first = !same.isEmpty() && same.get(0).entry().equals(entry);
            same.removeIf(bound -> bound.entry().equals(entry));
            if (first && !same.isEmpty()) {
                same.get(0).bind().run();
            }
        }
        byName.values().removeIf(List::isEmpty);
    }

    private void removeMeters(Object entry) {
        Queue<Runnable> meters = removals.remove(entry);
        if (meters != null) {
            meters.forEach(Runnable::run);
        }
    }

    /**
     * Removes the meters: in a registry that outlives the application, they would conflict with those of the next one.
     */
    @Override
    public synchronized void close() {
        byName.clear();
        removals.keySet().forEach(this::removeMeters);
    }

    private record Binding(MeterRegistry registry, Queue<Runnable> removals) {

        void policy(PolicyEntry policy) {
            Tags tags = Tags.of("policy", policy.name());
            RetryCounters counters = policy.counters();
            for (CallOutcome outcome : CallOutcome.values()) {
                timer(
                        Meters.CALLS,
                        tags.and("outcome", tag(outcome)),
                        counters,
                        it -> it.calls(outcome),
                        it -> it.callNanos(outcome));
            }
            for (StopReason reason : StopReason.values()) {
                counter(Meters.STOPS, tags.and("reason", tag(reason)), counters, it -> it.stops(reason));
            }
            for (int bucket = 1; bucket <= RetryCounters.ATTEMPT_BUCKETS; bucket++) {
                int number = bucket;
                String attempt = bucket < RetryCounters.ATTEMPT_BUCKETS ? String.valueOf(bucket) : bucket + "+";
                for (AttemptResult result : AttemptResult.values()) {
                    Tags tagged = tags.and("attempt", attempt, "result", tag(result));
                    counter(Meters.ATTEMPTS, tagged, counters, it -> it.attempts(number, result));
                }
            }
            for (DelaySource source : DelaySource.values()) {
                timer(
                        Meters.DELAY,
                        tags.and("source", tag(source)),
                        counters,
                        it -> it.delays(source),
                        it -> it.delayNanos(source));
            }
            fallback(Meters.FALLBACK, tags, policy.fallbacks());
        }

        void circuit(CircuitEntry circuit) {
            Tags tags = Tags.of("circuit", circuit.name());
            for (CircuitState state : CircuitState.values()) {
                gauge(Meters.CIRCUIT_STATE, tags.and("state", tag(state)), circuit, it -> it.countIn(state));
            }
            CircuitCounters counters = circuit.counters();
            for (Result result : Result.values()) {
                for (boolean slow : new boolean[] {false, true}) {
                    Tags tagged = tags.and("result", tag(result), "slow", String.valueOf(slow));
                    timer(
                            Meters.CIRCUIT_CALLS,
                            tagged,
                            counters,
                            it -> it.calls(result, slow),
                            it -> it.nanos(result, slow));
                }
            }
            counter(Meters.CIRCUIT_REJECTED, tags, counters, CircuitCounters::rejected);
            fallback(Meters.CIRCUIT_FALLBACK, tags, circuit.fallbacks());
        }

        void budget(BudgetEntry budget) {
            Tags tags = Tags.of("budget", budget.name());
            gauge(
                    Meters.BUDGET_AVAILABLE,
                    tags,
                    budget,
                    it -> it.policy().isUnlimited() ? Double.NaN : it.snapshot().available());
            counter(Meters.BUDGET_GRANTED, tags, budget, it -> it.snapshot().granted());
            counter(Meters.BUDGET_DENIED, tags, budget, it -> it.snapshot().denied());
        }

        private void fallback(Meters meter, Tags tags, FallbackCounters counters) {
            counter(meter, tags.and("result", "success"), counters, FallbackCounters::successes);
            counter(meter, tags.and("result", "failure"), counters, FallbackCounters::failures);
        }

        private <T> void timer(Meters meter, Tags tags, T of, ToLongFunction<T> count, ToDoubleFunction<T> nanos) {
            added(FunctionTimer.builder(meter.meterName, of, count, nanos, TimeUnit.NANOSECONDS)
                    .description(meter.description)
                    .tags(tags)
                    .register(registry));
        }

        private <T> void counter(Meters meter, Tags tags, T of, ToDoubleFunction<T> count) {
            added(FunctionCounter.builder(meter.meterName, of, count)
                    .description(meter.description)
                    .tags(tags)
                    .register(registry));
        }

        private <T> void gauge(Meters meter, Tags tags, T of, ToDoubleFunction<T> value) {
            added(Gauge.builder(meter.meterName, of, value)
                    .description(meter.description)
                    .tags(tags)
                    .register(registry));
        }

        private void added(Meter meter) {
            removals.add(() -> registry.remove(meter));
        }

        private static String tag(Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT);
        }
    }
}
