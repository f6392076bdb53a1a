package dev.retrykit.internal.attempt;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The optional state of one attempt. Guarded by the lock of its {@link AttemptRecord}. */
final class AttemptEffects {

    final List<Runnable> cleanups = new ArrayList<>(1);
    final Set<Runnable> repeats = new LinkedHashSet<>();
    final SideEffectCounts effects = new SideEffectCounts();

    /** A copy of what enclosing attempts take over, as of now. */
    AttemptEffects lasting() {
        AttemptEffects now = new AttemptEffects();
        now.effects.addAll(effects);
        now.repeats.addAll(repeats);
        return now;
    }
}
