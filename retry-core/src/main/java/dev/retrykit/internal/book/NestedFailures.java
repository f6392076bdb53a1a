package dev.retrykit.internal.book;

import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.internal.foreign.PropertyPath;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The clause for failures that hold other failures: the worst of these counts and, if all may be retried, the longest
 * delay.
 */
record NestedFailures(PropertyPath failures) implements Clause {

    private static final int MOST_FAILURES = 100;

    @Override
    public @Nullable Verdict decide(Throwable failure, JudgmentContext reading) {
        Worst worst = new Worst();
        int[] left = {MOST_FAILURES};
        forEach(
                failures.read(failure),
                failure,
                one -> worst.add(left[0]-- > 0 ? reading.ofAnother(one) : JudgmentContext.UNSEEN));
        return worst.verdict;
    }

    @Override
    public List<PropertyPath> paths() {
        return List.of(failures);
    }

    private static void forEach(@Nullable Object held, Throwable holder, Consumer<Throwable> action) {
        if (held instanceof Throwable one) {
            if (one != holder) {
                action.accept(one);
            }
        } else if (held instanceof Map<?, ?> map) {
            forEach(map.values(), holder, action);
        } else if (held instanceof Iterable<?> several) {
            several.forEach(one -> forEach(one, holder, action));
        } else if (held instanceof Object[] several) {
            Arrays.asList(several).forEach(one -> forEach(one, holder, action));
        }
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
