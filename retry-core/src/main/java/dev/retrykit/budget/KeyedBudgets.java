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
 * Budgets of the same settings, one per key, such as a host or a region, so that one that is broken doesn't starve the
 * others. Thread-safe; finding the budget of a known key takes no lock and makes no object.
 *
 * <p>The number of keys is bounded, since keys may come from outside. Keys that find no room share one budget: a flood
 * of new keys gets the reserve of one, and not one each. They get a budget of their own once there is room.
 *
 * <p>A new key evicts the budgets that weren't used for the idle time, or up to an eighth longer. A key that
 * comes back starts with a full reserve; below ten minutes of idle time, what a rare key has learned is forgotten. A call that holds on to an evicted budget may still
 * give its token back. What was granted and denied is counted for all keys together.
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

    /** For up to 1,000 keys, on the system's clock. The idle time is 10 min, or the window if that is longer. */
    public static KeyedBudgets of(String name, BudgetPolicy policy) {
        return of(name, policy, TimeSource.system());
    }

    /** For up to 1,000 keys, on another clock. The idle time is 10 min, or the window if that is longer. */
    public static KeyedBudgets of(String name, BudgetPolicy policy, TimeSource time) {
        return of(RetryBudget.of(Objects.requireNonNull(name, "name"), policy, time));
    }

    /**
     * For up to 1,000 keys, with a budget that is there already as the one of the keys that find no room. The idle time
     * is 10 min, or the window if that is longer.
     */
    public static KeyedBudgets of(RetryBudget shared) {
        Duration idleTime =
                Collections.max(List.of(DEFAULT_IDLE_TIME, shared.policy().window()));
        return new KeyedBudgets(shared, DEFAULT_MAX_KEYS, idleTime);
    }

    /**
     * For another number of keys and another idle time.
     *
     * @param maxKeys how many keys may have a budget of their own, 1 to 100,000
     * @param idleTime for how long a budget must not have been used to be evicted, no less than the policy's window
     * @throws IllegalArgumentException if one of the values is outside its range
     */
    public static KeyedBudgets of(String name, BudgetPolicy policy, TimeSource time, int maxKeys, Duration idleTime) {
        return new KeyedBudgets(RetryBudget.of(Objects.requireNonNull(name, "name"), policy, time), maxKeys, idleTime);
    }

    /**
     * The budget of the key. A call asks once and keeps to that budget until it ends.
     *
     * @param key any text
     * @throws NullPointerException if the key is null
     */
    public RetryBudget get(String key) {
        return get(key, time.nanoTime());
    }

    /**
     * The budget of the key, for a caller that has just read the clock.
     *
     * @param key any text
     * @param nowNanos a reading of these budgets' clock
     * @throws NullPointerException if the key is null
     */
    public RetryBudget get(String key, long nowNanos) {
        return budgets.get(key, nowNanos);
    }

    /** The budgets of the keys, without the shared one. */
    public Collection<RetryBudget> all() {
        return budgets.all(time.nanoTime()).values();
    }

    /** How many keys have a budget of their own; the shared one isn't counted. */
    public int size() {
        return budgets.size();
    }

    /** The name, which all of the budgets have: the number of names is bounded, as meters need it. */
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
