package dev.retrykit.internal.keyed;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * One value per key, for a bounded number of keys. A value that wasn't used for the idle time is evicted; keys that
 * find no room share one value, and get one of their own once there is room. Thread-safe.
 *
 * <p>Using the value of a key is a look-up and a comparison, without a lock: a use is noted only if the last note is
 * older than a sixteenth of the idle time. All else happens, one thread at a time, when a key comes that has no value,
 * or when all values are asked for. Then all keys are gone through, once per such a sixteenth at most: a flood of new
 * keys doesn't multiply with the keys that are there, and while there is no room for them they take no lock in between.
 * So a new key evicts what wasn't used for the idle time, or up to an eighth longer.
 *
 * <p>A thread that uses a value at the very moment of its eviction keeps it for that use, while the next one gets a new
 * value. Nothing is lost that way but what was forgotten anyhow.
 */
public final class Keyed<T> {

    private static final int NOTES_PER_IDLE_TIME = 16;

    private final ConcurrentMap<String, Entry<T>> entries = new ConcurrentHashMap<>();
    private final Function<String, T> maker;
    private final T shared;
    private volatile int maxKeys;
    private volatile long noteNanos;
    private volatile long evictNanos;
    private volatile long nextSweep;

    /**
     * No values yet.
     *
     * @param maker makes the value of a key, quickly; it must not use this object
     * @param shared the value of all keys that find no room
     * @param maxKeys how many keys may have a value of their own, 1 or more
     * @param idleNanos the idle time, in nanoseconds, 16 or more, and no more than half of what a {@code long} holds
     * @param nowNanos a reading of the clock
     */
    public Keyed(Function<String, T> maker, T shared, int maxKeys, long idleNanos, long nowNanos) {
        this.maker = maker;
        this.shared = shared;
        limit(maxKeys, idleNanos, nowNanos);
    }

    /**
     * Takes other limits from now on. Keys beyond a smaller number keep their values until these are idle. The idle time
     * of all values begins anew: notes of earlier uses may be too coarse for a shorter one.
     *
     * @param maxKeys as in the constructor
     * @param idleNanos as in the constructor
     * @param nowNanos a reading of the clock
     */
    public synchronized void limit(int maxKeys, long idleNanos, long nowNanos) {
        long note = idleNanos / NOTES_PER_IDLE_TIME;
        this.maxKeys = maxKeys;
        this.noteNanos = note;
        this.evictNanos = idleNanos + note;
        this.nextSweep = nowNanos;
        entries.values().forEach(entry -> entry.lastNote = nowNanos);
    }

    /**
     * The value of the key.
     *
     * @param nowNanos a reading of the clock
     * @throws NullPointerException if the key is null
     */
    public T get(String key, long nowNanos) {
        Entry<T> entry = entries.get(Objects.requireNonNull(key, "key"));
        if (entry == null) {
            return isFullFor(nowNanos) ? ownOrShared(key) : add(key, nowNanos);
        }
        if (nowNanos - entry.lastNote >= noteNanos) {
            entry.lastNote = nowNanos;
        }
        return entry.value;
    }

    /** The value of all keys that find no room. */
    public T shared() {
        return shared;
    }

    /**
     * Each key that has a value of its own and isn't idle, and the value: of all that were made when this returns, and of
     * none whose making begins later.
     *
     * @param nowNanos a reading of the clock
     */
    public synchronized Map<String, T> all(long nowNanos) {
        evictIdle(nowNanos);
        Map<String, T> all = new LinkedHashMap<>();
        entries.forEach((key, entry) -> all.put(key, entry.value));
        return all;
    }

    /** How many keys have a value of their own. */
    public int size() {
        return entries.size();
    }

    /** Whether there is no room for a new key, and it isn't time yet to look for what is idle. */
    private boolean isFullFor(long nowNanos) {
        return entries.size() >= maxKeys && nowNanos - nextSweep < 0;
    }

    /** The key itself may have taken the last room since it was looked for. */
    private T ownOrShared(String key) {
        Entry<T> entry = entries.get(key);
        return entry == null ? shared : entry.value;
    }

    private synchronized T add(String key, long nowNanos) {
        evictIdle(nowNanos);
        Entry<T> another = entries.get(key);
        if (another != null) {
            return another.value;
        }
        if (entries.size() >= maxKeys) {
            return shared;
        }
        T value = maker.apply(key);
        entries.put(key, new Entry<>(value, nowNanos));
        return value;
    }

    private void evictIdle(long nowNanos) {
        if (nowNanos - nextSweep >= 0) {
            nextSweep = nowNanos + noteNanos;
            entries.values().removeIf(entry -> nowNanos - entry.lastNote >= evictNanos);
        }
    }

    private static final class Entry<T> {

        final T value;
        volatile long lastNote;

        Entry(T value, long nowNanos) {
            this.value = value;
            this.lastNote = nowNanos;
        }
    }
}
