package dev.retrykit.hold;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the current thread holds: a stack of what its own attempts have entered. A {@link Hold} that was carried here hides
 * the entries below it. A {@link Hold} is made of an entry only when it leaves the thread, so that an attempt makes no
 * object.
 */
public final class Holds {

    private static final ThreadLocal<Holds> THREADS = ThreadLocal.withInitial(Holds::new);

    private static final int USUAL_DEPTH = 8;

    /** Hides what is below it, and holds nothing. */
    private static final Hold NOTHING = Hold.ended();

    /** Resources, and {@link Hold}s that were carried here. */
    private @Nullable Object[] entries = new @Nullable Object[USUAL_DEPTH];

    /** Of a resource: whether retries inside must ask it all the same. Of a hold: whether the next one replaces it. */
    private boolean[] flags = new boolean[USUAL_DEPTH];

    private @Nullable Hold[] made = new @Nullable Hold[USUAL_DEPTH];
    private int depth;

    private Holds() {}

    /** Those of this thread; the same object as long as it lives. */
    public static Holds current() {
        return THREADS.get();
    }

    /**
     * Whether a running attempt of this thread holds the resource.
     *
     * @param retry whether who asks is a retry
     */
    public boolean has(Object resource, boolean retry) {
        for (int i = depth - 1; i >= 0; i--) {
            Object entry = entries[i];
            if (entry instanceof Hold carried) {
                return Hold.isHeld(carried, resource, retry);
            }
            if (entry == resource && !(retry && flags[i])) {
                return true;
            }
        }
        return false;
    }

    /** Whether this thread holds nothing. */
    public boolean isEmpty() {
        return depth == 0 || entries[depth - 1] == NOTHING;
    }

    /** How many entries there are, to {@linkplain #restore} it. */
    public int depth() {
        return depth;
    }

    /** Enters a resource, until the thread is {@linkplain #restore put back}. */
    public void push(Object resource, boolean onlyFirst) {
        add(resource, onlyFirst);
    }

    /** The thread is part of what holds this, and of nothing else, until it is {@linkplain #restore put back}. */
    public void enter(@Nullable Hold hold) {
        add(hold == null ? NOTHING : hold, false);
    }

    /** The same until another hold is carried, or the thread is {@linkplain #restore put back} to what was before. */
    public void carry(@Nullable Hold hold) {
        Hold carried = hold == null ? NOTHING : hold;
        if (isCarried()) {
            entries[depth - 1] = carried;
        } else if (!isEmpty() || hold != null) {
            add(carried, true);
        }
    }

    /** Takes back what was carried, if something was. */
    public boolean tryTakeBack() {
        boolean carried = isCarried();
        if (carried) {
            restore(depth - 1);
        }
        return carried;
    }

    private boolean isCarried() {
        return depth > 0 && flags[depth - 1] && entries[depth - 1] instanceof Hold;
    }

    /** All that this thread holds, to be carried to another one. */
    public @Nullable Hold capture() {
        if (depth == 0) {
            return null;
        }
        int first = depth;
        while (first > 0 && !(entries[first - 1] instanceof Hold)) {
            first--;
        }
        Hold innermost = first > 0 && entries[first - 1] instanceof Hold carried && carried != NOTHING ? carried : null;
        for (int i = first; i < depth; i++) {
            innermost = made(i, innermost);
        }
        return innermost;
    }

    private @Nullable Hold made(int index, @Nullable Hold enclosing) {
        Hold known = made[index];
        Object resource = entries[index];
        if (known == null && resource != null) {
            known = new Hold(resource, flags[index], enclosing);
            made[index] = known;
        }
        return known;
    }

    /** Puts the thread back to the depth that it had. What it has entered since has ended. */
    public void restore(int oldDepth) {
        if (depth > oldDepth) {
            release(oldDepth);
        }
    }

    private void add(Object entry, boolean flag) {
        if (depth == entries.length) {
            entries = Arrays.copyOf(entries, 2 * depth);
            flags = Arrays.copyOf(flags, 2 * depth);
            made = Arrays.copyOf(made, 2 * depth);
        }
        entries[depth] = entry;
        flags[depth] = flag;
        depth++;
    }

    private void release(int oldDepth) {
        int newer = depth;
        depth = oldDepth;
        for (int i = oldDepth; i < newer; i++) {
            entries[i] = null;
            Hold ended = made[i];
            if (ended != null) {
                made[i] = null;
                ended.end();
            }
        }
    }
}
