package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.springframework.util.function.SingletonSupplier;

/** The facts about an idempotent method and its calls that determine its guarantee. */
public final class IdempotentMethodInfo {

    private final String name;
    private final SingletonSupplier<Boolean> fenced;
    private final SingletonSupplier<ClaimTimings> timings;
    private final LongAdder executed = new LongAdder();
    private final LongAdder unfenced = new LongAdder();

    /**
     * Creates the information for a method.
     *
     * @param name the name for messages
     * @param onThread whether the method has done its work when it returns
     * @param ttl how long its responses are stored; null for the configured ttl
     */
    public IdempotentMethodInfo(
            String name, boolean onThread, @Nullable Duration ttl, IdempotencyRules rules, IdempotencyStore store) {
        this.name = name;
        this.fenced = SingletonSupplier.of(() -> onThread && store.fencesTransactions());
        this.timings = SingletonSupplier.of(() -> rules.timings(ttl, isFenced()));
    }

    /** Returns the method's name. */
    public String name() {
        return name;
    }

    /** Returns the time limits for its keys. Requires that all beans have been created. */
    public ClaimTimings timings() {
        return timings.obtain();
    }

    private boolean isFenced() {
        return fenced.obtain();
    }

    /** Records that a call was executed successfully. */
    public void executed(ActiveClaim claim) {
        executed.increment();
        if (!claim.isTied()) {
            unfenced.increment();
        }
    }

    /** Returns the number of executed calls. */
    public long executed() {
        return executed.sum();
    }

    /**
     * Returns the number of calls with an effect outside the claim: those without a transaction on their thread, and
     * those that repeated a transaction committed together with its claim.
     */
    public long unfenced() {
        return unfenced.sum();
    }

    /**
     * Returns the guarantee for the method. With a store that fences transactions, a call runs again after a crash: a
     * call without a transaction shows that there is an effect outside the fence, and a call that repeats a committed
     * transaction has its effect more than once.
     */
    public Guarantee guarantee() {
        if (isFenced()) {
            return unfenced() == 0 ? Guarantee.EXACTLY_ONCE : Guarantee.AT_LEAST_ONCE;
        }
        return timings().grace().isZero() ? Guarantee.AT_LEAST_ONCE : Guarantee.AT_MOST_ONCE;
    }
}
