package dev.retrykit.spring.idempotency.store;

import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps keys in this process alone: another instance, and this one after a restart, know nothing of them. When it is full
 * it takes no further key, rather than forget one.
 */
public final class MemoryStore implements IdempotencyStore {

    private static final long BETWEEN_PURGES = Duration.ofSeconds(1).toNanos();

    private final ConcurrentHashMap<String, Kept> byId = new ConcurrentHashMap<>();
    private final AtomicInteger keys = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong lastPurge;
    private final TimeSource time;
    private final int mostKeys;
    private final long mostBytes;

    /**
     * An empty one.
     *
     * @param mostKeys how many keys it holds
     * @param mostBytes how many bytes of answers; an answer for which there is no room isn't kept
     */
    public MemoryStore(TimeSource time, int mostKeys, long mostBytes) {
        this.time = time;
        this.lastPurge = new AtomicLong(time.nanoTime());
        this.mostKeys = mostKeys;
        this.mostBytes = mostBytes;
    }

    /**
     * What is known about a key. Ends are in nanoseconds of the clock.
     *
     * @param owner whose claim it is
     * @param done whether it was carried out
     * @param answer the answer, if it is kept
     */
    private record Kept(
            String owner, String fingerprint, boolean done, long leaseEnd, long end, byte @Nullable [] answer) {

        int size() {
            return answer == null ? 0 : answer.length;
        }

        boolean isOwn(Claim claim) {
            return !done && owner.equals(claim.owner());
        }
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public Found claim(ClaimRequest request) {
        long now = time.nanoTime();
        if (keys.get() >= mostKeys) {
            purgeAtTimes(now);
        }
        Found[] found = new Found[1];
        byId.compute(request.claim().id(), (id, kept) -> {
            found[0] = kept == null || isOver(kept, now) ? null : found(kept, request, now);
            if (found[0] != null) {
                return kept;
            }
            found[0] = Found.claimed(request.fingerprint());
            return claimed(kept, request, now);
        });
        return found[0];
    }

    private Kept claimed(@Nullable Kept before, ClaimRequest request, long now) {
        if (before == null && keys.incrementAndGet() > mostKeys) {
            keys.decrementAndGet();
            throw new StoreFullException("There are " + mostKeys + " idempotency keys in memory, as many as"
                    + " retrykit.idempotency.memory.max-keys allows.");
        }
        if (before != null) {
            bytes.addAndGet(-before.size());
        }
        long leaseEnd = now + request.lease().toNanos();
        return new Kept(
                request.claim().owner(),
                request.fingerprint(),
                false,
                leaseEnd,
                leaseEnd + request.keep().toNanos(),
                null);
    }

    private static boolean isOver(Kept kept, long now) {
        return kept.end() - now < 0 && (kept.done() || kept.leaseEnd() - now < 0);
    }

    /** What is there; null if the claim may be taken over. */
    private static @Nullable Found found(Kept kept, ClaimRequest request, long now) {
        if (kept.done()) {
            byte[] answer = kept.answer();
            return Found.done(kept.fingerprint(), answer == null ? null : Answer.of(answer));
        }
        long left = kept.leaseEnd() - now;
        if (left >= 0) {
            return Found.inFlight(kept.fingerprint(), Duration.ofNanos(left));
        }
        boolean taken = kept.fingerprint().equals(request.fingerprint())
                && -left >= request.grace().toNanos();
        return taken ? null : Found.unknown(kept.fingerprint());
    }

    @Override
    public boolean renew(Claim claim, Duration lease) {
        long end = time.nanoTime() + lease.toNanos();
        Kept renewed = byId.computeIfPresent(
                claim.id(),
                (id, kept) -> kept.isOwn(claim)
                        ? new Kept(
                                kept.owner(),
                                kept.fingerprint(),
                                false,
                                end,
                                kept.end() + Math.max(0, end - kept.leaseEnd()),
                                null)
                        : kept);
        return renewed != null && renewed.isOwn(claim);
    }

    @Override
    public boolean complete(Claim claim, @Nullable Answer answer, Duration keep) {
        long end = time.nanoTime() + keep.toNanos();
        byte[] given = answer == null ? null : answer.toBytes();
        boolean[] done = new boolean[1];
        byId.computeIfPresent(claim.id(), (id, kept) -> {
            done[0] = kept.isOwn(claim);
            return done[0]
                    ? new Kept(kept.owner(), kept.fingerprint(), true, kept.leaseEnd(), end, withinBounds(given))
                    : kept;
        });
        return done[0];
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
        byId.computeIfPresent(
                claim.id(),
                (id, kept) -> kept.isOwn(claim)
                        ? new Kept(kept.owner(), kept.fingerprint(), false, over, kept.end(), null)
                        : kept);
    }

    private @Nullable Kept removed(Kept kept) {
        keys.decrementAndGet();
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

    /** While it is full, each request would search all of it. */
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
