package dev.retrykit.internal.book;

import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.internal.foreign.PropertyPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The clause for failures that hold other failures: the worst of these counts and, if all may be retried, the longest
 * delay.
 */
record NestedFailures(PropertyPath failures) implements Clause {

    /** The depth of collections in collections, which may contain themselves. */
    private static final int DEEPEST = 4;

    @Override
    public @Nullable Verdict decide(Throwable failure, JudgmentContext reading) {
        List<Throwable> held = new ArrayList<>(1);
        int left;
        try {
            left = collect(failures.read(failure), held, PropertyPath.MOST_ELEMENTS, 0);
        } catch (Throwable unreadable) {
            return null;
        }
        Worst worst = new Worst();
        for (Throwable one : held) {
            worst.add(one == failure ? null : reading.ofAnother(one));
        }
        worst.add(left < 0 ? JudgmentContext.UNSEEN : null);
        return worst.verdict;
    }

    @Override
    public List<PropertyPath> paths() {
        return List.of(failures);
    }

    /**
     * Adds the failures in a value of another library.
     *
     * @param left how many elements may be read
     * @return how many more elements may be read; negative if some were left out
     */
    private static int collect(@Nullable Object value, List<Throwable> held, int left, int depth) {
        if (value instanceof Throwable one) {
            held.add(one);
            return left;
        }
        Iterator<?> elements = depth < DEEPEST ? elements(value) : Collections.emptyIterator();
        int rest = left;
        while (rest >= 0 && elements.hasNext()) {
            rest = collect(elements.next(), held, rest - 1, depth + 1);
        }
        return rest;
    }

    private static Iterator<?> elements(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.values().iterator();
        }
        if (value instanceof Iterable<?> several) {
            return several.iterator();
        }
        return value instanceof Object[] several ? Arrays.asList(several).iterator() : Collections.emptyIterator();
    }

    private static final class Worst {

        private @Nullable Verdict verdict;

        void add(@Nullable Verdict other) {
            Verdict known = verdict;
            if (other == null) {
                return;
            }
            boolean longer = known != null
                    && other.kind() == known.kind()
                    && (other.retryAfterNanos() > known.retryAfterNanos()
                            || known.signal() == Signal.FAILURE && other.signal() == Signal.THROTTLED);
            if (known == null || rank(other.kind()) > rank(known.kind()) || longer) {
                verdict = other;
            }
        }

        private static int rank(Kind kind) {
            return switch (kind) {
                case RETRYABLE -> 0;
                case UNKNOWN -> 1;
                case NOT_RETRYABLE -> 2;
                case NESTED -> 3;
                case VETOED -> 4;
                case INTERRUPTED -> 5;
                case NOT_IDEMPOTENT -> 6;
            };
        }
    }
}
