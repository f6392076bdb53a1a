package dev.retrykit.spring.idempotency.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Stores the state of idempotency keys. Each method is one atomic step, and all times are measured by the store's own
 * clock.
 *
 * <p>Every method may throw a {@link RuntimeException} if the store is unavailable; then it is unknown whether the step
 * was executed.
 */
public interface IdempotencyStore {

    /** Returns the kind of store, for reports: {@code memory}, {@code jdbc}, {@code redis}. */
    String name();

    /**
     * Prepares the store once at startup. Must not fail because the store is not reachable yet: it is contacted again
     * in the background.
     */
    default void prepare() {}

    /**
     * Claims a key that is free, whose record has expired, or whose holder's lease has been over for the grace time of
     * the request, if the fingerprint is the same. Otherwise returns the stored state and changes nothing.
     *
     * @throws StoreFullException if there is no room for another key
     */
    StoredState claim(ClaimRequest request);

    /**
     * Extends the lease of a claim, even if the lease is over and no other holder has taken over the claim.
     *
     * @return whether this holder still has the claim
     */
    boolean renew(Claim claim, Duration lease);

    /**
     * Ends a claim after its call was executed. A holder that does not know whether the step succeeded repeats it,
     * which changes nothing if it did.
     *
     * @param answer the response to store; null if none is stored
     * @param keep how long to store the response, or the fact that there was one
     * @return whether this holder still had the claim, unfinished or completed by it before
     */
    boolean complete(Claim claim, @Nullable Answer answer, Duration keep);

    /**
     * Releases a claim whose call had no effect as far as the holder knows. The store may know of an effect.
     *
     * @param keep how long to store that there was an effect after all
     */
    Release release(Claim claim, Duration keep);

    /**
     * Ends the lease of an unfinished claim of this holder, because the holder will not learn the outcome. A store that
     * does nothing lets the lease run out.
     */
    default void abandon(Claim claim) {}

    /**
     * Removes a key whose lease is over, whatever its state: for operators who know the outcome of the call.
     *
     * @param id the hash of the key
     * @return whether there was such a key
     */
    boolean free(String id);

    /**
     * Whether a read-write transaction on a holder's thread commits only together with its claim. Then the store knows
     * whether a holder that has disappeared had an effect.
     */
    default boolean fencesTransactions() {
        return false;
    }

    /**
     * Whether the next step ends within about two seconds on its own, whatever happens to the store. While such a store
     * responds quickly, it is used on the caller's own thread.
     */
    default boolean boundsItself() {
        return false;
    }

    /**
     * Whether the next step must run on the calling thread, because that holds a resource the store needs. A store with
     * such steps bounds their time itself. Other steps run on another thread.
     *
     * @throws IllegalStateException if the thread would wait for a resource that it holds itself; then the store is not
     *     used
     */
    default boolean isThreadBound() {
        return false;
    }

    /** Removes expired records, if the store does not do so on its own. */
    default void purge() {}

    /** The result of releasing a claim. */
    enum Release {

        /** The key is free. */
        FREED,

        /** There was an effect: the key is kept as {@link StoredState.State#PARTIAL}. */
        EFFECT,

        /** This holder no longer had the claim. */
        LOST
    }
}
