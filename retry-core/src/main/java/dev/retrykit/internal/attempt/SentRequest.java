package dev.retrykit.internal.attempt;

import dev.retrykit.http.KeyedRequest;
import org.jspecify.annotations.Nullable;

/** A request of an attempt, with the logical request that it repeats. */
final class SentRequest implements KeyedRequest {

    private final LogicalRequest request;
    private volatile @Nullable Outcome outcome;

    SentRequest(LogicalRequest request) {
        this.request = request;
        request.begin();
    }

    @Override
    public String key() {
        return request.key();
    }

    @Override
    public synchronized void ended(Outcome how) {
        if (outcome == null) {
            request.end(how);
            outcome = how;
        }
    }

    LogicalRequest request() {
        return request;
    }

    boolean hasEnded() {
        return outcome != null;
    }
}
