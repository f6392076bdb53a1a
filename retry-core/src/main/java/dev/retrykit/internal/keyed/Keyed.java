package dev.retrykit.internal.keyed;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * One value per key, for a bounded number of keys. A value that was not used for the idle time is evicted; keys beyond
 * the limit share one value, and get their own once there is room. Thread-safe.
 *
 * <p>Using the value of a key is a lookup and a comparison, without a lock: a use is noted only if the last note is
 * older than a sixteenth of the idle time. Everything else happens on one thread at a time, when a key without a value
 * is used, or when all values are requested. Then all keys are scanned, at most once per sixteenth of the idle time:
 * the cost of a flood of new keys does not multiply with the number of existing keys, and while there is no room for
 * them, they take no lock in between. So a new key evicts values that were not used for the idle time, or up to an
 * eighth longer.
 *
 * <p>A thread that uses a value at the very moment of its eviction keeps it for that use, while the next use gets a new
 * value. This loses nothing but state that would have been forgotten anyway.
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
     * Creates an empty map.
     *
     * @param maker creates the value of a key; must be fast and must not use this object
     * @param shared the value of all keys beyond the limit
     * @param maxKeys how many keys may have their own value, 1 or more
     * @param idleNanos the idle time, in nanoseconds, 16 or more, and at most half of {@link Long#MAX_VALUE}
     * @param nowNanos a reading of the clock
     */
    public Keyed(Function<String, T> maker, T shared, int maxKeys, long idleNanos, long nowNanos) {
        this.maker = maker;
        this.shared = shared;
        limit(maxKeys, idleNanos, nowNanos);
    }

    /**
     * Changes the limits. Keys beyond a smaller number keep their values until these are idle. The idle time of all
     * values starts anew, because notes of earlier uses may be too coarse for a shorter one.
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
     * Returns the value of the key.
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

    /** The value of all keys beyond the limit. */
    public T shared() {
        return shared;
    }

    /**
     * Returns each key that has its own value and is not idle, with the value. Includes all values created before this
     * returns, and none whose creation starts later.
     *
     * @param nowNanos a reading of the clock
     */
    public synchronized Map<String, T> all(long nowNanos) {
        evictIdle(nowNanos);
        Map<String, T> all = new LinkedHashMap<>();
        entries.forEach((key, entry) -> all.put(key, entry.value));
        return all;
    }

    /** The number of keys that have their own value. */
    public int size() {
        return entries.size();
    }

    /** Whether there is no room for a new key, and it is too early to scan for idle values. */
    private boolean isFullFor(long nowNanos) {
        return entries.size() >= maxKeys && nowNanos - nextSweep < 0;
    }

    /** The key itself may have taken the last room since the lookup. */
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
