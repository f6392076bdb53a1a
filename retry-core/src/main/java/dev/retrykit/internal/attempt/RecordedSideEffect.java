package dev.retrykit.internal.attempt;

import dev.retrykit.event.SideEffect;
import java.util.concurrent.atomic.AtomicBoolean;

/** A side effect that the record of an attempt counts until it is retracted. */
public final class RecordedSideEffect implements SideEffect {

    private final AttemptRecord record;
    private final Kind kind;
    private final String what;
    private final AtomicBoolean retracted = new AtomicBoolean();

    public RecordedSideEffect(AttemptRecord record, Kind kind, String what) {
        this.record = record;
        this.kind = kind;
        this.what = what;
    }

    @Override
    public void didNotHappen() {
        if (retracted.compareAndSet(false, true)) {
            record.remove(this);
        }
    }

    @Override
    public boolean isRetracted() {
        return retracted.get();
    }

    String what() {
        return what;
    }

    Kind kind() {
        return kind;
    }
}
