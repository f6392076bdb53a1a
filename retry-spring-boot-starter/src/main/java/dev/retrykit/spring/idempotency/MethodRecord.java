package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import java.util.concurrent.atomic.LongAdder;

/** What is known of an idempotent method's calls, which decides what can be guaranteed. */
public final class MethodRecord {

    private final String name;
    private final boolean onThread;
    private final boolean reruns;
    private final IdempotencyStore store;
    private final LongAdder executed = new LongAdder();
    private final LongAdder unfenced = new LongAdder();

    /**
     * Of a method that wasn't called yet.
     *
     * @param name for people
     * @param onThread whether it has done its work when it returns
     * @param reruns whether a repeat after a crash runs again where the store doesn't know
     */
    public MethodRecord(String name, boolean onThread, boolean reruns, IdempotencyStore store) {
        this.name = name;
        this.onThread = onThread;
        this.reruns = reruns;
        this.store = store;
    }

    /** The method's name. */
    public String name() {
        return name;
    }

    /** Whether its transactions are committed only together with their claims. */
    public boolean isFenced() {
        return onThread && store.fencesTransactions();
    }

    /** It was carried out. */
    public void executed(HeldClaim claim) {
        executed.increment();
        if (!claim.isFenced()) {
            unfenced.increment();
        }
    }

    /** How often it was carried out. */
    public long executed() {
        return executed.sum();
    }

    /** How often it was carried out without any transaction that was committed together with its claim. */
    public long unfenced() {
        return unfenced.sum();
    }

    /**
     * What holds for it. What the store fences is rerun after a crash, so calls that had their effect without a transaction
     * show that there is an effect which it doesn't fence.
     */
    public Guarantee guarantee() {
        if (!isFenced()) {
            return reruns ? Guarantee.AT_LEAST_ONCE : Guarantee.AT_MOST_ONCE;
        }
        return unfenced() == 0 ? Guarantee.EXACTLY_ONCE : Guarantee.AT_LEAST_ONCE;
    }
}
