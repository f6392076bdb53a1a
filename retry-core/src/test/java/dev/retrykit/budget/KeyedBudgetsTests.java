package dev.retrykit.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.retrykit.budget.RetryBudget.Token;
import dev.retrykit.failure.Signal;
import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyedBudgetsTests {

    private static final BudgetPolicy POLICY = BudgetPolicy.of(0.1, Duration.ofSeconds(10), 5);
    private static final Duration IDLE = Duration.ofMinutes(1);

    private final ManualTime time = new ManualTime();

    @Test
    void aBrokenHostDoesNotStarveAHealthyOne() {
        KeyedBudgets budgets = KeyedBudgets.of("stock", POLICY, time);
        assertThat(granted(budgets, "broken", 100)).isEqualTo(5);
        assertThat(granted(budgets, "broken", 100)).isZero();
        assertThat(granted(budgets, "healthy", 100)).isEqualTo(5);
    }

    @Test
    void aKeyKeepsItsBudget() {
        KeyedBudgets budgets = KeyedBudgets.of("stock", POLICY, time);
        RetryBudget eu = budgets.get("eu");
        assertThat(budgets.get("us")).isNotSameAs(eu);
        assertThat(budgets.get("eu")).isSameAs(eu);
        assertThat(budgets.get("eu", time.nanoTime())).isSameAs(eu);
        assertThat(budgets.size()).isEqualTo(2);
    }

    @Test
    void aFloodOfKeysGetsTheReserveOfOne() {
        KeyedBudgets budgets = KeyedBudgets.of("stock", POLICY, time, 2, IDLE);
        budgets.get("eu");
        budgets.get("us");
        int granted = 0;
        for (int i = 0; i < 1_000; i++) {
            granted += granted(budgets, "hostile " + i, 1);
        }
        assertThat(granted).isEqualTo(5);
        assertThat(budgets.size()).isEqualTo(2);
        assertThat(granted(budgets, "eu", 10)).isEqualTo(5);
    }

    @Test
    void anIdleBudgetIsEvictedAndItsKeyStartsAnew() {
        KeyedBudgets budgets = KeyedBudgets.of("stock", POLICY, time, 10, IDLE);
        assertThat(granted(budgets, "eu", 10)).isEqualTo(5);
        time.advance(IDLE.plus(IDLE.dividedBy(8)));
        budgets.get("us");
        assertThat(budgets.size()).isEqualTo(1);
        assertThat(granted(budgets, "eu", 10)).isEqualTo(5);
    }

    @Test
    void aTokenOfAnEvictedBudgetIsGivenBackWithoutHarm() {
        KeyedBudgets budgets = KeyedBudgets.of("stock", POLICY, time, 1, IDLE);
        RetryBudget evicted = budgets.get("eu");
        Token token = evicted.tryAcquire(time.nanoTime());
        time.advance(IDLE.multipliedBy(2));
        RetryBudget us = budgets.get("us");
        evicted.record(Signal.SUCCESS, time.nanoTime());
        evicted.giveBack(token);
        assertThat(us.snapshot())
                .as("the grant is in the account of all keys, an eviction takes it off none")
                .isEqualTo(new BudgetSnapshot("stock", false, 5, 5, 0, 0, 1, 0));
    }

    @Test
    void byDefaultAThousandKeysHaveABudgetOfTheirOwn() {
        KeyedBudgets budgets = KeyedBudgets.of("stock", POLICY, time);
        for (int i = 0; i < 1_002; i++) {
            budgets.get("host " + i);
        }
        assertThat(budgets.size()).isEqualTo(1_000);
        assertThat(budgets.get("host 1000")).isSameAs(budgets.get("host 1001"));
    }

    @Test
    void byDefaultABudgetIsIdleAfterTenMinutes() {
        KeyedBudgets budgets = KeyedBudgets.of("stock", POLICY, time);
        RetryBudget eu = budgets.get("eu");
        time.advance(Duration.ofMinutes(10));
        budgets.get("us");
        assertThat(budgets.get("eu")).isSameAs(eu);
        time.advance(Duration.ofMinutes(12));
        budgets.get("asia");
        assertThat(budgets.get("eu")).isNotSameAs(eu);
    }

    @Test
    void noBudgetIsIdleBeforeItsWindowIsEmpty() {
        BudgetPolicy slow = BudgetPolicy.of(0.1, Duration.ofHours(1), 5);
        KeyedBudgets budgets = KeyedBudgets.of("stock", slow, time);
        assertThat(granted(budgets, "eu", 10)).isEqualTo(5);
        time.advance(Duration.ofHours(1));
        budgets.get("us");
        assertThat(granted(budgets, "eu", 10)).as("a probe of the same budget").isEqualTo(1);
        time.advance(Duration.ofMinutes(68));
        budgets.get("asia");
        assertThat(granted(budgets, "eu", 10)).isEqualTo(5);
    }

    @Test
    void allHaveTheSameNameAndSettings() {
        KeyedBudgets budgets = KeyedBudgets.of("stock", POLICY, time);
        RetryBudget budget = budgets.get("eu");
        assertThat(budgets.name()).isEqualTo("stock");
        assertThat(budgets.policy()).isSameAs(POLICY);
        assertThat(budget.name()).isEqualTo("stock");
        assertThat(budget.policy()).isSameAs(POLICY);
        assertThat(budget.time()).isSameAs(time);
        assertThat(budgets)
                .hasToString(
                        "KeyedBudgets[stock: 1 keys, each ratio 0.1, window PT10S, reserve 5, min-success 60.0 %]");
    }

    @Test
    void theClockIsTheSystemsWhereNoneIsGiven() {
        assertThat(KeyedBudgets.of("stock", POLICY).get("eu").time()).isSameAs(TimeSource.system());
    }

    @Test
    void unlimitedBudgetsAreUnlimited() {
        KeyedBudgets budgets = KeyedBudgets.of("stock", BudgetPolicy.unlimited(), time);
        assertThat(granted(budgets, "eu", 100)).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 100_001, Integer.MIN_VALUE})
    void rejectsANumberOfKeysOutsideItsRange(int maxKeys) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyedBudgets.of("stock", POLICY, time, maxKeys, IDLE))
                .withMessage("maxKeys must be 1 to 100000, but was " + maxKeys);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT9.999999999S", "PT0S", "PT-1M"})
    void rejectsAnIdleTimeBelowTheWindow(Duration idleTime) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyedBudgets.of("stock", POLICY, time, 10, idleTime))
                .withMessage("idleTime must not be below window, PT10S, but was " + idleTime);
    }

    @Test
    void theEndsOfEachRangeAreAllowed() {
        KeyedBudgets.of("stock", POLICY, time, 1, Duration.ofSeconds(10));
        KeyedBudgets.of("stock", POLICY, time, 100_000, Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));
    }

    @Test
    void refusesAMissingNameOrKey() {
        assertThatNullPointerException()
                .isThrownBy(() -> KeyedBudgets.of(null, POLICY, time))
                .withMessage("name");
        assertThatNullPointerException()
                .isThrownBy(() -> KeyedBudgets.of("stock", POLICY, time).get(null))
                .withMessage("key");
    }

    private int granted(KeyedBudgets budgets, String key, int times) {
        int granted = 0;
        for (int i = 0; i < times; i++) {
            granted += budgets.get(key).tryAcquire(time.nanoTime()) == null ? 0 : 1;
        }
        return granted;
    }
}
