package dev.retrykit.spring.idempotency;

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

/** Ends of claims that wait in memory until the store can be told of them: a bounded number of bytes, for a bounded time. */
final class PendingClaimEnds {

    private static final Log LOG = LogFactory.getLog(PendingClaimEnds.class);

    private static final int TRIES = 30;

    /** How long it takes at most until a store that answers again knows of them. */
    static final Duration BETWEEN_TRIES = Duration.ofSeconds(2);

    private static final int MOST = 10_000;
    private static final long MOST_BYTES = 32 << 20;
    private static final int CLOSING_MILLIS = 2_000;

    private static final String CONSEQUENCE =
            " Repeats get 409 for as long as retrykit.idempotency.hold-for says, or are"
                    + " carried out again: with the JDBC store if no transaction was committed, elsewhere if"
                    + " retrykit.idempotency.on-crash is rerun. Find out what became of the call, then free the key with DELETE"
                    + " /actuator/retry/idempotency/{hash}";

    private final ClaimMaintenance upkeep;
    private final ObjIntConsumer<ClaimEnd> retry;
    private final Map<String, ClaimEnd> ofCalls = new ConcurrentHashMap<>();
    private final Set<ClaimEnd> waiting = new HashSet<>(); // guarded by this
    private long bytes; // guarded by this
    private boolean closed; // guarded by this
    private volatile boolean isOver;

    /**
     * None yet.
     *
     * @param retry tells the store again; with the number of tries that remain
     */
    PendingClaimEnds(ClaimMaintenance upkeep, ObjIntConsumer<ClaimEnd> retry) {
        this.upkeep = upkeep;
        this.retry = retry;
    }

    /** Whether a call with a key has ended and the store will be told of it. */
    boolean isAboutToTell(String id) {
        return ofCalls.containsKey(id);
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
                    "The answer for the idempotency key " + end.id() + " isn't kept: answers of " + MOST_BYTES
                            + " bytes wait for the store, and no more may. Repeats get 409",
                    null);
            return true;
        }
        remove(end);
        upkeep.warn(
                "The store isn't told what became of the idempotency key " + end.id() + ": " + obstacle + "."
                        + CONSEQUENCE,
                null);
        return false;
    }

    /** Why the store can't be told later; null if it can. */
    private synchronized @Nullable String obstacle() {
        if (closed) {
            return "the application ends";
        }
        return waiting.size() > MOST ? MOST + " keys wait for it, and no more may" : null;
    }

    /** The store knows of it, or never will. */
    void remove(ClaimEnd end) {
        if (end.known()) {
            synchronized (this) {
                waiting.remove(end);
                bytes -= end.bytes();
            }
            ofCalls.remove(end.id(), end);
        }
    }

    /** The store couldn't be told at the first try: it is tried again for a minute. */
    void failed(ClaimEnd end, @Nullable Throwable down) {
        if (add(end)) {
            upkeep.warn(
                    "The store couldn't be told what became of the idempotency key " + end.id()
                            + "; it is tried again for "
                            + BETWEEN_TRIES.multipliedBy(TRIES).toSeconds() + " s",
                    down);
            again(end, TRIES);
        }
    }

    /** Tells the store soon, and again for a minute if that fails. */
    void later(ClaimEnd end) {
        if (add(end)) {
            again(end, TRIES);
        }
    }

    /** After a try that failed. */
    void failedAgain(ClaimEnd end, int triesLeft, @Nullable Throwable down) {
        if (triesLeft > 0) {
            again(end, triesLeft);
        } else {
            remove(end);
            upkeep.warn(
                    "The store never learned what became of the idempotency key " + end.id() + "." + CONSEQUENCE, down);
        }
    }

    /** Tells the store, after an earlier try that may have been taken although its answer was lost. */
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

    /** The application ends: tells the store for two seconds, and says of how many ends it was never told. */
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
            LOG.warn("The application ends, and the store wasn't told what became of " + untold.size()
                    + " idempotency keys, such as " + untold.get(0).id() + "." + CONSEQUENCE);
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
            LOG.debug("The store couldn't be told what became of the idempotency key " + end.id(), down);
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
