package dev.retrykit.internal.thread;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The permits of the current thread: a stack of those that its own attempts have entered. A {@link HeldPermit} that was carried
 * here hides the entries below it. An entry becomes a {@link HeldPermit} only when it leaves the thread, so that an
 * attempt allocates nothing. The innermost entry is in separate fields, because most threads never hold two.
 */
public final class ThreadPermits {

    private static final PerThread<ThreadPermits> THREADS = new PerThread<>(ThreadPermits::new);

    private static final Entry[] NONE = {};

    private static final int USUAL_DEPTH = 4;

    /** Hides what is below it, and holds nothing. */
    private static final HeldPermit NOTHING = HeldPermit.ended();

    /** The innermost entry: a resource, or a {@link HeldPermit} that was carried here; null if there is none. */
    private @Nullable Object held;

    /** For a resource: whether inner retries must still ask it. For a hold: whether the next one replaces it. */
    private boolean flag;

    /** The hold that was created from the resource to leave the thread. */
    private @Nullable HeldPermit made;

    /** The number of entries. */
    private int depth;

    /** The entries outside the innermost one, with room for more. */
    private Entry[] outer = NONE;

    private ThreadPermits() {}

    /** The holds of this thread. Code that enters something must keep this object until it restores the depth. */
    public static ThreadPermits current() {
        return THREADS.get();
    }

    /**
     * Whether a running attempt of this thread holds the resource.
     *
     * @param retry whether the caller is a retry
     */
    public boolean has(Object resource, boolean retry) {
        return depth > 0 && (isHeld(resource, retry) || isHeldAround(resource, retry));
    }

    private boolean isHeld(Object resource, boolean retry) {
        return held instanceof HeldPermit carried
                ? HeldPermit.isHeld(carried, resource, retry)
                : held == resource && !(retry && flag);
    }

    private boolean isHeldAround(Object resource, boolean retry) {
        if (held instanceof HeldPermit) {
            return false;
        }
        for (int i = depth - 2; i >= 0; i--) {
            Entry entry = outer[i];
            if (entry.held instanceof HeldPermit carried) {
                return HeldPermit.isHeld(carried, resource, retry);
            }
            if (entry.held == resource && !(retry && entry.flag)) {
                return true;
            }
        }
        return false;
    }

    /** Whether this thread holds nothing. */
    public boolean isEmpty() {
        return held == null || held == NOTHING;
    }

    /** The number of entries, for {@link #restore}. */
    public int depth() {
        return depth;
    }

    /** Enters a resource, until the thread is {@linkplain #restore restored}. */
    public void push(Object resource, boolean onlyFirst) {
        if (depth > 0) {
            setAside();
        }
        held = resource;
        flag = onlyFirst;
        depth++;
    }

    /** Makes the thread part of what has this hold, and of nothing else, until it is {@linkplain #restore restored}. */
    public void enter(@Nullable HeldPermit hold) {
        push(hold == null ? NOTHING : hold, false);
    }

    /**
     * Makes the thread part of what has this hold until another hold is carried, or the thread is {@linkplain #restore
     * restored} to an earlier depth.
     */
    public void carry(@Nullable HeldPermit hold) {
        HeldPermit carried = hold == null ? NOTHING : hold;
        if (isCarried()) {
            held = carried;
        } else if (!isEmpty() || hold != null) {
            push(carried, true);
        }
    }

    /** Clears what was carried, if anything. */
    public boolean tryTakeBack() {
        boolean carried = isCarried();
        if (carried) {
            pop();
        }
        return carried;
    }

    private boolean isCarried() {
        return flag && held instanceof HeldPermit;
    }

    /** Everything that this thread holds, to be carried to another one. */
    public @Nullable HeldPermit capture() {
        if (held == null || held == NOTHING) {
            return null;
        }
        if (held instanceof HeldPermit carried) {
            return carried;
        }
        if (made == null) {
            made = new HeldPermit(held, flag, captureAround());
        }
        return made;
    }

    private @Nullable HeldPermit captureAround() {
        int first = depth - 1;
        while (first > 0 && !(outer[first - 1].held instanceof HeldPermit)) {
            first--;
        }
        HeldPermit innermost =
                first > 0 && outer[first - 1].held instanceof HeldPermit carried && carried != NOTHING ? carried : null;
        for (int i = first; i < depth - 1; i++) {
            innermost = outer[i].made(innermost);
        }
        return innermost;
    }

    /** Restores the thread to an earlier depth. Everything that it has entered since has ended. */
    public void restore(int oldDepth) {
        if (depth == 1 && made == null && oldDepth == 0) {
            held = null;
            depth = 0;
            return;
        }
        while (depth > oldDepth) {
            pop();
        }
    }

    private void pop() {
        held = null;
        depth--;
        if (made != null) {
            made.end();
            made = null;
        }
        if (depth > 0) {
            // no call: after a stack overflow there may be no room for one
            Entry entry = outer[depth - 1];
            held = entry.held;
            flag = entry.flag;
            made = entry.made;
            entry.held = null;
            entry.made = null;
        }
    }

    private void setAside() {
        if (depth > outer.length) {
            outer = grown(outer);
        }
        Entry entry = outer[depth - 1];
        entry.held = held;
        entry.flag = flag;
        entry.made = made;
        made = null;
    }

    private static Entry[] grown(Entry[] outer) {
        Entry[] grown = Arrays.copyOf(outer, Math.max(USUAL_DEPTH, 2 * outer.length));
        for (int i = outer.length; i < grown.length; i++) {
            grown[i] = new Entry();
        }
        return grown;
    }

    /** An entry that is not the innermost. Reused. */
    private static final class Entry {

        @Nullable
        Object held;

        boolean flag;

        @Nullable
        HeldPermit made;

        @Nullable
        HeldPermit made(@Nullable HeldPermit enclosing) {
            if (made == null && held != null) {
                made = new HeldPermit(held, flag, enclosing);
            }
            return made;
        }
    }
}
