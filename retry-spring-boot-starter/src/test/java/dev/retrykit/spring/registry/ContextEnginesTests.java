package dev.retrykit.spring.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.retrykit.Retry;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.settings.binding.SettingsBinder;
import dev.retrykit.time.ManualTime;
import java.lang.ref.WeakReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.StandardEnvironment;

/** Which engine makes a call, in a context and in its child. */
@ExtendWith(OutputCaptureExtension.class)
class ContextEnginesTests {

    private final ManualTime time = new ManualTime();
    private final Retries parent = retries("""
            retrykit:
              budgets: { warehouse: }
              policies: { stock: , pooled: { budget.name: warehouse } }
              circuits: { shards: { keys.max: 1 } }
            """, null);
    private final Retries child = retries("retrykit.policies.kid:", parent);

    private Retries retries(String yml, @Nullable Retries above) {
        StandardEnvironment environment = new StandardEnvironment();
        Apps.load(environment, "application.yml", yml);
        return new Retries(SettingsBinder.bind(environment, null, warning -> {}), Apps.collaborators(time), above);
    }

    private static Function<String, Retry> byShard(Retries context, String policy) {
        return context.engines()
                .byKey(
                        context.findPolicy(policy).orElseThrow(),
                        context.findCircuit("shards").orElseThrow());
    }

    @Test
    void allKeysShareANamedBudgetEvenIfAPolicyOfTheParentHasItsName(CapturedOutput output) {
        Retries other = retries("""
                retrykit:
                  budgets: { stock: { reserve: 2 } }
                  policies: { orders: { budget.name: stock } }
                """, parent);
        Function<String, Retry> orders = byShard(other, "orders");
        assertThat(orders.apply("a").budget()).isSameAs(orders.apply("b").budget());
        assertThat(output)
                .contains("retrykit.policies.orders.budget.name")
                .contains(
                        "the settings of retrykit.budgets.stock do not apply, because policy 'stock' has its own budget");
    }

    @Test
    void aParentsPolicyForgetsTheKeyedCircuitsOfAClosedChild() {
        PolicyEntry stock = parent.findPolicy("stock").orElseThrow();
        Retries other = retries("retrykit.circuits.regions:", parent);
        Function<String, Retry> byRegion =
                other.engines().byKey(stock, other.findCircuit("regions").orElseThrow());
        assertThat(byRegion.apply("a").budget()).isNotSameAs(stock.budget());
        assertThat(stock.hasBudgetsByKey()).isTrue();
        other.destroy();
        assertThat(stock.hasBudgetsByKey()).isFalse();
    }

    @Test
    void aClosedChildsPolicyIsCollectedAlthoughItUsesABudgetOfTheParent() {
        assertThat(parent.findPolicy("pooled")).isPresent();
        WeakReference<PolicyEntry> policy = policyOfAClosedChild();
        for (int i = 0; i < 50 && policy.get() != null; i++) {
            System.gc();
        }
        assertThat(policy.get()).isNull();
    }

    private WeakReference<PolicyEntry> policyOfAClosedChild() {
        Retries other = retries("retrykit: { budgets.warehouse: , policies.orders.budget.name: warehouse }", parent);
        PolicyEntry orders = other.findPolicy("orders").orElseThrow();
        assertThat(orders.budget())
                .isSameAs(parent.findPolicy("pooled").orElseThrow().budget());
        other.destroy();
        return new WeakReference<>(orders);
    }

    @Test
    void eachContextHasItsOwnEngineOfAPolicy() {
        assertThat(child.get("stock")).isSameAs(child.get("stock")).isNotSameAs(parent.get("stock"));
        assertThat(child.get("stock").budget()).isSameAs(parent.get("stock").budget());
    }

    @Test
    void aParentUsesTheChildsEngineOfTheChildsPolicy() {
        assertThat(parent.get("kid")).isSameAs(child.get("kid"));
    }

    @Test
    void aKeyHasOneCircuitAndOneBudgetInAllContexts() {
        Retry parents = byShard(parent, "stock").apply("a");
        Retry childs = byShard(child, "stock").apply("a");

        assertThat(byShard(child, "stock").apply("a")).isSameAs(childs).isNotSameAs(parents);
        assertThat(childs.circuit()).isEqualTo(parents.circuit());
        assertThat(childs.budget())
                .isSameAs(parents.budget())
                .isNotSameAs(parent.get("stock").budget());
    }

    @Test
    void keysBeyondTheLimitAndOfASharedBudgetHaveNoneOfTheirOwn() {
        Function<String, Retry> stock = byShard(parent, "stock");

        assertThat(stock.apply("a").budget()).isNotSameAs(parent.get("stock").budget());
        assertThat(stock.apply("b").budget()).isSameAs(parent.get("stock").budget());
        assertThat(byShard(parent, "pooled").apply("a").budget())
                .isSameAs(parent.get("pooled").budget());
    }

    @Test
    void aKeyWithoutACircuitHasItsOwnBudget() {
        PolicyEntry stock = parent.findPolicy("stock").orElseThrow();
        Function<String, Retry> engines = parent.engines().byKey(stock, null);
        Function<String, Retry> childs = child.engines().byKey(stock, null);

        assertThat(engines.apply("a").budget())
                .isSameAs(childs.apply("a").budget())
                .isNotSameAs(engines.apply("b").budget());
        assertThat(parent.engines()
                        .byKey(parent.findPolicy("pooled").orElseThrow(), null)
                        .apply("a"))
                .isSameAs(parent.get("pooled"));
    }

    @Test
    void aChildThatClosesLeavesNothingInTheCircuitsOfItsParent() {
        Function<String, Retry> kid = byShard(child, "kid");
        Function<String, Retry> stock = byShard(child, "stock");
        PolicyEntry kids = child.findPolicy("kid").orElseThrow();
        PolicyEntry parents = parent.findPolicy("stock").orElseThrow();
        KeyedCircuitSlot slot =
                parent.findCircuit("shards").orElseThrow().circuits().get("a");
        Retry own = kid.apply("a");
        Retry inherited = stock.apply("a");
        Retry beyond = stock.apply("b");

        child.destroy();

        assertThat(slot.usedBudget(kids)).isEmpty();
        assertThat(slot.usedBudget(parents)).containsExactly(inherited.budget());
        assertThat(kid.apply("a")).isNotSameAs(own);
        assertThat(stock.apply("a")).isNotSameAs(inherited);
        assertThat(stock.apply("b")).isNotSameAs(beyond);
    }

    @Test
    void neitherPolicyNorCircuitIsRefused() {
        assertThatIllegalStateException().isThrownBy(() -> parent.engines().engine(null, null));
    }
}
