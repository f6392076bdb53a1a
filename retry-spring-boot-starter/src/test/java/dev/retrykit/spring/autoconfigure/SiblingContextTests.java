package dev.retrykit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.observe.RetryMeters;
import dev.retrykit.spring.registry.Retries;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.ConnectException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Contexts with one parent, and what a parent can know of them. */
@ExtendWith(OutputCaptureExtension.class)
class SiblingContextTests {

    private static final String PARENT =
            "retrykit: { defaults.policy: { jitter: none, backoff.delay: 0ms, budget.unlimited: true }, policies: { stock: { max-attempts: 4 } },"
                    + " circuits: { shared: { minimum-calls: 100 } } }";

    private static final String UNUSED = "is configured, but nothing uses it";

    static class Kid {

        @Retryable("kid")
        public String find() throws ConnectException {
            throw new ConnectException("down");
        }

        @Retryable("kid")
        @CircuitGuarded(value = "shared", key = "#shard")
        public String findIn(String shard) throws ConnectException {
            throw new ConnectException("down");
        }

        @Retryable("stock")
        @CircuitGuarded(value = "shared", key = "#shard")
        public String stockIn(String shard) throws ConnectException {
            throw new ConnectException("down");
        }

        @Retryable("stock")
        public String stock() throws ConnectException {
            throw new ConnectException("down");
        }
    }

    private static ApplicationContextRunner kid(ApplicationContext parent) {
        return new ApplicationContextRunner()
                .withConfiguration(Apps.autoConfigurations())
                .withInitializer(Apps.yml("retrykit.policies.kid.max-attempts: 2"))
                .withParent(parent)
                .withBean(Kid.class);
    }

    private static void fail(ApplicationContext context) {
        assertThatThrownBy(context.getBean(Kid.class)::find).isInstanceOf(ConnectException.class);
    }

    private static void close(AssertableApplicationContext context) {
        ((ConfigurableApplicationContext) context.getSourceApplicationContext()).close();
    }

    private static long calls(ApplicationContext context) {
        return context.getBean(Retries.class)
                .findPolicy("kid")
                .orElseThrow()
                .counters()
                .attempts();
    }

    @Test
    void eachHasItsOwnOfOneNameAndOneWarningSaysSo(CapturedOutput output) {
        Apps.with(PARENT)
                .run(parent -> kid(parent).run(one -> {
                    assertThat(output).doesNotContain("Another child context");
                    kid(parent).run(other -> {
                        fail(one);
                        fail(one);
                        fail(other);

                        assertThat(calls(one)).isEqualTo(4);
                        assertThat(calls(other)).isEqualTo(2);
                        assertThat(output)
                                .containsOnlyOnce(
                                        "Another child context of the same parent uses the same names: policy 'kid'. Each"
                                                + " of the two contexts has separate instances");
                        close(one);
                        fail(other);
                        assertThat(calls(other)).isEqualTo(4);
                        assertThat(parent.getBean(Retries.class).findPolicy("kid"))
                                .isEqualTo(other.getBean(Retries.class).findPolicy("kid"));
                    });
                }));
    }

    @Test
    void theMetersOfOneThatEndsAreThoseOfTheNext() {
        Apps.with(PARENT).run(parent -> {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            parent.getBean(RetryMeters.class).bindTo(registry);
            kid(parent)
                    .run(one -> kid(parent).run(other -> {
                        fail(one);
                        fail(other);
                        fail(other);
                        assertThat(exhausted(registry)).isEqualTo(1);
                        close(one);
                        assertThat(exhausted(registry)).isEqualTo(2);
                    }));
            assertThat(registry.find("retrykit.stops").tag("policy", "kid").meters())
                    .isEmpty();
        });
    }

    @Test
    void theMetersOfTheFirstStayWhenTheSecondEnds() {
        Apps.with(PARENT).run(parent -> {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            parent.getBean(RetryMeters.class).bindTo(registry);
            kid(parent).run(one -> {
                kid(parent).run(SiblingContextTests::fail);
                fail(one);
                assertThat(exhausted(registry)).isEqualTo(1);
            });
        });
    }

    private static double exhausted(SimpleMeterRegistry registry) {
        return registry.get("retrykit.stops")
                .tags("policy", "kid", "reason", "exhausted")
                .functionCounter()
                .count();
    }

    @Test
    void oneThatComesAgainIsRetriedThroughTheKeysOfTheParentsCircuit() {
        Apps.with(PARENT).run(parent -> {
            for (int round = 1; round <= 3; round++) {
                int calls = round;
                kid(parent).run(child -> {
                    Kid kid = child.getBean(Kid.class);
                    assertThatThrownBy(() -> kid.findIn("a")).isInstanceOf(ConnectException.class);
                    assertThat(calls(child)).isEqualTo(2);
                    assertThatThrownBy(() -> kid.stockIn("a")).isInstanceOf(ConnectException.class);
                    assertThat(parent.getBean(Retries.class)
                                    .findPolicy("stock")
                                    .orElseThrow()
                                    .counters()
                                    .attempts())
                            .isEqualTo(4L * calls);
                });
            }
        });
    }

    @Test
    void settingsThatChangeInTheParentHoldInTheChild() {
        Apps.with(PARENT)
                .run(parent -> kid(parent).run(child -> {
                    Retries parents = parent.getBean(Retries.class);
                    parents.runtimeSettings()
                            .give(parents.findPolicy("stock").orElseThrow(), Map.of("max-attempts", "2"), "a test");

                    assertThatThrownBy(child.getBean(Kid.class)::stock).isInstanceOf(ConnectException.class);
                    assertThat(parents.findPolicy("stock")
                                    .orElseThrow()
                                    .counters()
                                    .attempts())
                            .isEqualTo(2);
                }));
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(RetrykitAutoConfiguration.class)
    static class Parent {}

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(RetrykitAutoConfiguration.class)
    @Import(Kid.class)
    static class Child {}

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(RetrykitAutoConfiguration.class)
    static class Sibling {}

    private static SpringApplicationBuilder parent() {
        return new SpringApplicationBuilder(Parent.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "retrykit.policies.stock.max-attempts=4",
                        "retrykit.policies.kid.max-attempts=2",
                        "retrykit.policies.spare.max-attempts=2",
                        "retrykit.circuits.shared.minimum-calls=100");
    }

    @Test
    void whatOnlyAChildUsesIsNotCalledUnused(CapturedOutput output) {
        try (ConfigurableApplicationContext child =
                parent().child(Child.class).web(WebApplicationType.NONE).run()) {
            assertThat(child.getBean(Retries.class).get("stock").policy().maxAttempts())
                    .isEqualTo(4);
            assertThat(output)
                    .containsOnlyOnce(UNUSED)
                    .contains("retrykit.policies.spare " + UNUSED)
                    .doesNotContain("Ignore the warning at the startup of its parent");
        }
    }

    @Test
    void whatOnlyALaterSiblingUsesIsNotCalledUnusedEither(CapturedOutput output) {
        try (ConfigurableApplicationContext last = parent().child(Sibling.class)
                .web(WebApplicationType.NONE)
                .sibling(Child.class)
                .web(WebApplicationType.NONE)
                .run()) {
            assertThat(last.getBean(Kid.class)).isNotNull();
            assertThat(output).containsOnlyOnce(UNUSED).contains("retrykit.policies.spare " + UNUSED);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Bare {}

    @Test
    void whatIsLeftToAChildThatTellsNothingIsToldWhenTheParentEnds(CapturedOutput output) {
        try (ConfigurableApplicationContext child =
                parent().child(Bare.class).web(WebApplicationType.NONE).run()) {
            assertThat(output).doesNotContain(UNUSED);
            ((ConfigurableApplicationContext) child.getParent()).close();
        }
        assertThat(output).contains("retrykit.policies.spare " + UNUSED, "retrykit.policies.stock " + UNUSED);
    }

    @Test
    void aWarningThatAChildMakesWrongIsTakenBack(CapturedOutput output) {
        Apps.with("retrykit: { policies: { kid: { max-attempts: 2 }, stock: { max-attempts: 2 },"
                        + " spare: { max-attempts: 2 } }, circuits: { shared: { minimum-calls: 100 } } }")
                .run(parent -> {
                    assertThat(output).contains("retrykit.policies.stock " + UNUSED);
                    new ApplicationContextRunner()
                            .withConfiguration(Apps.autoConfigurations())
                            .withParent(parent)
                            .withBean(Kid.class)
                            .run(child -> assertThat(output)
                                    .containsOnlyOnce("retrykit.policies.stock is used by a child context. Ignore the"
                                            + " warning at the startup of its parent.")
                                    .contains("retrykit.policies.kid is used by a child context")
                                    .doesNotContain("retrykit.policies.spare is used"));
                });
    }
}
