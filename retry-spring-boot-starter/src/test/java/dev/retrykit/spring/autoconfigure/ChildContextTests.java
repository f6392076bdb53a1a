package dev.retrykit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Idempotent;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.failure.Verdict;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.client.ClientRules;
import dev.retrykit.spring.observe.RetryMeters;
import dev.retrykit.spring.registry.PolicyEntry;
import dev.retrykit.spring.registry.Retries;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.ConnectException;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.util.AopTestUtils;

/** A context and its child have the auto-configuration both: each advises its own beans, and they share what has one name. */
@ExtendWith(OutputCaptureExtension.class)
class ChildContextTests {

    private static final String PARENT =
            "retrykit: { defaults.policy: { jitter: none, backoff.delay: 0ms }, policies: { stock: { max-attempts: 4 } },"
                    + " circuits: { stock: { window: { type: count, size: 10 }, minimum-calls: 3, failure-rate: 50 } } }";

    static class Kid {

        int attempts;
        int taken;

        @Retryable("stock")
        @CircuitGuarded("stock")
        public String find() throws ConnectException {
            attempts++;
            throw new ConnectException("down");
        }

        @Retryable
        public String count() throws ConnectException {
            attempts++;
            throw new ConnectException("down");
        }

        @Idempotent(key = "#message")
        public void take(String message) {
            taken++;
        }
    }

    static class Named {

        final Retry retry;

        Named(@Qualifier("kid") Retry retry) {
            this.retry = retry;
        }
    }

    private static void run(String kidsYml, Consumer<ApplicationContext> child) {
        Apps.with(PARENT).run(parent -> kid(kidsYml, parent).run(child::accept));
    }

    private static ApplicationContextRunner kid(String yml, ApplicationContext parent) {
        return Apps.with(yml).withParent(parent).withBean(Kid.class);
    }

    @Test
    void aChildAdvisesItsOwnBeansByTheParentsEngines() {
        run("", child -> {
            Kid kid = child.getBean(Kid.class);
            Retries parents = child.getParent().getBean(Retries.class);

            assertThatThrownBy(kid::find).isInstanceOf(ConnectException.class);
            assertThat(attempts(kid)).isEqualTo(3); // then the circuit is open
            assertThat(parents.circuit("stock").state()).isEqualTo(CircuitState.OPEN);
            assertThat(parents.findPolicy("stock").orElseThrow().methods()).containsExactly("Kid.find()");
        });
    }

    private static int attempts(Kid kid) {
        return ((Kid) AopTestUtils.getTargetObject(kid)).attempts;
    }

    @Test
    void aChildRunsAnIdempotentMethodOnceForOneKey() {
        run("", child -> {
            Kid kid = child.getBean(Kid.class);
            kid.take("m-1");
            kid.take("m-1");

            assertThat(((Kid) AopTestUtils.getTargetObject(kid)).taken).isEqualTo(1);
        });
    }

    @Test
    void aChildsOwnYmlHoldsForItsOwnNamesAndTheParentSeesThem(CapturedOutput output) {
        run("retrykit.policies: { kid: { max-attempts: 7 }, '[Kid.count]': { max-attempts: 2 } }", child -> {
            Retries parents = child.getParent().getBean(Retries.class);
            Kid kid = child.getBean(Kid.class);

            assertThatThrownBy(kid::count).isInstanceOf(ConnectException.class);
            assertThat(attempts(kid)).isEqualTo(2);
            assertThat(child.getBean(Retries.class).get("kid").policy().maxAttempts())
                    .isEqualTo(7);
            assertThat(parents.policies()).extracting(PolicyEntry::name).contains("stock", "kid", "Kid.count");
            assertThat(parents.findPolicy("kid")).isPresent();
            assertThat(output).contains("retrykit.policies.kid is configured, but nothing uses it");
            assertThat(output).containsOnlyOnce("Policy 'stock':");
        });
    }

    @Test
    void whatAParentCanChangeAtRunTimeKeepsTheChildsYml() {
        run("retrykit.policies: { kid: { max-attempts: 7, budget.time: 9s } }", child -> {
            Retries parents = child.getParent().getBean(Retries.class);
            PolicyEntry kids = parents.findPolicy("kid").orElseThrow();

            parents.runtimeSettings().give(kids, Map.of("max-attempts", "5"), "a test");

            assertThat(kids.policy().maxAttempts()).isEqualTo(5);
            assertThat(kids.policy().timeBudget()).hasSeconds(9);
        });
    }

    @Test
    void otherSettingsUnderTheParentsNameGetAWarning(CapturedOutput output) {
        Apps.with(PARENT)
                .run(parent -> new ApplicationContextRunner()
                        .withConfiguration(Apps.autoConfigurations())
                        .withPropertyValues("retrykit.policies.stock.max-attempts=9")
                        .withParent(parent)
                        .run(child -> {
                            assertThat(child.getBean(Retries.class)
                                            .get("stock")
                                            .policy()
                                            .maxAttempts())
                                    .isEqualTo(4);
                            assertThat(output)
                                    .contains(
                                            "retrykit.policies.stock has different settings in a child context than in its parent");
                        }));
    }

    @Test
    void guardsOfTheChildAloneGetAWarningSinceClientsFollowTheParents(CapturedOutput output) {
        String warned = "retrykit.http has different settings in a child context than in its parent";
        run("", child -> assertThat(output).doesNotContain(warned));
        run("retrykit.http.guards: [ { host: inventory, policy: stock } ]", child -> {
            assertThat(child.getBean(ClientRules.class))
                    .isSameAs(child.getParent().getBean(ClientRules.class));
            assertThat(output).containsOnlyOnce(warned);
        });
    }

    @Test
    void linesOfTheChildAloneGetAWarningSincePoliciesFollowTheParents(CapturedOutput output) {
        String warned = "retrykit.failures has different lines in a child context than in its parent";
        run("", child -> assertThat(output).doesNotContain(warned));
        run("retrykit.failures.java.lang.IllegalStateException: transient", child -> {
            RetryPolicy shared = child.getBean(Retries.class).get("stock").policy();
            assertThat(shared.classify(new IllegalStateException()).kind()).isNotEqualTo(Verdict.Kind.RETRYABLE);
            assertThat(output).containsOnlyOnce(warned);
        });
    }

    static class Elsewhere {

        static class Kid {

            @Retryable(maxAttempts = 1)
            public String count() {
                return "counted";
            }
        }
    }

    @Test
    void anotherClassOfTheSameShortNameSharesNothing(CapturedOutput output) {
        Apps.with(PARENT)
                .withBean(Elsewhere.Kid.class)
                .run(parent -> kid("retrykit.policies: { '[Kid.count]': { max-attempts: 2 } }", parent)
                        .run(child -> {
                            Retries parents = parent.getBean(Retries.class);
                            assertThat(parents.findPolicy("Kid.count")
                                            .orElseThrow()
                                            .policy()
                                            .maxAttempts())
                                    .isEqualTo(1);
                            assertThat(parents.policies()).hasSize(3);
                            assertThat(output)
                                    .contains("'Kid.count' is already the name for")
                                    .contains(
                                            "retrykit.policies.[Kid.count] has different settings in a child context");
                        }));
    }

    @Test
    void aPolicyOfTheChildIsInjectedIntoTheChild() {
        Apps.with(PARENT)
                .run(parent -> Apps.with("retrykit.policies.kid:")
                        .withParent(parent)
                        .withBean(Named.class)
                        .run(child -> assertThat(child.getBean(Named.class).retry)
                                .isSameAs(child.getBean(Retries.class).get("kid"))));
    }

    @Test
    void aChildThatEndsTakesItsOwnWithItAndLeavesTheParentsAlone() {
        Apps.with(PARENT).run(parent -> {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            parent.getBean(RetryMeters.class).bindTo(registry);
            Retries parents = parent.getBean(Retries.class);
            for (int round = 1; round <= 2; round++) {
                kid("retrykit.policies.kid:", parent).run(child -> {
                    assertThatThrownBy(child.getBean(Kid.class)::count).isInstanceOf(ConnectException.class);
                    assertThat(registry.get("retrykit.stops")
                                    .tags("policy", "Kid.count", "reason", "exhausted")
                                    .functionCounter()
                                    .count())
                            .isEqualTo(1);
                });
                assertThat(parents.policies()).extracting(PolicyEntry::name).containsExactly("stock");
                assertThat(registry.find("retrykit.calls").tag("policy", "kid").meters())
                        .isEmpty();
            }
            int[] attempts = {0};
            assertThatThrownBy(() -> parents.get("stock").call(() -> {
                        attempts[0]++;
                        throw new ConnectException("down");
                    }))
                    .isInstanceOf(ConnectException.class);
            assertThat(attempts[0]).isEqualTo(4);
        });
    }

    @Test
    void applicationsWithoutAParentShareNothing() {
        Apps.with(PARENT)
                .run(one -> Apps.with(PARENT).run(other -> {
                    one.getBean(Retries.class).circuit("stock").forceOpen();

                    assertThat(other.getBean(Retries.class).circuit("stock").state())
                            .isEqualTo(CircuitState.CLOSED);
                    ((ConfigurableApplicationContext) one.getSourceApplicationContext()).close();
                    assertThat(other.getBean(Retries.class).get("stock").call(() -> "found"))
                            .isEqualTo("found");
                }));
    }
}
