package dev.retrykit.budget;

import static dev.retrykit.internal.validation.Require.require;

import dev.retrykit.internal.keyed.Keyed;
import dev.retrykit.internal.validation.Require.Other;
import dev.retrykit.time.Nanos;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * Budgets with the same settings, one per key, such as a host or a region, so that a broken one does not starve the
 * others. Thread-safe; finding the budget of a known key takes no lock and allocates nothing.
 *
 * <p>The number of keys is bounded, because keys may come from outside. Keys beyond the limit share one budget, so that
 * a flood of new keys gets one reserve in total instead of one each. They get their own budget once there is room.
 *
 * <p>A new key evicts the budgets that were not used for the idle time, or up to an eighth longer. A key that comes
 * back starts with a full reserve; if the idle time is below ten minutes, the history of rarely used keys is forgotten.
 * A call that holds an evicted budget may still return its token. Granted and denied retries are counted for all keys
 * together.
 */
public final class KeyedBudgets {

    private static final int MOST_KEYS = 100_000;
    private static final int DEFAULT_MAX_KEYS = 1_000;
    private static final Duration DEFAULT_IDLE_TIME = Duration.ofMinutes(10);

    private final String name;
    private final TimeSource time;
    private final Keyed<RetryBudget> budgets;

    private KeyedBudgets(RetryBudget shared, int maxKeys, Duration idleTime) {
        require(maxKeys >= 1 && maxKeys <= MOST_KEYS, "maxKeys", "must be 1 to " + MOST_KEYS, maxKeys);
        require(
                idleTime.compareTo(shared.policy().window()) >= 0,
                "idleTime",
                "must not be below",
                new Other("window", shared.policy().window()),
                idleTime);
        this.name = shared.name();
        this.time = shared.time();
        this.budgets = new Keyed<>(key -> shared.another(), shared, maxKeys, Nanos.of(idleTime), time.nanoTime());
    }

    /**
     * Creates budgets for up to 1,000 keys, on the system clock. The idle time is 10 min, or the window if that is
     * longer.
     */
    public static KeyedBudgets of(String name, BudgetPolicy policy) {
        return of(name, policy, TimeSource.system());
    }

    /**
     * Creates budgets for up to 1,000 keys, on another clock. The idle time is 10 min, or the window if that is longer.
     */
    public static KeyedBudgets of(String name, BudgetPolicy policy, TimeSource time) {
        return of(RetryBudget.of(Objects.requireNonNull(name, "name"), policy, time));
    }

    /**
     * Creates budgets for up to 1,000 keys, with an existing budget for the keys beyond the limit. The idle time is 10
     * min, or the window if that is longer.
     */
    public static KeyedBudgets of(RetryBudget shared) {
        Duration idleTime =
                Collections.max(List.of(DEFAULT_IDLE_TIME, shared.policy().window()));
        return new KeyedBudgets(shared, DEFAULT_MAX_KEYS, idleTime);
    }

    /**
     * Creates budgets with the given number of keys and idle time.
     *
     * @param maxKeys how many keys may have their own budget, 1 to 100,000
     * @param idleTime how long a budget must be unused to be evicted; at least the policy's window
     * @throws IllegalArgumentException if a value is out of range
     */
    public static KeyedBudgets of(String name, BudgetPolicy policy, TimeSource time, int maxKeys, Duration idleTime) {
        return new KeyedBudgets(RetryBudget.of(Objects.requireNonNull(name, "name"), policy, time), maxKeys, idleTime);
    }

    /**
     * Returns the budget of the key. A call gets it once and uses it until the call ends.
     *
     * @param key any text
     * @throws NullPointerException if the key is null
     */
    public RetryBudget get(String key) {
        return get(key, time.nanoTime());
    }

    /**
     * Returns the budget of the key, for a caller that has just read the clock.
     *
     * @param key any text
     * @param nowNanos a reading of these budgets' clock
     * @throws NullPointerException if the key is null
     */
    public RetryBudget get(String key, long nowNanos) {
        return budgets.get(key, nowNanos);
    }

    /** Returns the budgets of the keys, without the shared one. */
    public Collection<RetryBudget> all() {
        return budgets.all(time.nanoTime()).values();
    }

    /** The number of keys that have their own budget; the shared one is not counted. */
    public int size() {
        return budgets.size();
    }

    /**
     * The name that all of the budgets have. There is one name for all keys because meters need a bounded number of
     * names.
     */
    public String name() {
        return name;
    }

    /** The settings of each budget. */
    public BudgetPolicy policy() {
        return budgets.shared().policy();
    }

    @Override
    public String toString() {
        return "KeyedBudgets[" + name + ": " + size() + " keys, each " + policy() + "]";
    }
}
