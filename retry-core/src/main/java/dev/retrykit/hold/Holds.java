package dev.retrykit.hold;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the current thread holds: a stack of what its own attempts have entered, above a {@link Hold} that was carried
 * here. A {@link Hold} is made of an entry only when it leaves the thread, so that an attempt makes no object.
 */
public final class Holds {

    private static final ThreadLocal<Holds> THREADS = ThreadLocal.withInitial(Holds::new);

    private static final int USUAL_DEPTH = 8;

    private @Nullable Object[] resources = new @Nullable Object[USUAL_DEPTH];
    private boolean[] firstOnly = new boolean[USUAL_DEPTH];
    private @Nullable Hold[] made = new @Nullable Hold[USUAL_DEPTH];
    private int size;

    /** Entries below this one belong to what the thread was part of before something was carried here. */
    private int base;

    private @Nullable Hold carried;

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
        for (int i = size - 1; i >= base; i--) {
            if (resources[i] == resource && !(retry && firstOnly[i])) {
                return true;
            }
        }
        return carried != null && Hold.isHeld(carried, resource, retry);
    }

    /** Enters a resource, until the thread is {@linkplain #restore put back}. */
    public void push(Object resource, boolean onlyFirst) {
        if (size == resources.length) {
            resources = Arrays.copyOf(resources, 2 * size);
            firstOnly = Arrays.copyOf(firstOnly, 2 * size);
            made = Arrays.copyOf(made, 2 * size);
        }
        resources[size] = resource;
        firstOnly[size] = onlyFirst;
        size++;
    }

    /** Whether this thread holds nothing. */
    public boolean isEmpty() {
        return size == base && carried == null;
    }

    /** How many entries there are. */
    public int size() {
        return size;
    }

    /** Where the visible entries begin. */
    public int base() {
        return base;
    }

    /** What was carried here. */
    public @Nullable Hold carried() {
        return carried;
    }

    /** All that this thread holds, to be carried to another one. */
    public @Nullable Hold capture() {
        Hold innermost = carried;
        for (int i = base; i < size; i++) {
            Hold known = made[i];
            Object resource = resources[i];
            if (known == null && resource != null) {
                known = new Hold(resource, firstOnly[i], innermost);
                made[i] = known;
            }
            innermost = known;
        }
        return innermost;
    }

    /** The thread is part of what holds this, and of nothing else. */
    public void carry(@Nullable Hold hold) {
        carried = hold;
        base = size;
    }

    /** Puts the thread back to where it was. What it has entered since has ended. */
    public void restore(int oldSize, int oldBase, @Nullable Hold oldCarried) {
        base = oldBase;
        carried = oldCarried;
        if (size > oldSize) {
            release(oldSize);
        }
    }

    private void release(int oldSize) {
        int newer = size;
        size = oldSize;
        for (int i = oldSize; i < newer; i++) {
            resources[i] = null;
            Hold ended = made[i];
            if (ended != null) {
                made[i] = null;
                ended.end();
            }
        }
    }
}
