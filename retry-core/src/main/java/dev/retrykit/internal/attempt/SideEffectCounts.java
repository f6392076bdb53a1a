package dev.retrykit.internal.attempt;

import dev.retrykit.event.RetryEvent.Effect;
import dev.retrykit.event.SideEffect.Kind;
import dev.retrykit.internal.decision.CompiledPolicy;
import org.jspecify.annotations.Nullable;

/** How many side effects of each kind there are, and the last of each. Guarded by whoever holds it. */
final class SideEffectCounts {

    private static final Kind[] KINDS = Kind.values();

    private final int[] counts = new int[KINDS.length];
    private final @Nullable String[] last = new String[KINDS.length];

    /** One more of a kind, or with -1 one less. */
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

    /** One that must not happen again; null if all of them may. */
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
