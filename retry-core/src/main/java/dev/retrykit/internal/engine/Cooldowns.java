package dev.retrykit.internal.engine;

import dev.retrykit.circuit.Circuit;
import dev.retrykit.time.TimeSource;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The times until which servers have asked not to be called again. A request to one call applies to all calls on the
 * same clock. A server is a host with its port or, if no host is known, the circuit of the call. Thread-safe.
 *
 * <p>A cooldown is only ever extended. It ends by itself; a success does not end it. Hosts whose time is over are
 * removed when another one is added, and the one that ends first is removed if there is no room. While there is no
 * cooldown at all, a check costs one volatile read.
 */
public final class Cooldowns {

    public static final int MOST_PEERS = 1_000;

    /** Longer times are limited to this. */
    static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final Map<TimeSource, Cooldowns> BY_CLOCK = new WeakHashMap<>();

    /** The end of each host's cooldown. Written under this object's lock. */
    private final Map<String, Long> ends = new ConcurrentHashMap<>();

    /**
     * The end of each circuit's cooldown. Weak, because a circuit references its clock, which would otherwise never be
     * released.
     */
    private final Map<Circuit, Long> circuits = Collections.synchronizedMap(new WeakHashMap<>(2));

    private volatile boolean any;

    /** Returns the cooldowns of all calls on a clock. */
    static Cooldowns of(TimeSource time) {
        synchronized (BY_CLOCK) {
            return BY_CLOCK.computeIfAbsent(time, clock -> new Cooldowns());
        }
    }

    /** The server behind a circuit has asked for a time from now on. */
    public synchronized void hear(Circuit circuit, long delayNanos, long nowNanos) {
        long asked = Math.min(delayNanos, LONGEST_NANOS);
        if (asked > leftNanos(circuit, nowNanos) && asked > 0) {
            circuits.put(circuit, nowNanos + asked);
            any = true;
        }
    }

    /** A host has asked for a time from now on. */
    public synchronized void hear(String peer, long delayNanos, long nowNanos) {
        long asked = Math.min(delayNanos, LONGEST_NANOS);
        if (asked <= leftNanos(peer, nowNanos) || asked <= 0) {
            return;
        }
        if (!ends.containsKey(peer)) {
            ends.values().removeIf(end -> end - nowNanos <= 0);
            if (ends.size() >= MOST_PEERS) {
                forgetFirst(nowNanos);
            }
        }
        ends.put(peer, nowNanos + asked);
        any = true;
    }

    private void forgetFirst(long nowNanos) {
        String first = null;
        long least = Long.MAX_VALUE;
        for (Map.Entry<String, Long> entry : ends.entrySet()) {
            long left = entry.getValue() - nowNanos;
            if (left < least) {
                least = left;
                first = entry.getKey();
            }
        }
        if (first != null) {
            ends.remove(first);
        }
    }

    /** The remaining cooldown of a host; zero or less if there is none. */
    public long leftNanos(String peer, long nowNanos) {
        return any ? leftNanos(ends.get(peer), nowNanos) : 0;
    }

    /** The remaining cooldown of the server behind a circuit; zero or less if there is none. */
    public long leftNanos(Circuit circuit, long nowNanos) {
        return any ? leftNanos(circuits.get(circuit), nowNanos) : 0;
    }

    private static long leftNanos(@Nullable Long end, long nowNanos) {
        return end == null ? 0 : end - nowNanos;
    }

    public int size() {
        return ends.size();
    }
}
