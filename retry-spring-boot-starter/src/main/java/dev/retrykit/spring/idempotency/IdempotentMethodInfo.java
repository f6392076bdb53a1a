package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.springframework.util.function.SingletonSupplier;

/** What is known of an idempotent method and of its calls, which decides what can be guaranteed. */
public final class IdempotentMethodInfo {

    private final String name;
    private final SingletonSupplier<Boolean> fenced;
    private final SingletonSupplier<ClaimTimings> terms;
    private final LongAdder executed = new LongAdder();
    private final LongAdder unfenced = new LongAdder();

    /**
     * Of a method that wasn't called yet.
     *
     * @param name for people
     * @param onThread whether it has done its work when it returns
     * @param ttl how long its answers are kept; null if its annotation doesn't say
     */
    public IdempotentMethodInfo(
            String name, boolean onThread, @Nullable Duration ttl, IdempotencyRules rules, IdempotencyStore store) {
        this.name = name;
        this.fenced = SingletonSupplier.of(() -> onThread && store.fencesTransactions());
        this.terms = SingletonSupplier.of(() -> rules.terms(ttl, isFenced()));
    }

    /** The method's name. */
    public String name() {
        return name;
    }

    /** How long things last for its keys; once all beans are there. */
    public ClaimTimings terms() {
        return terms.obtain();
    }

    private boolean isFenced() {
        return fenced.obtain();
    }

    /** It was carried out, and had the effect that it is there for. */
    public void executed(ActiveClaim claim) {
        executed.increment();
        if (!claim.isTied()) {
            unfenced.increment();
        }
    }

    /** How often it was carried out. */
    public long executed() {
        return executed.sum();
    }

    /**
     * How often it was carried out without a transaction of its thread, or repeated one that was committed together with
     * its claim.
     */
    public long unfenced() {
        return unfenced.sum();
    }

    /**
     * What holds for it. What the store fences is rerun after a crash, so calls that had their effect without a transaction
     * show that there is an effect which it doesn't fence; and who repeats what was committed has it more than once.
     */
    public Guarantee guarantee() {
        if (isFenced()) {
            return unfenced() == 0 ? Guarantee.EXACTLY_ONCE : Guarantee.AT_LEAST_ONCE;
        }
        return terms().grace().isZero() ? Guarantee.AT_LEAST_ONCE : Guarantee.AT_MOST_ONCE;
    }
}
