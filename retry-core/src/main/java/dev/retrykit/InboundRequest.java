package dev.retrykit;

import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.Scope;
import dev.retrykit.internal.engine.CallFrame;
import dev.retrykit.internal.report.RequestStops;
import java.util.List;

/**
 * A request that came from outside of this process, such as an HTTP request. Calls that begin in its {@linkplain #enter
 * scope} report to it how they ended. The failure alone does not tell that: an exception instance may be shared by calls
 * of other requests. Thread-safe.
 */
public final class InboundRequest {

    private final RequestStops stops = new RequestStops();

    /** Creates a request that begins now. */
    public InboundRequest() {}

    /** Begins a scope on this thread. Close it on this thread, and the last opened scope first. */
    public Scope enter() {
        return CallFrame.current().enterFor(stops);
    }

    /**
     * How calls of this request ended with a failure, or with one in its cause chain. A call on a thread that does not know
     * its request is found by what is attached to the failure, if the call ended after this request began.
     */
    public List<RetryStopped> stops(Throwable failure) {
        return stops.of(failure);
    }
}
