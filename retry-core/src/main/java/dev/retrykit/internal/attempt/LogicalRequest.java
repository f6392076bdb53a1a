package dev.retrykit.internal.attempt;

import dev.retrykit.http.KeyedRequest.Outcome;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A request as its server should see it: one, however many attempts send it. Changed under the lock of the outermost
 * call that contains it.
 */
final class LogicalRequest {

    private final String kind;
    private final String key;
    private volatile @Nullable String hash;
    private volatile boolean ambiguous;
    private volatile boolean done;
    private final AtomicInteger unknown = new AtomicInteger();

    LogicalRequest(String kind, String key, @Nullable String hash) {
        this.kind = kind;
        this.key = key;
        this.hash = hash;
    }

    /** Records that the request is repeated, possibly with different content. */
    LogicalRequest with(@Nullable String newHash) {
        if (newHash != null) {
            hash = newHash;
        }
        return this;
    }

    /** Records that the request is sent. */
    void begin() {
        unknown.incrementAndGet();
    }

    void end(Outcome outcome) {
        if (outcome == Outcome.DONE) {
            done = true;
        } else if (outcome == Outcome.NOT_DONE) {
            unknown.decrementAndGet();
        }
    }

    /** Records that another request of its kind was in flight at the same time, and cannot be told apart from it. */
    void confuse() {
        ambiguous = true;
    }

    String kind() {
        return kind;
    }

    String key() {
        return key;
    }

    /** The hash of its content; null if that is not known. */
    @Nullable
    String hash() {
        return hash;
    }

    boolean isAmbiguous() {
        return ambiguous;
    }

    /** Whether its server responded that the request was carried out. */
    boolean isDone() {
        return done;
    }

    /** Whether it was sent and may have been carried out. */
    boolean mayHaveHappened() {
        return unknown.get() > 0;
    }
}
