package dev.retrykit.internal.attempt;

import dev.retrykit.http.KeyedRequest.Outcome;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A request as its peer should see it: one, however many attempts send it. Changed under the lock of the outermost call
 * that it is part of.
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

    /** It is repeated, and its content may be another. */
    LogicalRequest with(@Nullable String newHash) {
        if (newHash != null) {
            hash = newHash;
        }
        return this;
    }

    /** It is sent. */
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

    /** Another of its kind was on its way at the same time, and nothing tells the two apart. */
    void confuse() {
        ambiguous = true;
    }

    String kind() {
        return kind;
    }

    String key() {
        return key;
    }

    /** Of its content; null if that isn't known. */
    @Nullable
    String hash() {
        return hash;
    }

    boolean isAmbiguous() {
        return ambiguous;
    }

    /** Whether its peer says that it was carried out. */
    boolean isDone() {
        return done;
    }

    /** Whether it was sent, and not certainly for nothing. */
    boolean mayHaveHappened() {
        return unknown.get() > 0;
    }
}
