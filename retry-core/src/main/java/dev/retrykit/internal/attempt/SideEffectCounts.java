package dev.retrykit.internal.attempt;

import dev.retrykit.event.RetryEvent.Effect;
import dev.retrykit.event.SideEffect.Kind;
import dev.retrykit.internal.decision.CompiledPolicy;
import org.jspecify.annotations.Nullable;

/** The number of side effects of each kind, and the last one of each. Guarded by its owner's lock. */
final class SideEffectCounts {

    private static final Kind[] KINDS = Kind.values();

    private final int[] counts = new int[KINDS.length];
    private final @Nullable String[] last = new String[KINDS.length];

    /** Adds to the number of a kind, or with -1 subtracts from it. */
    void count(Kind kind, int more, @Nullable String what) {
        counts[kind.ordinal()] += more;
        if (what != null) {
            last[kind.ordinal()] = what;
        }
    }

    void addAll(SideEffectCounts others) {
        for (Kind kind : KINDS) {
            count(kind, others.counts[kind.ordinal()], others.last[kind.ordinal()]);
        }
    }

    boolean has(Kind kind) {
        return counts[kind.ordinal()] > 0;
    }

    boolean isEmpty() {
        for (Kind kind : KINDS) {
            if (has(kind)) {
                return false;
            }
        }
        return true;
    }

    /** An effect that must not happen again; null if all of them may. */
    @Nullable
    Effect unrepeatable(CompiledPolicy policy) {
        for (Kind kind : KINDS) {
            String what = last[kind.ordinal()];
            if (has(kind) && what != null && !policy.allows(kind)) {
                return new Effect(kind, what);
            }
        }
        return null;
    }
}
