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
 * Counts the failures of attempts by their classes, by what they were taken for, and by what decided that. Holds texts only,
 * so that no class is kept from being unloaded. Thread-safe.
 */
public final class FailureCounts implements RetryListener {

    /** What else there is, is counted together. */
    static final int MOST = 200;

    private static final int LONGEST = 300;
    private static final String UNKNOWN = "unknown";

    private final Map<Met, LongAdder> counts = new ConcurrentHashMap<>();
    private final LongAdder others = new LongAdder();

    /** Set once, under this object's lock. */
    private volatile boolean full;

    /** Nothing is counted yet. */
    public FailureCounts() {}

    /**
     * What was met.
     *
     * @param failure the class of the failure
     * @param meaning what it was taken for
     * @param rule what decided that; null if nothing says so
     */
    private record Met(
            String failure, String meaning, @Nullable String rule) {}

    @Override
    public void onEvent(RetryEvent event) {
        // what becomes of calls is counted elsewhere
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

    /** In the words of the failure book, as far as it has one. */
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

    /** What was met so far, the most frequent first. */
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
