package dev.retrykit.internal.timer;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * An entry that waits in a {@link Timer}: a node of its lists, with its time. The boolean is true while it is in the
 * timer's intake. It may be armed again, and then waits for the new time.
 *
 * <p>An entry whose arming failed, as by a stack overflow, may be lost to the timer and is not reused.
 */
public abstract class TimerEntry extends AtomicBoolean {

    private static final long serialVersionUID = 1;

    static final int NOWHERE = -1;

    /** On the timer's own clock. Written by the arming thread before it checks whether the entry is in the intake. */
    volatile long when = Wheel.NEVER;

    /** The entry below it in the intake. Written by the pushing thread, then by the timer. */
    transient @Nullable TimerEntry below;

    // in a slot of the wheel; used by the timer's thread only
    transient @Nullable TimerEntry previous;
    transient @Nullable TimerEntry next;
    transient int slot = NOWHERE;

    /** Creates an entry that is not armed. */
    protected TimerEntry() {}

    /** Entries are not serializable, although a superclass is. */
    @SuppressWarnings("UnusedMethod")
    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException(getClass().getName());
    }

    /**
     * Runs on the timer when the time has come. Must be short and non-blocking, and must not call foreign code. An
     * entry that was armed again just now may be fired once for its earlier time.
     */
    protected abstract void fire();
}
