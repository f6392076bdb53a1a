package dev.retrykit.spring.actuate;

import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.RetryListener;
import dev.retrykit.failure.Causes;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.spring.actuate.FailureReport.FailureEntry;
import dev.retrykit.spring.actuate.FailureReport.UnknownEntry;
import dev.retrykit.spring.settings.MessageText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts the failures of attempts by class, meaning and deciding rule. Stores only strings, so that no class loader is
 * retained. Thread-safe.
 */
public final class FailureCounts implements RetryListener {

    /** Maximum number of distinct entries; further ones are counted together. */
    static final int MOST = 200;

    private static final int LONGEST = 300;
    private static final String UNKNOWN = "unknown";

    private final Map<Met, LongAdder> counts = new ConcurrentHashMap<>();
    private final LongAdder others = new LongAdder();

    /** Written once, under this object's lock. */
    private volatile boolean full;

    /** Creates empty counts. */
    public FailureCounts() {}

    /**
     * A kind of failure.
     *
     * @param failure the class of the failure
     * @param meaning its classification
     * @param rule the rule that decided the classification; null if unknown
     */
    private record Met(
            String failure, String meaning, @Nullable String rule) {}

    @Override
    public void onEvent(RetryEvent event) {
        // outcomes of calls are counted elsewhere
    }

    @Override
    public void onFailure(String policy, Throwable failure, Verdict verdict) {
        Met met = new Met(Causes.unwrap(failure).getClass().getName(), meaning(verdict), cut(verdict.rule()));
        LongAdder count = counts.get(met);
        if (count == null) {
            count = full ? others : add(met);
        }
        count.increment();
    }

    private synchronized LongAdder add(Met met) {
        LongAdder known = counts.get(met);
        if (known != null) {
            return known;
        }
        if (counts.size() == MOST) {
            full = true;
            return others;
        }
        LongAdder made = new LongAdder();
        counts.put(met, made);
        return made;
    }

    private static @Nullable String cut(@Nullable String rule) {
        return rule == null || rule.length() <= LONGEST ? rule : rule.substring(0, LONGEST) + "…";
    }

    /** Returns the classification in the terms of the failure book, as far as it has one. */
    private static String meaning(Verdict verdict) {
        return switch (verdict.kind()) {
            case RETRYABLE -> verdict.signal() == Signal.THROTTLED ? "throttled" : "transient";
            case NOT_RETRYABLE ->
                switch (verdict.signal()) {
                    case SUCCESS, IGNORED -> "answered";
                    case NONE -> "neutral";
                    case FAILURE, THROTTLED -> "permanent";
                };
            case NOT_IDEMPOTENT -> "unknown-effect";
            case NESTED -> "nested";
            case VETOED -> "vetoed";
            case INTERRUPTED -> "interrupted";
            case UNKNOWN -> UNKNOWN;
        };
    }

    /** Returns the current counts, the most frequent first. */
    FailureReport report() {
        List<FailureEntry> failures = new ArrayList<>();
        Map<String, Long> unknown = new TreeMap<>();
        counts.forEach((met, adder) -> {
            long count = adder.sum();
            if (count > 0) {
                String rule = met.rule == null ? null : MessageText.line(met.rule, LONGEST + 1);
                failures.add(new FailureEntry(met.failure, met.meaning, rule, count));
                if (met.meaning.equals(UNKNOWN)) {
                    unknown.merge(met.failure, count, Long::sum);
                }
            }
        });
        failures.sort(Comparator.comparingLong(FailureEntry::count)
                .reversed()
                .thenComparing(FailureEntry::failure)
                .thenComparing(FailureEntry::meaning)
                .thenComparing(entry -> String.valueOf(entry.rule())));
        List<UnknownEntry> unknownFirst = unknown.entrySet().stream()
                .map(entry -> new UnknownEntry(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingLong(UnknownEntry::count).reversed())
                .toList();
        long more = others.sum();
        return new FailureReport(List.copyOf(failures), unknownFirst, more == 0 ? null : more);
    }
}
