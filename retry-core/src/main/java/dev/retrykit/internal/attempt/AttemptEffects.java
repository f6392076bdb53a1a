package dev.retrykit.internal.attempt;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What there is to note of one attempt. All of it under the lock of its {@link AttemptRecord}. */
final class AttemptEffects {

    final List<Runnable> cleanups = new ArrayList<>(1);
    final Set<Runnable> repeats = new LinkedHashSet<>();
    final SideEffectCounts effects = new SideEffectCounts();

    /** What attempts around take over, as it is now. */
    AttemptEffects lasting() {
        AttemptEffects now = new AttemptEffects();
        now.effects.addAll(effects);
        now.repeats.addAll(repeats);
        return now;
    }
}
