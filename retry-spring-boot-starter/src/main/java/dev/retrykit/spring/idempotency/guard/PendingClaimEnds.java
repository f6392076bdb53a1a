package dev.retrykit.spring.idempotency.guard;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjIntConsumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Holds ends of claims in memory until the store can record them. The memory and the time are bounded. */
final class PendingClaimEnds {

    private static final Log LOG = LogFactory.getLog(PendingClaimEnds.class);

    private static final int TRIES = 30;

    /** Interval between tries, and so the maximum time after which a recovered store has recorded an end. */
    static final Duration BETWEEN_TRIES = Duration.ofSeconds(2);

    private static final int MOST = 10_000;
    private static final long MOST_BYTES = 32 << 20;
    private static final int CLOSING_MILLIS = 2_000;

    private static final String CONSEQUENCE =
            " Repeats get 409 for the time set by retrykit.idempotency.hold-for, or run again: with"
                    + " the JDBC store if no transaction was committed, with other stores if"
                    + " retrykit.idempotency.on-crash is rerun. Determine the outcome of the call, then free"
                    + " the key with DELETE"
                    + " /actuator/retry/idempotency/{hash}";

    private final ClaimMaintenance upkeep;
    private final ObjIntConsumer<ClaimEnd> retry;
    private final Map<String, ClaimEnd> ofCalls = new ConcurrentHashMap<>();
    private final Set<ClaimEnd> waiting = new HashSet<>(); // guarded by this object's lock
    private long bytes; // guarded by this object's lock
    private boolean closed; // guarded by this object's lock
    private volatile boolean isOver;

    /**
     * Creates an empty collection.
     *
     * @param retry updates the store again, with the number of remaining tries
     */
    PendingClaimEnds(ClaimMaintenance upkeep, ObjIntConsumer<ClaimEnd> retry) {
        this.upkeep = upkeep;
        this.retry = retry;
    }

    /** Whether a call with the key has ended and the store has yet to record it. */
    boolean isAboutToTell(String id) {
        return ofCalls.containsKey(id);
    }

    /**
     * Adds an end whose caller no longer waits. Beyond the limits the response is dropped, or the whole end.
     *
     * @return whether the store will be updated
     */
    boolean add(ClaimEnd end) {
        synchronized (this) {
            if (!end.late()) {
                return true;
            }
            waiting.add(end);
            bytes += end.bytes();
            if (end.isOfCall()) {
                ofCalls.put(end.id(), end);
            }
            if (!closed && waiting.size() <= MOST && bytes <= MOST_BYTES) {
                return true;
            }
            bytes -= end.bytes();
            end.dropAnswer();
        }
        return isKeptWithoutAnswer(end);
    }

    private boolean isKeptWithoutAnswer(ClaimEnd end) {
        String obstacle = obstacle();
        if (obstacle == null) {
            upkeep.warn(
                    "The response for the idempotency key " + end.id() + " is not stored: responses of " + MOST_BYTES
                            + " bytes already wait for the store, which is the limit. Repeats get 409",
                    null);
            return true;
        }
        remove(end);
        upkeep.warn(
                "The store does not record the outcome for the idempotency key " + end.id() + ": " + obstacle + "."
                        + CONSEQUENCE,
                null);
        return false;
    }

    /** Returns why the store cannot be updated later; null if it can. */
    private synchronized @Nullable String obstacle() {
        if (closed) {
            return "the application is shutting down";
        }
        return waiting.size() > MOST ? MOST + " keys already wait for it, which is the limit" : null;
    }

    /** Removes an end that the store has recorded or never will. */
    void remove(ClaimEnd end) {
        if (end.known()) {
            synchronized (this) {
                waiting.remove(end);
                bytes -= end.bytes();
            }
            ofCalls.remove(end.id(), end);
        }
    }

    /** Keeps an end whose first try failed, and retries it for one minute. */
    void failed(ClaimEnd end, @Nullable Throwable down) {
        if (add(end)) {
            upkeep.warn(
                    "The outcome for the idempotency key " + end.id() + " could not be stored; this is retried for "
                            + BETWEEN_TRIES.multipliedBy(TRIES).toSeconds() + " s",
                    down);
            again(end, TRIES);
        }
    }

    /** Updates the store soon, and retries for one minute if that fails. */
    void later(ClaimEnd end) {
        if (add(end)) {
            again(end, TRIES);
        }
    }

    /** Schedules the next try after a failed one. */
    void failedAgain(ClaimEnd end, int triesLeft, @Nullable Throwable down) {
        if (triesLeft > 0) {
            again(end, triesLeft);
        } else {
            remove(end);
            upkeep.warn(
                    "The store could not record the outcome for the idempotency key " + end.id() + "." + CONSEQUENCE,
                    down);
        }
    }

    /** Updates the store again, after a try that may have succeeded although its response was lost. */
    boolean takeAgain(ClaimEnd end) {
        boolean own = end.take();
        remove(end);
        if (!own) {
            end.refusedAgain();
        }
        return own;
    }

    private void again(ClaimEnd end, int triesLeft) {
        upkeep.after(BETWEEN_TRIES, () -> retry.accept(end, triesLeft - 1));
    }

    /** Updates the store for up to two seconds during shutdown, and logs how many ends it did not record. */
    void close(Executor threads) {
        synchronized (this) {
            closed = true;
        }
        List<ClaimEnd> ends = waiting();
        CountDownLatch tried = new CountDownLatch(ends.size());
        ends.forEach(end -> threads.execute(() -> {
            takeAtEnd(end);
            tried.countDown();
        }));
        awaitAll(tried);
        isOver = true;
        List<ClaimEnd> untold = waiting();
        if (!untold.isEmpty()) {
            LOG.warn("The application is shutting down, and the store did not record the outcomes of " + untold.size()
                    + " idempotency keys, for example " + untold.get(0).id() + "." + CONSEQUENCE);
            untold.forEach(this::remove);
        }
    }

    private synchronized List<ClaimEnd> waiting() {
        return List.copyOf(waiting);
    }

    private void takeAtEnd(ClaimEnd end) {
        if (isOver) {
            return;
        }
        try {
            takeAgain(end);
        } catch (RuntimeException | Error down) {
            LOG.debug("The outcome for the idempotency key " + end.id() + " could not be stored", down);
        }
    }

    private static void awaitAll(CountDownLatch tried) {
        try {
            tried.await(CLOSING_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
