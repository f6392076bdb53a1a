package dev.retrykit.internal.report;

import dev.retrykit.event.RetryStopped;
import dev.retrykit.failure.Causes;
import dev.retrykit.internal.decision.SuppressedFailures;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How the calls of one inbound request ended. What is attached to a failure does not tell that: an exception instance may
 * be shared by calls of other requests. Thread-safe.
 */
public final class RequestStops {

    /** Of a request that makes many calls only the latest failures can be the one it ends with. */
    private static final int KEPT = 32;

    /** Counts the calls that have stopped for no known request. */
    private static final AtomicLong UNKNOWN = new AtomicLong();

    private final long unknownBefore = UNKNOWN.get();

    /** Under this object's lock. */
    private final Deque<Ended> ended = new ArrayDeque<>(2);

    /** How a call ended, and with what. */
    private record Ended(Throwable failure, RetryStopped stop) {}

    /**
     * How calls of this request ended with a failure, or with one in its cause chain. Calls on threads that don't know their
     * request are told by what is attached to the failure, if they ended since this request began.
     */
    public List<RetryStopped> of(Throwable failure) {
        List<RetryStopped> stops = new ArrayList<>();
        for (Throwable link : Causes.chain(failure)) {
            addOwn(link, stops);
            for (Throwable attached : link.getSuppressed()) {
                if (attached instanceof RetryStopped stop && stop.ordinal() > unknownBefore) {
                    stops.add(stop);
                }
            }
        }
        return stops;
    }

    @SuppressWarnings("ReferenceEquality") // equal failures are those of other calls
    private synchronized void addOwn(Throwable failure, List<RetryStopped> stops) {
        for (Ended each : ended) {
            if (each.failure == failure) {
                stops.add(each.stop);
            }
        }
    }

    /** The ordinal of a call that ends now and was made for no known request. */
    public static long nextUnknown() {
        return UNKNOWN.incrementAndGet();
    }

    /**
     * A call has ended with a failure, to which that is attached too.
     *
     * @param request what it was made for; null if that isn't known
     */
    public static void tell(@Nullable RequestStops request, Throwable failure, RetryStopped stopped) {
        if (request != null) {
            request.note(failure, stopped);
        }
        SuppressedFailures.addOnce(failure, stopped);
    }

    /** Of several calls of one policy with one failure the last counts. */
    @SuppressWarnings("ReferenceEquality")
    private synchronized void note(Throwable failure, RetryStopped stop) {
        ended.removeIf(each -> each.failure == failure && each.stop.policy().equals(stop.policy()));
        if (ended.size() == KEPT) {
            ended.removeFirst();
        }
        ended.addLast(new Ended(failure, stop));
    }
}
