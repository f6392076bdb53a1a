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
 * How the calls of one inbound request ended. An exception cannot show that, because calls of
 * other requests may share its instance. Thread-safe.
 */
public final class RequestStops {

    /** If a request makes many calls, only the latest failures can be the one that it ends with. */
    private static final int KEPT = 32;

    /** Counts the calls that have stopped for no known request. */
    private static final AtomicLong UNKNOWN = new AtomicLong();

    private final long unknownBefore = UNKNOWN.get();

    /** Guarded by this object's lock. */
    private final Deque<Ended> ended = new ArrayDeque<>(2);

    /** How a call ended, and with which failure. */
    private record Ended(Throwable failure, RetryStopped stop) {}

    /**
     * Returns the stops of this request's calls that failed with the given failure or with one in its cause chain.
     * Calls on threads that do not know their request are found by what is attached to the failure, if they ended after
     * this request began.
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
     * Records that a call has ended with a failure, and attaches the stop to that failure.
     *
     * @param request the inbound request of the call; null if it is not known
     */
    public static void tell(@Nullable RequestStops request, Throwable failure, RetryStopped stopped) {
        if (request != null) {
            request.note(failure, stopped);
        }
        SuppressedFailures.addOnce(failure, stopped);
    }

    /** If several calls of one policy ended with one failure, the last one counts. */
    @SuppressWarnings("ReferenceEquality")
    private synchronized void note(Throwable failure, RetryStopped stop) {
        ended.removeIf(each -> each.failure == failure && each.stop.policy().equals(stop.policy()));
        if (ended.size() == KEPT) {
            ended.removeFirst();
        }
        ended.addLast(new Ended(failure, stop));
    }
}
