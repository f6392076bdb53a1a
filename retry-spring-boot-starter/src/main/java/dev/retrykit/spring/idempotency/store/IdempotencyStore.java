package dev.retrykit.spring.idempotency.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where it is kept what became of keys. Each method is one atomic step, and all times pass on the store's own clock.
 *
 * <p>Every method may throw a {@link RuntimeException} if the store can't be reached; then whether the step was taken isn't
 * known.
 */
public interface IdempotencyStore {

    /** What it is, for reports: {@code memory}, {@code jdbc}, {@code redis}. */
    String name();

    /** Makes ready, once, at start. A store that can't be reached yet is no reason to fail: it is asked once more, in the background. */
    default void prepare() {}

    /**
     * Claims a key that nobody has, whose record has expired, or whose holder's lease has been over for as long as the
     * request says, if the fingerprint is the same. Otherwise tells what is there and changes nothing.
     *
     * @throws StoreFullException if there is no room for another key
     */
    StoredState claim(ClaimRequest request);

    /**
     * Puts off the end of a lease, also of one that is over and that nobody took.
     *
     * @return whether the claim is still this holder's
     */
    boolean renew(Claim claim, Duration lease);

    /**
     * Ends a claim: it was carried out. A holder that didn't learn whether it was told does so again, which changes nothing if
     * it was.
     *
     * @param answer the answer to keep; null if none is
     * @param keep how long to keep it, or that there was one
     * @return whether the claim was still this holder's, and unfinished or completed by it before
     */
    boolean complete(Claim claim, @Nullable Answer answer, Duration keep);

    /**
     * Gives a claim up: it had no effect. The store may know better.
     *
     * @param keep how long to keep that there was an effect after all
     */
    Release release(Claim claim, Duration keep);

    /**
     * Ends the lease of a claim that is still this holder's and unfinished: the holder will never learn what becomes of it.
     * A store that does nothing lets the lease run out.
     */
    default void abandon(Claim claim) {}

    /**
     * Forgets a key that no lease holds, whatever is known about it: for people who know what became of it.
     *
     * @param id the hash of the key
     * @return whether there was such a key
     */
    boolean free(String id);

    /**
     * Whether a read-write transaction on a holder's thread is committed only together with its claim. Then the store knows
     * whether a holder that is gone had an effect.
     */
    default boolean fencesTransactions() {
        return false;
    }

    /**
     * Whether the next step ends within about two seconds by itself, whatever becomes of the store. While such a store answers
     * quickly, it is asked on the caller's own thread.
     */
    default boolean boundsItself() {
        return false;
    }

    /**
     * Whether the step that is taken next must be taken on the calling thread, since that holds what the store needs. A
     * store with such steps bounds their time itself. Others are taken on another thread.
     *
     * @throws IllegalStateException if the thread would wait for what it holds itself: then the store isn't asked
     */
    default boolean isThreadBound() {
        return false;
    }

    /** Removes what has expired, if the store doesn't do so by itself. */
    default void purge() {}

    /** What giving up a claim came to. */
    enum Release {

        /** The key is free. */
        FREED,

        /** There was an effect: the key is kept as {@link StoredState.State#PARTIAL}. */
        EFFECT,

        /** The claim wasn't this holder's any more. */
        LOST
    }
}
