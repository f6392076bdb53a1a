package dev.retrykit.spring.idempotency;

import java.time.Duration;
import java.util.function.ObjIntConsumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Ends of claims that wait in memory until the store can be told of them: a bounded number of bytes, for a bounded time. */
final class LateEnds {

    private static final Log LOG = LogFactory.getLog(LateEnds.class);

    private static final int TRIES = 30;
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(2);

    private static final int MOST = 10_000;
    private static final long MOST_BYTES = 32 << 20;

    private final Upkeep upkeep;
    private final ObjIntConsumer<ClaimEnd> retry;
    private int count; // guarded by this
    private long bytes; // guarded by this

    /**
     * None yet.
     *
     * @param retry tells the store again; with the number of tries that remain
     */
    LateEnds(Upkeep upkeep, ObjIntConsumer<ClaimEnd> retry) {
        this.upkeep = upkeep;
        this.retry = retry;
    }

    /**
     * Nobody waits for it any longer. Without room its answer isn't kept, or nothing of it is.
     *
     * @return whether the store is going to be told of it
     */
    boolean add(ClaimEnd end) {
        synchronized (this) {
            if (!end.late()) {
                return true;
            }
            count++;
            bytes += end.bytes();
            if (count <= MOST && bytes <= MOST_BYTES) {
                return true;
            }
            bytes -= end.bytes();
            end.dropAnswer();
        }
        return isKeptWithoutAnswer(end);
    }

    private boolean isKeptWithoutAnswer(ClaimEnd end) {
        boolean kept = waiting() <= MOST;
        if (!kept) {
            remove(end);
        }
        upkeep.warn(
                kept
                        ? "The answer for the idempotency key " + end.id() + " isn't kept: answers of " + MOST_BYTES
                                + " bytes wait for the store, and no more may. Repeats get 409"
                        : "The store isn't told what became of the idempotency key " + end.id() + ": " + MOST
                                + " keys wait for it, and no more may. Repeats get 409",
                null);
        return kept;
    }

    private synchronized int waiting() {
        return count;
    }

    /** The store knows of it, or never will. */
    void remove(ClaimEnd end) {
        if (end.known()) {
            synchronized (this) {
                count--;
                bytes -= end.bytes();
            }
        }
    }

    /** The store couldn't be told at the first try: it is tried again for a minute. */
    void failed(ClaimEnd end, @Nullable RuntimeException down) {
        upkeep.warn(
                "The store couldn't be told what became of the idempotency key " + end.id() + "; it is tried again for "
                        + BETWEEN_TRIES.multipliedBy(TRIES).toSeconds() + " s",
                down);
        later(end);
    }

    /** Tells the store soon, and again for a minute if that fails. */
    void later(ClaimEnd end) {
        if (add(end)) {
            again(end, TRIES);
        }
    }

    /** After a try that failed. */
    void failedAgain(ClaimEnd end, int triesLeft, @Nullable RuntimeException down) {
        if (triesLeft > 0) {
            again(end, triesLeft);
        } else {
            remove(end);
            upkeep.warn("The store never learned what became of the idempotency key " + end.id(), down);
        }
    }

    /** What a later try comes to says nothing: an earlier one may have been carried out although its answer was lost. */
    void taken(ClaimEnd end, boolean own) {
        remove(end);
        LOG.debug("A later step for the idempotency key " + end.id() + (own ? " was taken" : " was refused"));
    }

    private void again(ClaimEnd end, int triesLeft) {
        upkeep.after(BETWEEN_TRIES, () -> retry.accept(end, triesLeft - 1));
    }
}
