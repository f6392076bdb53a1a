package dev.retrykit.spring.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.retrykit.budget.RetryBudget;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.binding.SettingsBinder;
import dev.retrykit.time.ManualTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.StandardEnvironment;

class RetriesTests {

    private final ManualTime time = new ManualTime();

    private Retries retries(String yml) {
        StandardEnvironment environment = new StandardEnvironment();
        Apps.load(environment, "application.yml", yml);
        return new Retries(SettingsBinder.bind(environment, null, warning -> {}), Apps.collaborators(time));
    }

    private RetryBudget budgetOfInventory(String yml) {
        return retries(yml).get("inventory").budget();
    }

    @ParameterizedTest
    @ValueSource(strings = {"stock-service", "StockService", "STOCK_SERVICE"})
    void oneNameHasOneEntryWhateverItsSpelling(String spelling) {
        Retries retries = retries("retrykit: { policies: { stock-service: }, circuits: { stock-service: } }");

        assertThat(retries.get(spelling)).isSameAs(retries.get("stock-service"));
        assertThat(retries.circuit(spelling)).isSameAs(retries.circuit("stock-service"));
        assertThat(retries.policies()).hasSize(1);
    }

    @Test
    void aNameThatIsNotConfiguredIsRefusedWithTheNearest() {
        Retries retries = retries("retrykit: { policies: { inventory: }, circuits: { payments: } }");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> retries.get("inventry"))
                .withMessage("No policy is named 'inventry'. Did you mean 'inventory'?");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> retries.circuit("inventory"))
                .withMessage("No circuit is named 'inventory'. Known names: 'payments'.");
    }

    @Test
    void allRunsOnOneClock() {
        Retries retries = retries("retrykit: { policies: { inventory: }, circuits: { inventory: } }");

        assertThat(retries.get("inventory").time()).isSameAs(time);
        assertThat(retries.get("inventory").budget().time()).isSameAs(time);
        assertThat(retries.circuit("inventory").time()).isSameAs(time);
    }

    @Test
    void aPolicyHasABudgetOfItsOwn() {
        Retries retries = retries("retrykit.policies: { inventory: { budget: { reserve: 7 } }, payments: }");

        assertThat(retries.get("inventory").budget())
                .isNotSameAs(retries.get("payments").budget());
        assertThat(retries.get("inventory").budget().policy().reserve()).isEqualTo(7);
        assertThat(retries.get("inventory").budget().name()).isEqualTo("inventory");
    }

    @Test
    void aNamedBudgetIsShared() {
        Retries retries = retries("""
                retrykit:
                  budgets: { warehouse: { reserve: 9 } }
                  policies: { inventory: { budget: { name: warehouse } }, payments: { budget: { name: WareHouse } } }
                """);

        assertThat(retries.get("inventory").budget())
                .isSameAs(retries.get("payments").budget());
        assertThat(retries.budgets()).hasSize(1);
    }

    @Test
    void aPolicysOwnBudgetIsNotTheSharedOneOfTheSameName() {
        Retries retries = retries("retrykit: { budgets: { inventory: { reserve: 9 } }, policies: { inventory: } }");

        assertThat(retries.get("inventory").budget().name()).isEqualTo("policy inventory");
        assertThat(retries.get("inventory").budget().policy().reserve()).isEqualTo(5);
    }

    @Test
    void aBudgetNameThatIsNotConfiguredIsRefused() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> retries("""
                        retrykit:
                          budgets: { warehouse: }
                          policies: { inventory: { budget: { name: warehuose } } }
                        """))
                .withMessage("retrykit.policies.inventory.budget.name (Byte array resource [application.yml] - 3:44)"
                        + " names the budget 'warehuose', which is not configured. Did you mean 'warehouse'?")
                .satisfies(refused -> assertThat(refused.action())
                        .isEqualTo("Correct the name, or configure retrykit.budgets.warehuose."));
    }

    @Test
    void aHostileBudgetNameStaysOnOneLine() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() ->
                        retries("retrykit.policies.inventory.budget.name: \"a\\nERROR " + "x".repeat(1 << 20) + '"'))
                .satisfies(refused -> assertThat(refused.getMessage() + refused.action())
                        .doesNotContain("\n")
                        .hasSizeLessThan(1000));
    }

    @Test
    void aNameBesideSettingsOfItsOwnIsRefused() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> retries("""
                        retrykit:
                          budgets: { warehouse: }
                          policies: { inventory: { budget: { name: warehouse, ratio: 0.2 } } }
                        """))
                .withMessage("""
                        Invalid settings for retrykit.policies.inventory: budget.name refers to a budget under\
                         retrykit.budgets, so budget.ratio cannot be set next to it.

                            retrykit.policies.inventory.budget.name = warehouse\
                         (Byte array resource [application.yml] - 3:44)
                            retrykit.policies.inventory.budget.ratio = 0.2\
                         (Byte array resource [application.yml] - 3:62)""")
                .satisfies(refused -> assertThat(refused.action())
                        .isEqualTo("Move the setting to retrykit.budgets.warehouse, or remove the name."));
    }

    @Test
    void theTimeOfACallMayStandBesideTheNameOfItsBudget() {
        assertThat(budgetOfInventory("""
                        retrykit:
                          budgets: { warehouse: }
                          policies: { inventory: { budget: { name: warehouse, time: 5s } } }
                        """).name()).isEqualTo("warehouse");
    }

    @Test
    void settingsOfThePolicyOverruleTheNameInTheDefaults() {
        RetryBudget budget = budgetOfInventory("""
                retrykit:
                  budgets: { warehouse: { reserve: 9 } }
                  defaults.policy.budget.name: warehouse
                  policies: { inventory: { budget: { reserve: 3 } } }
                """);

        assertThat(budget.name()).isEqualTo("inventory");
        assertThat(budget.policy().reserve()).isEqualTo(3);
    }

    @Test
    void theNameInThePolicyOverrulesSettingsInTheDefaults() {
        RetryBudget budget = budgetOfInventory("""
                retrykit:
                  budgets: { warehouse: { reserve: 9 } }
                  defaults.policy.budget.reserve: 3
                  policies: { inventory: { budget: { name: warehouse } } }
                """);

        assertThat(budget.policy().reserve()).isEqualTo(9);
    }

    @Test
    void budgetsStartFromTheDefaultBudget() {
        Retries retries = retries("""
                retrykit:
                  defaults: { budget: { reserve: 2, ratio: 0.5 }, policy: { budget: { ratio: 0.4 } } }
                  budgets: { warehouse: { reserve: 9 } }
                  policies: { inventory: }
                """);

        assertThat(retries.get("inventory").budget().policy())
                .satisfies(policy -> assertThat(policy.reserve()).isEqualTo(2))
                .satisfies(policy -> assertThat(policy.ratio()).isEqualTo(0.4));
        assertThat(retries.findBudget("warehouse").orElseThrow().policy())
                .satisfies(policy -> assertThat(policy.reserve()).isEqualTo(9))
                .satisfies(policy -> assertThat(policy.ratio()).isEqualTo(0.5));
    }

    @Test
    void aBudgetCanBeUnlimited() {
        assertThat(budgetOfInventory("retrykit.policies.inventory.budget.unlimited: true")
                        .policy()
                        .isUnlimited())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ratio: 11.0", "window: 1ms", "reserve: -1", "min-success: 101.0"})
    void aBudgetOutOfItsRangeIsRefused(String setting) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> retries("retrykit.budgets.warehouse: { " + setting + " }"))
                .withMessageContaining("Invalid settings for retrykit.budgets.warehouse: " + setting.split(":")[0])
                .withMessageContaining("\n    retrykit.budgets.warehouse." + setting.replace(":", " =") + " (");
    }

    @Test
    void whoeverWatchesIsToldOfWhatIsThereAndOfWhatComes() {
        Retries retries = retries("retrykit.policies: { inventory:, \"[Stock.find]\": { max-attempts: 7 } }");
        List<String> told = new ArrayList<>();

        retries.each(policy -> told.add(policy.name()), circuit -> {}, budget -> {}, removed -> {});
        assertThat(told).containsExactly("inventory");
        retries.ownPolicy("Stock.find", dev.retrykit.spring.settings.binding.SettingsLayer.EMPTY);

        assertThat(told).containsExactly("inventory", "Stock.find");
        assertThat(retries.get("Stock.find").policy().maxAttempts()).isEqualTo(7);
    }
}
