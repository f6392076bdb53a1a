package dev.retrykit.spring.actuate;

import dev.retrykit.RetryCounters;
import dev.retrykit.RetryCounters.Outcome;
import dev.retrykit.StopReason;
import dev.retrykit.budget.BudgetSnapshot;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.CircuitSnapshot;
import dev.retrykit.spring.actuate.RetryReport.BudgetReport;
import dev.retrykit.spring.actuate.RetryReport.CircuitReport;
import dev.retrykit.spring.actuate.RetryReport.PolicyReport;
import dev.retrykit.spring.actuate.RetryReport.SettingReport;
import dev.retrykit.spring.registry.CircuitEntry;
import dev.retrykit.spring.registry.PolicyEntry;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.Texts;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the engine and writes reports. */
final class Reporter {

    private Reporter() {}

    static RetryReport report(Retries retries) {
        return new RetryReport(
                byName(retries.policies(), PolicyEntry::name, Reporter::report),
                byName(retries.circuits(), CircuitEntry::name, Reporter::report),
                byName(retries.budgets(), RetryBudget::name, Reporter::report));
    }

    static PolicyReport report(PolicyEntry policy) {
        RetryCounters counters = policy.counters();
        Map<String, Long> calls = new TreeMap<>();
        for (Outcome outcome : Outcome.values()) {
            calls.put(word(outcome), counters.calls(outcome));
        }
        Map<String, Long> stops = new TreeMap<>();
        for (StopReason reason : StopReason.values()) {
            if (counters.stops(reason) > 0) {
                stops.put(word(reason), counters.stops(reason));
            }
        }
        return new PolicyReport(
                settings(policy.settings()),
                calls,
                counters.attempts(),
                stops,
                policy.budget().name(),
                policy.methods());
    }

    static CircuitReport report(CircuitEntry entry) {
        CircuitSnapshot circuit = entry.circuit().snapshot();
        boolean empty = circuit.calls() == 0;
        return new CircuitReport(
                circuit.state().name(),
                empty ? null : rounded(circuit.failureRate()),
                empty ? null : rounded(circuit.slowCallRate()),
                circuit.calls(),
                circuit.failures(),
                circuit.slowCalls(),
                circuit.rejected(),
                circuit.untilProbe().map(Duration::toMillis).orElse(null),
                settings(entry.settings()),
                entry.methods());
    }

    static BudgetReport report(RetryBudget entry) {
        BudgetSnapshot budget = entry.snapshot();
        Double rate = budget.attempts() == 0 ? null : rounded(budget.successes() * 100.0 / budget.attempts());
        return budget.unlimited()
                ? new BudgetReport(null, null, null, budget.granted(), budget.denied())
                : new BudgetReport(budget.available(), budget.reserve(), rate, budget.granted(), budget.denied());
    }

    private static Map<String, SettingReport> settings(Map<String, Setting> settings) {
        Map<String, SettingReport> reports = new TreeMap<>();
        settings.forEach(
                (key, setting) -> reports.put(key, new SettingReport(Texts.of(setting.value()), setting.origin())));
        return reports;
    }

    private static <T, R> Map<String, R> byName(Collection<T> things, Function<T, String> name, Function<T, R> report) {
        Map<String, R> reports = new TreeMap<>();
        things.forEach(thing -> reports.put(name.apply(thing), report.apply(thing)));
        return reports;
    }

    private static @Nullable Double rounded(double percent) {
        return Math.round(percent * 100) / 100.0;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
