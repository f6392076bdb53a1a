package dev.retrykit.internal.timer;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What waits in a {@link Timer}: a node of its lists, with its time. True while it is in the timer's intake. It may be
 * armed again, and then waits for the new time.
 *
 * <p>An entry whose arming failed, as by a stack overflow, may be lost to the timer and isn't used again.
 */
public abstract class TimerEntry extends AtomicBoolean {

    private static final long serialVersionUID = 1;

    static final int NOWHERE = -1;

    /** On the timer's own clock. Written by whoever arms it, before it asks whether the entry is in the intake. */
    volatile long when = Wheel.NEVER;

    /** The one below it in the intake. Written by whoever pushes it, then by the timer. */
    transient @Nullable TimerEntry below;

    // in a slot of the wheel; the timer's alone
    transient @Nullable TimerEntry previous;
    transient @Nullable TimerEntry next;
    transient int slot = NOWHERE;

    /** For subclasses. */
    protected TimerEntry() {}

    /** It is no message, whatever it extends. */
    @SuppressWarnings("UnusedMethod")
    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException(getClass().getName());
    }

    /**
     * On the timer: the time is here. Short, never blocks, calls no code of others. An entry that was armed again just
     * now may be told once for the time before.
     */
    protected abstract void fire();
}
