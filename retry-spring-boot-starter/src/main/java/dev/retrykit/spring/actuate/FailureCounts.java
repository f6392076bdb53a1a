package dev.retrykit.spring.actuate;

import dev.retrykit.event.RetryEvent;
import dev.retrykit.failure.Causes;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.spring.actuate.FailureReport.FailureEntry;
import dev.retrykit.spring.actuate.FailureReport.UnknownEntry;
import dev.retrykit.spring.registry.layers.GuardedFailureListener;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.binding.FailureRemedy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts the failures of attempts, and of calls through circuits without a policy, by class, meaning and deciding rule.
 * The number of entries is bounded; the most frequent ones are kept. Stores only strings, so that no class loader is
 * retained. Thread-safe.
 */
public final class FailureCounts implements GuardedFailureListener {

    /** Maximum number of distinct entries; further ones are counted together. */
    static final int MOST = 200;

    private static final int LONGEST = FailureRemedy.LONGEST;
    private static final String UNKNOWN = "unknown";

    private final Map<Met, Count> counts = new ConcurrentHashMap<>();
    private final LongAdder all = new LongAdder();

    /** Guarded by this object's lock. */
    private final Newcomers newcomers = new Newcomers();

    /** Written once, under this object's lock. */
    private volatile boolean overflown;

    /** Creates empty counts. */
    public FailureCounts() {}

    /**
     * A kind of failure.
     *
     * @param failure the class of the failure
     * @param cause the class of the cause that should be declared, if that is unknown and is another one
     * @param meaning its classification
     * @param rule the rule that decided the classification; null if unknown
     */
    private record Met(
            String failure,
            @Nullable String cause,
            String meaning,
            @Nullable String rule) {}

    /** The number of failures of a kind. */
    private static final class Count {

        private final LongAdder number = new LongAdder();

        /** What declares their meaning; null if it is known, or not determined yet. */
        private volatile @Nullable String remedy;
    }

    /**
     * Finds frequent failures among those that are not listed. Each slot holds one of them, and its count since it took
     * the slot; another one that belongs to the same slot decrements the count, and takes over the slot at zero.
     */
    private static final class Newcomers {

        private static final int SLOTS = 256;

        private final int[] hashes = new int[SLOTS];
        private final long[] numbers = new long[SLOTS];

        /** Returns how often this one was met lately; 0 if it has no slot. */
        long add(Met met) {
            int hash = met.hashCode();
            int slot = (hash ^ hash >>> 16) & SLOTS - 1;
            if (numbers[slot] == 0) {
                hashes[slot] = hash;
            }
            if (hashes[slot] != hash) {
                numbers[slot]--;
                return 0;
            }
            numbers[slot]++;
            return numbers[slot];
        }

        void remove(Met met) {
            int hash = met.hashCode();
            numbers[(hash ^ hash >>> 16) & SLOTS - 1] = 0;
        }
    }

    @Override
    public void onEvent(RetryEvent event) {
        // outcomes of calls are counted elsewhere
    }

    @Override
    public void onFailure(String policy, Throwable failure, Verdict verdict) {
        Met met = met(failure, verdict);
        all.increment();
        Count count = counts.get(met);
        if (count != null) {
            count.number.increment();
            return;
        }
        Count made = add(met);
        if (made != null && met.meaning.equals(UNKNOWN)) {
            // outside the lock, because it reads accessors of the failure
            made.remedy = FailureRemedy.of(failure).text();
        }
    }

    private static Met met(Throwable failure, Verdict verdict) {
        String type = Causes.unwrap(failure).getClass().getName();
        String cause = verdict.kind() == Kind.UNKNOWN ? FailureRemedy.typeFor(failure) : type;
        return new Met(cut(type), cause.equals(type) ? null : cut(cause), meaning(verdict), cutIfAny(verdict.rule()));
    }

    /**
     * If there is no room, a failure that is met more often than a listed one takes its place.
     *
     * @return the new entry; null if there is none
     */
    private synchronized @Nullable Count add(Met met) {
        Count known = counts.get(met);
        if (known != null) {
            known.number.increment();
            return null;
        }
        long number = 1;
        if (counts.size() >= MOST) {
            overflown = true;
            number = newcomers.add(met);
            Met rarest = number > 1 ? rarest(number) : null;
            if (rarest == null) {
                return null;
            }
            newcomers.remove(met);
            counts.remove(rarest);
        }
        Count made = new Count();
        made.number.add(number);
        counts.put(met, made);
        return made;
    }

    /** Returns the listed failure that was met least; null if all were met as often as this. */
    private @Nullable Met rarest(long limit) {
        Met rarest = null;
        long least = limit;
        for (Map.Entry<Met, Count> entry : counts.entrySet()) {
            long number = entry.getValue().number.sum();
            if (number < least) {
                least = number;
                rarest = entry.getKey();
            }
        }
        return rarest;
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }

    private static @Nullable String cutIfAny(@Nullable String text) {
        return text == null ? null : cut(text);
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
        List<UnknownEntry> unknown = new ArrayList<>();
        long listed = 0;
        for (Map.Entry<Met, Count> entry : counts.entrySet()) {
            Met met = entry.getKey();
            Count count = entry.getValue();
            long number = count.number.sum();
            listed += number;
            String failure = line(met.failure);
            String cause = met.cause == null ? null : line(met.cause);
            String rule = met.rule == null ? null : line(met.rule);
            failures.add(new FailureEntry(failure, cause, met.meaning, rule, number));
            if (met.meaning.equals(UNKNOWN)) {
                unknown.add(new UnknownEntry(failure, cause, number, count.remedy));
            }
        }
        failures.sort(Comparator.comparingLong(FailureEntry::count)
                .reversed()
                .thenComparing(FailureEntry::failure)
                .thenComparing(entry -> String.valueOf(entry.cause()))
                .thenComparing(FailureEntry::meaning)
                .thenComparing(entry -> String.valueOf(entry.rule())));
        unknown.sort(Comparator.comparingLong(UnknownEntry::count)
                .reversed()
                .thenComparing(UnknownEntry::failure)
                .thenComparing(entry -> String.valueOf(entry.cause())));
        long others = overflown ? all.sum() - listed : 0;
        return new FailureReport(List.copyOf(failures), List.copyOf(unknown), others > 0 ? others : null);
    }

    /** Escapes invisible characters, which names of classes may contain, too. */
    private static String line(String text) {
        return MessageText.line(text, LONGEST + 1);
    }
}
