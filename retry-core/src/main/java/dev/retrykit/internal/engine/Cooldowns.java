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
 * Until when peers have asked not to be tried again: what one call was asked, all calls on its clock obey. A peer is a host
 * with its port, or where no host is known the circuit of the call. Thread-safe.
 *
 * <p>A time is only ever prolonged. It ends by itself, and no success ends it. Peers whose time is over are forgotten when
 * another one asks, and the one that ends first where more have asked than there is room for. While nobody has asked, the
 * question costs one volatile read.
 */
public final class Cooldowns {

    public static final int MOST_PEERS = 1_000;

    /** A peer that asks for more is obeyed for so long. */
    static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final Map<TimeSource, Cooldowns> BY_CLOCK = new WeakHashMap<>();

    /** When each host's ends. Written under this object's lock. */
    private final Map<String, Long> ends = new ConcurrentHashMap<>();

    /** When each circuit's ends. Weak: a circuit knows its clock, which would never be forgotten otherwise. */
    private final Map<Circuit, Long> circuits = Collections.synchronizedMap(new WeakHashMap<>(2));

    private volatile boolean any;

    /** Those of all calls on a clock. */
    static Cooldowns of(TimeSource time) {
        synchronized (BY_CLOCK) {
            return BY_CLOCK.computeIfAbsent(time, clock -> new Cooldowns());
        }
    }

    /** The peer of a circuit has asked for a time from now on. */
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

    /** For how long a host is still to be left alone; zero or less if it isn't. */
    public long leftNanos(String peer, long nowNanos) {
        return any ? leftNanos(ends.get(peer), nowNanos) : 0;
    }

    /** The same for the peer of a circuit. */
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
