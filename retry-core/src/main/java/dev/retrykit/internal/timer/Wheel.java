package dev.retrykit.internal.timer;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Entries by time, in a hierarchy of slots: 256 of one tick each, then four levels of 64, each slot of which is as long
 * as the level below. A slot is moved to the level below when its time begins. Linking and unlinking take constant
 * time. An entry that is due beyond all levels waits in the last slot, and is linked again from there.
 *
 * <p>Used by one thread. Times are nanoseconds from zero on and never overflow.
 */
final class Wheel {

    static final long TICK_NANOS = 1_000_000;

    /** Later than any time. */
    static final long NEVER = Long.MAX_VALUE - 1;

    static final long LATEST = NEVER - 1;

    private static final int FIRST_BITS = 8;
    private static final int FIRST_SIZE = 1 << FIRST_BITS;
    private static final int BITS = 6;
    private static final int SIZE = 1 << BITS;
    private static final int UPPER_LEVELS = 4;

    /** More slots than exist, and without overflow in ticks. */
    private static final int FAR = Integer.MAX_VALUE;

    private static final long REACH = 1L << (FIRST_BITS + UPPER_LEVELS * BITS);

    /** Entries move to slots with lower numbers, except those beyond all levels, at a {@link #lastTurn}. */
    static final int SLOTS = FIRST_SIZE + UPPER_LEVELS * SIZE;

    private final @Nullable TimerEntry[] slots = new @Nullable TimerEntry[SLOTS];

    /** One bit for each slot, set if it is not empty. */
    private final long[] occupied = new long[slots.length / Long.SIZE];

    /** All slots up to this one are done. */
    private long tick;

    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    /** A time after another one, at once if the delay is zero or less, limited to {@link #LATEST}. */
    static long after(long nanos, long delayNanos) {
        return delayNanos >= LATEST - nanos ? LATEST : nanos + Math.max(0, delayNanos);
    }

    /** Puts an entry into the slot of its time. The entry is in no slot, and its time is not over. */
    void link(TimerEntry entry, long whenNanos) {
        long due = whenNanos / TICK_NANOS + (whenNanos % TICK_NANOS == 0 ? 0 : 1);
        put(entry, slotOf(Math.min(Math.max(due, tick), tick + REACH - 1)));
    }

    private int slotOf(long due) {
        long distance = due - tick;
        if (distance < FIRST_SIZE) {
            return (int) (due & (FIRST_SIZE - 1));
        }
        int level = 0;
        while (distance >= 1L << shift(level + 1)) {
            level++;
        }
        return first(level) + (int) (due >> shift(level) & (SIZE - 1));
    }

    /** The number of bits of a tick below those that select the slot of an upper level. */
    private static int shift(int level) {
        return FIRST_BITS + level * BITS;
    }

    private static int first(int level) {
        return FIRST_SIZE + level * SIZE;
    }

    private void put(TimerEntry entry, int slot) {
        TimerEntry head = slots[slot];
        entry.slot = slot;
        entry.previous = null;
        entry.next = head;
        if (head != null) {
            head.previous = entry;
        }
        slots[slot] = entry;
        occupied[slot / Long.SIZE] |= 1L << slot;
        size++;
    }

    /** Removes an entry if it is linked. */
    void unlink(TimerEntry entry) {
        int slot = entry.slot;
        if (slot == TimerEntry.NOWHERE) {
            return;
        }
        TimerEntry previous = entry.previous;
        TimerEntry next = entry.next;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            slots[slot] = next;
            if (next == null) {
                occupied[slot / Long.SIZE] &= ~(1L << slot);
            }
        }
        entry.previous = null;
        entry.next = null;
        entry.slot = TimerEntry.NOWHERE;
        size--;
    }

    /**
     * Shows the entries of a slot, from the mark on if that is in the slot. If there are more, the mark is put where
     * the next call continues; otherwise it is in no slot. Entries, including the mark, may be moved or removed between
     * two calls.
     *
     * @return the number of entries shown
     */
    int show(int slot, TimerEntry mark, int most, Consumer<? super TimerEntry> viewer) {
        TimerEntry entry = mark.slot == slot ? mark.next : slots[slot];
        unlink(mark);
        int shown = 0;
        TimerEntry last = null;
        for (; entry != null && shown < most; entry = entry.next) {
            viewer.accept(entry);
            last = entry;
            shown++;
        }
        if (entry != null && last != null) {
            putBetween(last, mark, entry);
        }
        return shown;
    }

    private void putBetween(TimerEntry before, TimerEntry entry, TimerEntry after) {
        entry.slot = before.slot;
        entry.previous = before;
        entry.next = after;
        before.next = entry;
        after.previous = entry;
        size++;
    }

    /** How often the last slot of the last level has begun. */
    long lastTurn() {
        return tick >> shift(UPPER_LEVELS - 1);
    }

    /** Fires all entries that are due. */
    void advance(long nowNanos) {
        long target = nowNanos / TICK_NANOS;
        while (tick < target) {
            tick = Math.min(target, nextTick());
            if ((tick & (FIRST_SIZE - 1)) == 0) {
                moveDown();
            }
            fire((int) (tick & (FIRST_SIZE - 1)), nowNanos);
        }
    }

    /** The first occupied slot from a slot on, or the end. */
    private int nextOccupied(int from, int end) {
        int slot = from;
        while (slot < end) {
            long rest = occupied[slot / Long.SIZE] >>> slot;
            if (rest != 0) {
                return slot + Long.numberOfTrailingZeros(rest);
            }
            slot = (slot / Long.SIZE + 1) * Long.SIZE;
        }
        return end;
    }

    private void moveDown() {
        for (int level = 0; level < UPPER_LEVELS; level++) {
            int index = (int) (tick >> shift(level) & (SIZE - 1));
            TimerEntry entry = takeAll(first(level) + index);
            while (entry != null) {
                TimerEntry next = entry.next;
                entry.next = null;
                entry.previous = null;
                entry.slot = TimerEntry.NOWHERE;
                size--;
                relink(entry);
                entry = next;
            }
            if (index != 0) {
                return;
            }
        }
    }

    private @Nullable TimerEntry takeAll(int slot) {
        TimerEntry head = slots[slot];
        slots[slot] = null;
        occupied[slot / Long.SIZE] &= ~(1L << slot);
        return head;
    }

    /** Its time may have been changed meanwhile; then the timer is about to process it again. */
    private void relink(TimerEntry entry) {
        long when = entry.when;
        if (when < NEVER) {
            link(entry, when);
        }
    }

    private void fire(int slot, long nowNanos) {
        for (TimerEntry entry = slots[slot]; entry != null; entry = slots[slot]) {
            unlink(entry);
            if (entry.when <= nowNanos) {
                fire(entry);
            } else {
                relink(entry);
            }
        }
    }

    static void fire(TimerEntry entry) {
        try {
            entry.fire();
        } catch (Throwable broken) {
            // the timer and all other waiting entries continue
        }
    }

    /** When it next has something to do: to fire, or to move a slot down; {@link #NEVER} if it is empty. */
    long nextNanos() {
        long next = nextTick();
        return next > (NEVER - 1) / TICK_NANOS ? NEVER : next * TICK_NANOS;
    }

    private long nextTick() {
        if (size == 0) {
            return NEVER;
        }
        int own = (int) (tick & (FIRST_SIZE - 1));
        long next = tick + distance(own, 0, FIRST_SIZE);
        for (int level = 0; level < UPPER_LEVELS; level++) {
            long turn = tick >> shift(level);
            long turns = distance((int) (turn & (SIZE - 1)), first(level), SIZE);
            next = Math.min(next, turn + turns << shift(level));
        }
        return next;
    }

    /**
     * The number of slots in a ring to the next occupied one, with the own slot last; {@link #FAR} if all are empty.
     */
    private int distance(int own, int first, int length) {
        int slot = nextOccupied(first + own + 1, first + length);
        if (slot < first + length) {
            return slot - first - own;
        }
        slot = nextOccupied(first, first + own + 1);
        return slot <= first + own ? slot - first + length - own : FAR;
    }
}
