package dev.retrykit;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Something that an attempt has begun and that must not happen twice, such as a POST. From then on the attempt isn't
 * retried, whatever it fails with, unless the policy allows that. Thread-safe.
 */
public final class SideEffect {

    private final AttemptNotes notes;
    private final String what;
    private final boolean hasKey;
    private final AtomicBoolean retracted = new AtomicBoolean();

    SideEffect(AttemptNotes notes, String what, boolean hasKey) {
        this.notes = notes;
        this.what = what;
        this.hasKey = hasKey;
    }

    /** It certainly didn't happen: the attempt may be retried as if it had never begun. */
    public void didNotHappen() {
        if (retracted.compareAndSet(false, true)) {
            notes.remove(this);
        }
    }

    String what() {
        return what;
    }

    boolean hasKey() {
        return hasKey;
    }
}
