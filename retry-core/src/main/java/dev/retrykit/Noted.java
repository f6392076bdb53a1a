package dev.retrykit;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What there is to note of one attempt. All of it under the lock of its {@link AttemptNotes}. */
final class Noted {

    final List<Runnable> cleanups = new ArrayList<>(1);
    final Set<Runnable> repeats = new LinkedHashSet<>();
    final Effects effects = new Effects();

    /** What attempts around take over, as it is now. */
    Noted lasting() {
        Noted now = new Noted();
        now.effects.addAll(effects);
        now.repeats.addAll(repeats);
        return now;
    }
}
