package dev.retrykit.spring.actuate;

import dev.retrykit.RetryCounters;
import dev.retrykit.budget.BudgetSnapshot;
import dev.retrykit.circuit.CircuitSnapshot;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.event.CallOutcome;
import dev.retrykit.event.DelaySource;
import dev.retrykit.event.StopReason;
import dev.retrykit.spring.actuate.RetryReport.BudgetReport;
import dev.retrykit.spring.actuate.RetryReport.CircuitReport;
import dev.retrykit.spring.actuate.RetryReport.DelayReport;
import dev.retrykit.spring.actuate.RetryReport.IdempotencyReport;
import dev.retrykit.spring.actuate.RetryReport.IdempotentReport;
import dev.retrykit.spring.actuate.RetryReport.PolicyReport;
import dev.retrykit.spring.actuate.RetryReport.SettingReport;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.idempotency.IdempotencyCounters.Result;
import dev.retrykit.spring.idempotency.IdempotentMethodInfo;
import dev.retrykit.spring.registry.BudgetEntry;
import dev.retrykit.spring.registry.CircuitEntry;
import dev.retrykit.spring.registry.FallbackCounters;
import dev.retrykit.spring.registry.PolicyEntry;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.EntryKey;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.Setting;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Creates reports from the state of the engine.
 *
 * @param withSettings whether each entry includes its settings
 * @param values which values the caller may see
 * @param all whether the caller may see all values
 */
record Reporter(boolean withSettings, ShownValues values, boolean all) {

    private static final int MOST_KEYS = 20;
    private static final int LONGEST_KEY = 200;

    /** The states, the worst one first. */
    private static final List<CircuitState> TROUBLE = List.of(
            CircuitState.FORCED_OPEN,
            CircuitState.OPEN,
            CircuitState.HALF_OPEN,
            CircuitState.DISABLED,
            CircuitState.CLOSED);

    /** Creates a reporter of values that every caller may see. */
    Reporter(boolean withSettings) {
        this(withSettings, ShownValues.WITHOUT_PLACEHOLDERS, false);
    }

    RetryReport report(Retries retries, @Nullable Idempotency idempotency) {
        return new RetryReport(
                byName(retries.policies(), PolicyEntry::name, this::report),
                byName(retries.circuits(), CircuitEntry::name, this::report),
                byName(retries.budgets(), BudgetEntry::name, this::report),
                idempotency == null || idempotency.methods().isEmpty() ? null : report(idempotency));
    }

    private static IdempotencyReport report(Idempotency idempotency) {
        Map<String, Long> results = new TreeMap<>();
        for (Result result : Result.values()) {
            results.put(word(result), idempotency.counters().count(result));
        }
        return new IdempotencyReport(
                idempotency.store().name(),
                results,
                byName(
                        idempotency.methods(),
                        IdempotentMethodInfo::name,
                        method -> new IdempotentReport(
                                method.guarantee().words(), method.executed(), method.unfenced())));
    }

    PolicyReport report(PolicyEntry policy) {
        RetryCounters counters = policy.counters();
        Map<String, Long> calls = new TreeMap<>();
        for (CallOutcome outcome : CallOutcome.values()) {
            calls.put(word(outcome), counters.calls(outcome));
        }
        Map<String, Long> stops = new TreeMap<>();
        for (StopReason reason : StopReason.values()) {
            if (counters.stops(reason) > 0) {
                stops.put(word(reason), counters.stops(reason));
            }
        }
        return new PolicyReport(
                settings("policies", policy.name(), policy.settings()),
                calls,
                milliseconds(Arrays.stream(CallOutcome.values())
                        .mapToLong(counters::callNanos)
                        .sum()),
                counters.attempts(),
                delays(counters),
                stops,
                fallbacks(policy.fallbacks()),
                policy.budget().name(),
                policy.methods());
    }

    CircuitReport report(CircuitEntry entry) {
        CircuitSnapshot shared = entry.circuit().snapshot();
        Map<String, CircuitSnapshot> keys = entry.isKeyed() ? entry.keys() : Map.of();
        CircuitSnapshot circuit = keys.values().stream().reduce(shared, Reporter::together);
        boolean empty = circuit.calls() == 0;
        return new CircuitReport(
                circuit.state().name(),
                empty ? null : rounded(circuit.failureRate()),
                empty ? null : rounded(circuit.slowCallRate()),
                circuit.calls(),
                circuit.failures(),
                circuit.slowCalls(),
                entry.counters().rejected(),
                circuit.untilProbe().map(Duration::toMillis).orElse(null),
                circuit.untilEnd().map(Duration::toMillis).orElse(null),
                entry.isKeyed() ? keysByState(keys) : null,
                entry.isKeyed() ? troubled(keys) : null,
                entry.isKeyed() && entry.isSharedInUse() ? shared.state().name() : null,
                settings("circuits", entry.name(), entry.settings()),
                entry.methods());
    }

    /** Combines two circuits: the worse state, the earlier probe, and the calls of both. */
    private static CircuitSnapshot together(CircuitSnapshot one, CircuitSnapshot other) {
        return new CircuitSnapshot(
                one.name(),
                TROUBLE.indexOf(one.state()) <= TROUBLE.indexOf(other.state()) ? one.state() : other.state(),
                one.calls() + other.calls(),
                one.failures() + other.failures(),
                one.slowCalls() + other.slowCalls(),
                one.rejected() + other.rejected(),
                Stream.concat(one.untilProbe().stream(), other.untilProbe().stream())
                        .min(Comparator.naturalOrder()),
                Stream.concat(one.untilEnd().stream(), other.untilEnd().stream())
                        .min(Comparator.naturalOrder()));
    }

    private static Map<String, Integer> keysByState(Map<String, CircuitSnapshot> keys) {
        Map<String, Integer> byState = new TreeMap<>();
        keys.values().forEach(key -> byState.merge(key.state().name(), 1, Integer::sum));
        return byState;
    }

    /** Returns some of the keys whose circuits are not closed; keys come from outside, and there may be many. */
    private static Map<String, String> troubled(Map<String, CircuitSnapshot> keys) {
        Map<String, String> troubled = new TreeMap<>();
        keys.entrySet().stream()
                .filter(key -> key.getValue().state() != CircuitState.CLOSED)
                .sorted(Comparator.comparing(
                        key -> TROUBLE.indexOf(key.getValue().state())))
                .limit(MOST_KEYS)
                .forEach(key -> troubled.put(
                        MessageText.line(key.getKey(), LONGEST_KEY),
                        key.getValue().state().name()));
        return troubled;
    }

    BudgetReport report(BudgetEntry entry) {
        BudgetSnapshot budget = entry.snapshot();
        Double rate = budget.attempts() == 0 ? null : rounded(budget.successes() * 100.0 / budget.attempts());
        Map<String, SettingReport> settings =
                entry.isShared() ? settings("budgets", entry.name(), entry.settings()) : null;
        return budget.unlimited()
                ? new BudgetReport(null, null, null, budget.granted(), budget.denied(), settings)
                : new BudgetReport(
                        budget.available(), budget.reserve(), rate, budget.granted(), budget.denied(), settings);
    }

    /** Reports an entry of any kind. */
    Object one(Object entry) {
        if (entry instanceof PolicyEntry policy) {
            return report(policy);
        }
        return entry instanceof CircuitEntry circuit ? report(circuit) : report((BudgetEntry) entry);
    }

    private static Map<String, DelayReport> delays(RetryCounters counters) {
        Map<String, DelayReport> delays = new TreeMap<>();
        for (DelaySource source : DelaySource.values()) {
            if (counters.delays(source) > 0) {
                delays.put(
                        word(source),
                        new DelayReport(counters.delays(source), milliseconds(counters.delayNanos(source))));
            }
        }
        return delays;
    }

    private static @Nullable Map<String, Long> fallbacks(FallbackCounters counters) {
        Map<String, Long> fallbacks = Map.of("success", counters.successes(), "failure", counters.failures());
        return counters.successes() + counters.failures() == 0 ? null : fallbacks;
    }

    private static long milliseconds(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    private @Nullable Map<String, SettingReport> settings(String kind, String name, Map<String, Setting> settings) {
        if (!withSettings) {
            return null;
        }
        EntryKey section = new EntryKey("retrykit." + kind, name);
        Map<String, SettingReport> reports = new TreeMap<>();
        settings.forEach((key, setting) ->
                reports.put(key, new SettingReport(values.of(section.text(key), setting, all), setting.origin())));
        return reports;
    }

    private static <T, R> Map<String, R> byName(Collection<T> things, Function<T, String> name, Function<T, R> report) {
        Map<String, R> reports = new TreeMap<>();
        things.forEach(thing -> reports.computeIfAbsent(name.apply(thing), key -> report.apply(thing)));
        return reports;
    }

    private static @Nullable Double rounded(double percent) {
        return Math.round(percent * 100) / 100.0;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
