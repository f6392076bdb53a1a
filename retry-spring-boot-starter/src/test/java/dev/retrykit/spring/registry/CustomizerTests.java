package dev.retrykit.spring.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.annotation.Backoff;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Strategy;
import dev.retrykit.failure.Verdict;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.customize.CircuitCustomizer;
import dev.retrykit.spring.customize.PolicyCustomizer;
import dev.retrykit.spring.settings.Setting;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** What beans set stands between the library's defaults and whatever is written. */
class CustomizerTests {

    @Configuration(proxyBeanMethods = false)
    static class Customizers {

        @Bean
        @Order(2)
        PolicyCustomizer second() {
            return (name, policy) -> policy.maxAttempts(name.equals("inventory") ? 7 : 5);
        }

        @Bean
        @Order(1)
        PolicyCustomizer first() {
            return (name, policy) -> policy.maxAttempts(6)
                    .backoff(BackoffPolicy.of(Strategy.FIXED, Duration.ofMillis(10), 1, Duration.ofSeconds(1)))
                    .retryAfter(false, Duration.ofSeconds(3))
                    .classifier(failure -> failure instanceof OddFailure ? Verdict.retryable() : Verdict.unknown());
        }

        @Bean
        CircuitCustomizer circuits() {
            return (name, circuit) ->
                    circuit.probes(name.equals("inventory") ? 2 : 3).failureRate(40);
        }
    }

    static class OddFailure extends RuntimeException {}

    private static Map<String, Setting> policy(String yml, String name) {
        Map<String, Setting> settings = new java.util.HashMap<>();
        Apps.with(yml)
                .withUserConfiguration(Customizers.class)
                .run(context -> settings.putAll(context.getBean(Retries.class)
                        .findPolicy(name)
                        .orElseThrow()
                        .settings()));
        return settings;
    }

    @Test
    void takesThePlaceOfTheDefaults() {
        Map<String, Setting> settings = policy("retrykit.policies.inventory:", "inventory");
        assertThat(settings)
                .containsEntry("max-attempts", new Setting(7, "customizer"))
                .containsEntry("backoff.strategy", new Setting(Strategy.FIXED, "customizer"))
                .containsEntry("backoff.delay", new Setting(Duration.ofMillis(10), "customizer"))
                .containsEntry("retry-after.respect", new Setting(false, "customizer"))
                .containsEntry("retry-after.max", new Setting(Duration.ofSeconds(3), "customizer"))
                .containsEntry("budget.time", new Setting(Duration.ofSeconds(30), "default"));
    }

    @Test
    void isOverruledByWhateverIsWritten() {
        Map<String, Setting> settings = policy("""
                retrykit.defaults.policy.backoff.delay: 20ms
                retrykit.policies.inventory.max-attempts: 2
                """, "inventory");
        assertThat(settings.get("max-attempts").value()).isEqualTo(2);
        assertThat(settings.get("max-attempts").origin()).contains("application.yml");
        assertThat(settings.get("backoff.delay").value()).isEqualTo(Duration.ofMillis(20));
        assertThat(settings.get("backoff.strategy").value()).isEqualTo(Strategy.FIXED);
    }

    @Test
    void whatDoesNotFitAWrittenValueGivesWayLikeADefault() {
        Map<String, Setting> settings = policy("retrykit.policies.inventory.backoff.delay: 5s", "inventory");
        assertThat(settings).containsEntry("backoff.max-delay", new Setting(Duration.ofSeconds(5), "derived"));
    }

    @Test
    void aCustomizerThatFailsNamesThePolicy() {
        PolicyCustomizer failing = (name, policy) -> policy.maxAttempts(Integer.parseInt("seven"));
        Apps.with("retrykit.policies.inventory.max-attempts: 2")
                .withBean(PolicyCustomizer.class, () -> failing)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("InvalidSettingException: Invalid settings for"
                                + " retrykit.policies.inventory: For input string: \"seven\"."));
    }

    static class Service {

        private int attempts;

        @Retryable(maxAttempts = 4, backoff = @Backoff(delay = "1ms"))
        public void call() {
            attempts++;
            throw new OddFailure();
        }
    }

    @Test
    void holdsForAnnotationsWithoutANameToo() {
        Apps.with("")
                .withUserConfiguration(Customizers.class)
                .withBean(Service.class)
                .run(context -> {
                    assertThat(context.getBean(Retries.class)
                                    .findPolicy("Service.call")
                                    .orElseThrow()
                                    .settings())
                            .containsEntry("backoff.strategy", new Setting(Strategy.FIXED, "customizer"))
                            .hasEntrySatisfying(
                                    "max-attempts",
                                    attempts -> assertThat(attempts.value()).isEqualTo(4));
                    assertThatExceptionOfType(OddFailure.class)
                            .isThrownBy(() -> context.getBean(Service.class).call())
                            .as("which the customizer's classifier calls transient")
                            .satisfies(failure ->
                                    assertThat(failure.getSuppressed()[0]).hasMessageContaining("4 attempts"));
                });
    }

    @Test
    void circuitsAreCustomizedToo() {
        Apps.with("""
                retrykit.circuits.inventory.failure-rate: 60
                retrykit.circuits.search:
                """).withUserConfiguration(Customizers.class).run(context -> {
            Retries retries = context.getBean(Retries.class);
            assertThat(retries.findCircuit("inventory").orElseThrow().settings())
                    .containsEntry("half-open.probes", new Setting(2, "customizer"))
                    .hasEntrySatisfying(
                            "failure-rate", rate -> assertThat(rate.value()).isEqualTo(60.0));
            assertThat(retries.findCircuit("search").orElseThrow().settings())
                    .containsEntry("half-open.probes", new Setting(3, "customizer"))
                    .containsEntry("failure-rate", new Setting(40.0, "customizer"));
        });
    }

    private static Map<String, Setting> counted(String yml) {
        Map<String, Setting> settings = new java.util.HashMap<>();
        Apps.with(yml)
                .withBean(
                        CircuitCustomizer.class,
                        () -> (name, circuit) -> circuit.countWindow(50).slowCall(Duration.ofSeconds(1), 30))
                .run(context -> settings.putAll(context.getBean(Retries.class)
                        .findCircuit("inventory")
                        .orElseThrow()
                        .settings()));
        return settings;
    }

    @Test
    void aWindowIsOverruledInParts() {
        assertThat(counted("retrykit.circuits.inventory:"))
                .containsEntry("window.size", new Setting(50, "customizer"))
                .containsEntry("slow-call.rate", new Setting(30.0, "customizer"));
        assertThat(counted("retrykit.circuits.inventory.window.size: 70")
                        .get("window.size")
                        .value())
                .isEqualTo(70);
        assertThat(counted("retrykit.circuits.inventory.window.type: time")
                        .get("window.size")
                        .value())
                .isEqualTo(Duration.ofSeconds(10));
        assertThat(counted("retrykit.circuits.inventory.minimum-calls: 60")
                        .get("window.size")
                        .value())
                .isEqualTo(60);
        assertThat(counted("retrykit.circuits.inventory.slow-call.rate: 40")
                        .get("slow-call.duration")
                        .value())
                .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aCustomizerThatCantHoldStopsTheStart() {
        Apps.with("retrykit.policies.inventory:")
                .withBean(PolicyCustomizer.class, () -> (name, policy) -> policy.maxAttempts(0))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessage("Invalid settings for retrykit.policies.inventory: max-attempts must be 1 or more"
                                + " (it counts the first attempt), but was 0."));
    }
}
