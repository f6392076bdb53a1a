package dev.retrykit.spring.idempotency.store;

import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Stores keys in the memory of this process; other instances, and this one after a restart, do not know them. A full
 * store accepts no further key and never drops one. A scope can hold at most as many keys as are free, so that the
 * first scope can take half of all keys, the next one a quarter, and none can displace all others.
 */
public final class MemoryStore implements IdempotencyStore {

    private static final long BETWEEN_PURGES = Duration.ofSeconds(1).toNanos();

    private final ConcurrentHashMap<String, Kept> byId = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Integer> keysByScope = new ConcurrentHashMap<>();
    private final AtomicInteger keys = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong lastPurge;
    private final TimeSource time;
    private final int mostKeys;
    private final long mostBytes;

    /**
     * Creates an empty store.
     *
     * @param mostKeys the maximum number of keys
     * @param mostBytes the maximum number of bytes of all responses; a response beyond it is not stored
     */
    public MemoryStore(TimeSource time, int mostKeys, long mostBytes) {
        this.time = time;
        this.lastPurge = new AtomicLong(time.nanoTime());
        this.mostKeys = mostKeys;
        this.mostBytes = mostBytes;
    }

    /**
     * The state of a key. Ends are in nanoseconds of the clock.
     *
     * @param owner the owner of the claim
     * @param scope the owner of the key
     * @param done whether the call was executed
     * @param answer the response, if it is stored
     */
    private record Kept(
            String owner,
            String scope,
            String fingerprint,
            boolean done,
            long leaseEnd,
            long end,
            byte @Nullable [] answer) {

        int size() {
            return answer == null ? 0 : answer.length;
        }

        boolean isOwn(Claim claim) {
            return !done && owner.equals(claim.owner());
        }

        Kept until(long leaseEnd, long end) {
            return new Kept(owner, scope, fingerprint, false, leaseEnd, end, null);
        }
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public StoredState claim(ClaimRequest request) {
        long now = time.nanoTime();
        if (held(request.scope()) >= mostKeys - keys.get()) {
            purgeAtTimes(now);
        }
        StoredState[] found = new StoredState[1];
        byId.compute(request.claim().id(), (id, kept) -> {
            found[0] = kept == null || isOver(kept, now) ? null : found(kept, request, now);
            if (found[0] != null) {
                return kept;
            }
            found[0] = StoredState.claimed(request.fingerprint());
            return claimed(kept, request, now);
        });
        return found[0];
    }

    private Kept claimed(@Nullable Kept before, ClaimRequest request, long now) {
        if (before == null) {
            takePlace(request.scope());
        } else {
            bytes.addAndGet(-before.size());
        }
        long leaseEnd = now + request.lease().toNanos();
        return new Kept(
                request.claim().owner(),
                request.scope(),
                request.fingerprint(),
                false,
                leaseEnd,
                leaseEnd + request.keep().toNanos(),
                null);
    }

    private int held(String scope) {
        return keysByScope.getOrDefault(scope, 0);
    }

    private void takePlace(String scope) {
        int held = held(scope);
        int free = mostKeys - keys.getAndIncrement();
        if (held >= free) {
            keys.decrementAndGet();
            throw full(held, free);
        }
        keysByScope.merge(scope, 1, Integer::sum);
    }

    private StoreFullException full(int held, int free) {
        String limit = "retrykit.idempotency.memory.max-keys = " + mostKeys;
        String remedy = " Raise it, shorten retrykit.idempotency.ttl, or store keys in a database or in Redis.";
        return new StoreFullException(
                free <= 0
                        ? "There is no room for another idempotency key in memory: " + limit + "." + remedy
                        : "One scope (a caller, a method, or the value of @Idempotent(scope)) holds " + held
                                + " idempotency keys in memory, and may hold at most as many as are free (" + free
                                + "): " + limit + "." + remedy);
    }

    private static boolean isOver(Kept kept, long now) {
        return kept.end() - now < 0 && (kept.done() || kept.leaseEnd() - now < 0);
    }

    /** Returns the stored state; null if the claim may be taken over. */
    private static @Nullable StoredState found(Kept kept, ClaimRequest request, long now) {
        if (kept.done()) {
            byte[] answer = kept.answer();
            return StoredState.done(kept.fingerprint(), answer == null ? null : Answer.of(answer));
        }
        long left = kept.leaseEnd() - now;
        if (left >= 0) {
            return StoredState.inFlight(kept.fingerprint(), Duration.ofNanos(left));
        }
        boolean taken = kept.fingerprint().equals(request.fingerprint())
                && -left >= request.grace().toNanos();
        return taken ? null : StoredState.unknown(kept.fingerprint());
    }

    @Override
    public boolean renew(Claim claim, Duration lease) {
        long end = time.nanoTime() + lease.toNanos();
        Kept renewed = byId.computeIfPresent(
                claim.id(),
                (id, kept) ->
                        kept.isOwn(claim) ? kept.until(end, kept.end() + Math.max(0, end - kept.leaseEnd())) : kept);
        return renewed != null && renewed.isOwn(claim);
    }

    @Override
    public boolean complete(Claim claim, @Nullable Answer answer, Duration keep) {
        long end = time.nanoTime() + keep.toNanos();
        byte[] given = answer == null ? null : answer.toBytes();
        Kept completed = byId.computeIfPresent(
                claim.id(),
                (id, kept) -> kept.isOwn(claim)
                        ? new Kept(
                                kept.owner(),
                                kept.scope(),
                                kept.fingerprint(),
                                true,
                                kept.leaseEnd(),
                                end,
                                withinBounds(given))
                        : kept);
        return completed != null && completed.owner().equals(claim.owner());
    }

    private byte @Nullable [] withinBounds(byte @Nullable [] answer) {
        if (answer != null && bytes.addAndGet(answer.length) > mostBytes) {
            bytes.addAndGet(-answer.length);
            return null;
        }
        return answer;
    }

    @Override
    public Release release(Claim claim, Duration keep) {
        boolean[] released = new boolean[1];
        byId.computeIfPresent(claim.id(), (id, kept) -> {
            released[0] = kept.isOwn(claim);
            return released[0] ? removed(kept) : kept;
        });
        return released[0] ? Release.FREED : Release.LOST;
    }

    @Override
    public void abandon(Claim claim) {
        long over = time.nanoTime() - 1;
        byId.computeIfPresent(claim.id(), (id, kept) -> kept.isOwn(claim) ? kept.until(over, kept.end()) : kept);
    }

    private @Nullable Kept removed(Kept kept) {
        keys.decrementAndGet();
        keysByScope.computeIfPresent(kept.scope(), (scope, held) -> held == 1 ? null : held - 1);
        bytes.addAndGet(-kept.size());
        return null;
    }

    @Override
    public boolean free(String id) {
        long now = time.nanoTime();
        boolean[] freed = new boolean[1];
        byId.computeIfPresent(id, (key, kept) -> {
            freed[0] = kept.done() || kept.leaseEnd() - now < 0;
            return freed[0] ? removed(kept) : kept;
        });
        return freed[0];
    }

    /** Limits purges of a full store, because each one searches all keys. */
    private void purgeAtTimes(long now) {
        long last = lastPurge.get();
        if (now - last >= BETWEEN_PURGES && lastPurge.compareAndSet(last, now)) {
            purge();
        }
    }

    @Override
    public void purge() {
        long now = time.nanoTime();
        byId.forEach((id, kept) -> {
            if (isOver(kept, now)) {
                byId.computeIfPresent(id, (key, current) -> isOver(current, now) ? removed(current) : current);
            }
        });
    }
}
