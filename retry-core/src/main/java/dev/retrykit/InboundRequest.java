package dev.retrykit;

import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.Scope;
import dev.retrykit.internal.engine.CallFrame;
import dev.retrykit.internal.report.RequestStops;
import java.util.List;

/**
 * A request from outside this process, such as an HTTP request. Calls that begin in its {@linkplain #enter scope}
 * report to it how they ended. The failure alone does not identify the call, because calls of other requests may share
 * one exception instance. Thread-safe.
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
     * Returns the stops of this request's calls that failed with the given failure or with one in its cause chain.
     * Calls on a thread outside the request's scope are found by what is attached to the failure, if they ended after
     * this request began.
     */
    public List<RetryStopped> stops(Throwable failure) {
        return stops.of(failure);
    }
}
