package dev.retrykit.spring.aspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.RetryPolicy;
import dev.retrykit.annotation.Backoff;
import dev.retrykit.annotation.Budget;
import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.backoff.Strategy;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.PolicyEntry;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.Setting;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

class AnnotationSettingsTests {

    static class Service {

        @Retryable(
                maxAttempts = 4,
                attemptTimeout = "2s",
                backoff =
                        @Backoff(
                                strategy = Strategy.LINEAR,
                                delay = "100ms",
                                multiplier = 3,
                                maxDelay = "${max-delay:5s}"),
                jitter = Jitter.DECORRELATED,
                budget = @Budget(time = "20s", ratio = 0.2, window = "5s", reserve = 7, minSuccess = 40),
                retryOn = IOException.class,
                abortOn = FileNotFoundException.class)
        String full() {
            return "";
        }

        @Retryable
        String empty() {
            return "";
        }
    }

    private static void assertRefused(ApplicationContextRunner app, String message, String action) {
        app.run(context -> assertThat(context)
                .hasFailed()
                .getFailure()
                .rootCause()
                .isInstanceOfSatisfying(InvalidSettingException.class, refused -> {
                    assertThat(refused).hasMessage(message);
                    assertThat(refused.action()).isEqualTo(action);
                }));
    }

    @Nested
    class Layers {

        private PolicyEntry[] policies = new PolicyEntry[2];

        private void read(ApplicationContextRunner app) {
            app.withBean(Service.class).run(context -> {
                policies[0] = context.getBean(Retries.class)
                        .findPolicy("Service.full")
                        .orElseThrow();
                policies[1] = context.getBean(Retries.class)
                        .findPolicy("Service.empty")
                        .orElseThrow();
            });
        }

        @Test
        void everyAttributeReachesTheEngine() {
            read(Apps.plain());

            RetryPolicy policy = policies[0].policy();
            assertThat(policy.maxAttempts()).isEqualTo(4);
            assertThat(policy.attemptTimeout()).hasValue(Duration.ofSeconds(2));
            assertThat(policy.backoff().strategy()).isEqualTo(Strategy.LINEAR);
            assertThat(policy.backoff().delay()).isEqualTo(Duration.ofMillis(100));
            assertThat(policy.backoff().multiplier()).isEqualTo(3);
            assertThat(policy.backoff().maxDelay()).isEqualTo(Duration.ofSeconds(5));
            assertThat(policy.jitter()).isEqualTo(Jitter.DECORRELATED);
            assertThat(policy.timeBudget()).isEqualTo(Duration.ofSeconds(20));
            assertThat(policies[0].budget().policy())
                    .hasToString("ratio 0.2, window PT5S, reserve 7, min-success 40.0 %");
            assertThat(policies[0].settings().get("retry-on").value()).isEqualTo(List.of(IOException.class));
            assertThat(policies[0].settings().get("abort-on").value()).isEqualTo(List.of(FileNotFoundException.class));
        }

        @Test
        void anAnnotationIsAnOrigin() {
            read(Apps.plain());

            assertThat(policies[0].settings().get("max-attempts"))
                    .isEqualTo(new Setting(4, "@Retryable on Service.full()"));
        }

        @Test
        void whatAnAnnotationDoesNotSayComesFromTheDefaultsOfTheUserThenFromTheLibrary() {
            read(Apps.with("retrykit.defaults.policy.max-attempts: 9"));

            assertThat(policies[1].settings().get("max-attempts").value()).isEqualTo(9);
            assertThat(policies[1].settings().get("max-attempts").origin()).contains("application.yml");
            assertThat(policies[1].settings().get("jitter")).isEqualTo(new Setting(Jitter.DECORRELATED, "default"));
        }

        @Test
        void anAnnotationOverrulesTheDefaultsOfTheUser() {
            read(Apps.with("retrykit.defaults.policy.max-attempts: 9"));

            assertThat(policies[0].policy().maxAttempts()).isEqualTo(4);
        }

        @Test
        void whatIsConfiguredUnderTheMethodsNameOverrulesTheAnnotationKeyByKey() {
            read(Apps.with("retrykit.policies.[Service.full]: { max-attempts: 2, backoff: { delay: 300ms } }"));

            assertThat(policies[0].policy().maxAttempts()).isEqualTo(2);
            assertThat(policies[0].settings().get("max-attempts").origin()).contains("application.yml");
            assertThat(policies[0].policy().backoff().delay()).isEqualTo(Duration.ofMillis(300));
            assertThat(policies[0].policy().backoff().maxDelay()).isEqualTo(Duration.ofSeconds(5));
            assertThat(policies[0].settings().get("jitter").origin()).isEqualTo("@Retryable on Service.full()");
        }

        @Test
        void theMethodsNameIsComparedAsAllNamesAre() {
            read(Apps.with("retrykit.policies.[service.FULL].max-attempts: 2"));

            assertThat(policies[0].policy().maxAttempts()).isEqualTo(2);
        }

        @Test
        void aNamedBudgetInTheConfigurationOverrulesTheBudgetOfTheAnnotation() {
            read(Apps.with("""
                    retrykit:
                      budgets: { warehouse: { reserve: 1 } }
                      policies: { "[Service.full]": { budget: { name: warehouse } } }
                    """));

            assertThat(policies[0].budget().name()).isEqualTo("warehouse");
            assertThat(policies[0].policy().timeBudget()).isEqualTo(Duration.ofSeconds(20));
        }

        @Test
        void aContradictionOfTwoLayersNamesBothOrigins() {
            assertRefused(
                    Apps.with("retrykit.policies.[Service.full].backoff.delay: 6s")
                            .withBean(Service.class),
                    """
                    Invalid settings for retrykit.policies.[Service.full]: backoff.max-delay must not be below\
                     backoff.delay, 6s, but was 5s.

                        retrykit.policies.[Service.full].backoff.max-delay = 5s (@Retryable on Service.full())
                        retrykit.policies.[Service.full].backoff.delay = 6s\
                     (Byte array resource [application.yml] - 1:49)""",
                    "Change one of these values.");
        }
    }

    @Nested
    class Durations {

        static class Unreadable {

            @Retryable(attemptTimeout = "soon")
            String find(String sku) {
                return sku;
            }
        }

        static class Placeholder {

            @Retryable(backoff = @Backoff(delay = "${shop.delay}"))
            String find() {
                return "";
            }
        }

        @Test
        void areRefusedWhenNobodyCanReadThem() {
            assertRefused(
                    Apps.plain().withBean(Unreadable.class),
                    "@Retryable on Unreadable.find(String): attempt-timeout = 'soon' is invalid: it must be a"
                            + " duration such as 100ms, 2s, 5m or PT2S.",
                    "Correct the value.");
        }

        @Test
        void mayBePlaceholders() {
            Apps.with("shop.delay: 750ms")
                    .withBean(Placeholder.class)
                    .run(context -> assertThat(context.getBean(Retries.class)
                                    .get("Placeholder.find")
                                    .policy()
                                    .backoff()
                                    .delay())
                            .isEqualTo(Duration.ofMillis(750)));
        }

        @Test
        void aPlaceholderThatStandsForSomethingElseIsRefusedWithWhatItStandsFor() {
            assertRefused(
                    Apps.with("shop.delay: \"a\\nwhile\"").withBean(Placeholder.class),
                    "@Retryable on Placeholder.find(): backoff.delay = '${shop.delay}' (resolved to 'a\\nwhile')"
                            + " is invalid: it must be a duration such as 100ms, 2s, 5m or PT2S.",
                    "Correct the value.");
        }

        @Test
        void aPlaceholderThatStandsForNothingIsRefused() {
            assertRefused(
                    Apps.plain().withBean(Placeholder.class),
                    "@Retryable on Placeholder.find(): backoff.delay = '${shop.delay}' is invalid: its"
                            + " placeholder is not configured.",
                    "Configure the placeholder, or give it a default value.");
        }
    }

    @Nested
    class References {

        static class ToPolicy {

            @Retryable("inventroy")
            String find(String sku) {
                return sku;
            }
        }

        static class ToCircuit {

            @CircuitGuarded("inventroy")
            String find() {
                return "";
            }
        }

        static class ToBudget {

            @Retryable(budget = @Budget("inventroy"))
            String find() {
                return "";
            }
        }

        static class NamedAndSet {

            @Retryable(value = "inventory", maxAttempts = 5, jitter = Jitter.NONE, fallback = "other")
            String find() {
                return "";
            }

            String other() {
                return "";
            }
        }

        static class NamedWithFallback {

            @Retryable(value = "INVEN_TORY", fallback = "other")
            String find() throws IOException {
                throw new IOException();
            }

            String other() {
                return "other";
            }
        }

        static class TwoJitters {

            @Retryable(jitter = {Jitter.NONE, Jitter.FULL})
            String find() {
                return "";
            }
        }

        static class TwoBudgets {

            @Retryable(budget = @Budget(value = "inventory", ratio = 0.5))
            String find() {
                return "";
            }
        }

        private final ApplicationContextRunner app =
                Apps.with("retrykit: { policies: { inventory: }, circuits: { inventory: }, budgets: { inventory: } }");

        @Test
        void toAPolicyThatIsNotConfiguredAreRefused() {
            assertRefused(
                    app.withBean(ToPolicy.class),
                    "@Retryable on ToPolicy.find(String) names the policy 'inventroy', which is not configured."
                            + " Did you mean 'inventory'?",
                    "Correct the name, or configure retrykit.policies.inventroy.");
        }

        @Test
        void toACircuitThatIsNotConfiguredAreRefused() {
            assertRefused(
                    app.withBean(ToCircuit.class),
                    "@CircuitGuarded on ToCircuit.find() names the circuit 'inventroy', which is not configured."
                            + " Did you mean 'inventory'?",
                    "Correct the name, or configure retrykit.circuits.inventroy.");
        }

        @Test
        void toABudgetThatIsNotConfiguredAreRefused() {
            assertRefused(
                    app.withBean(ToBudget.class),
                    "retrykit.policies.[ToBudget.find].budget.name (@Retryable on ToBudget.find()) names the budget 'inventroy', which is not"
                            + " configured. Did you mean 'inventory'?",
                    "Correct the name, or configure retrykit.budgets.inventroy.");
        }

        @Test
        void settingsBesideANameAreRefused() {
            assertRefused(
                    app.withBean(NamedAndSet.class),
                    "@Retryable on NamedAndSet.find() names the policy 'inventory' and sets max-attempts, jitter"
                            + " next to it. If a policy is named, its settings must all be in application.yml.",
                    "Move the settings to retrykit.policies.inventory, or remove the name.");
        }

        @Test
        void aFallbackMayStandBesideAName() {
            app.withBean(NamedWithFallback.class)
                    .run(context -> assertThat(
                                    context.getBean(NamedWithFallback.class).find())
                            .isEqualTo("other"));
        }

        @Test
        void twoValuesWhereOneIsMeantAreRefused() {
            assertRefused(
                    app.withBean(TwoJitters.class),
                    "@Retryable on TwoJitters.find(): jitter has 2 values, but takes at most one.",
                    "Keep one of them.");
        }

        @Test
        void aBudgetsNameBesideItsSettingsIsRefused() {
            app.withBean(TwoBudgets.class)
                    .run(context -> assertThat(context)
                            .hasFailed()
                            .getFailure()
                            .rootCause()
                            .hasMessageContaining("so budget.ratio cannot be set next to it")
                            .hasMessageContaining("budget.ratio = 0.5 (@Retryable on TwoBudgets.find())"));
        }
    }

    @Nested
    @ExtendWith(OutputCaptureExtension.class)
    class NamesOfTheirOwn {

        static class Overloaded {

            @Retryable(maxAttempts = 2)
            @CircuitGuarded
            String find(int number) {
                return "";
            }

            @Retryable(maxAttempts = 3)
            @CircuitGuarded
            String find(String sku) {
                return "";
            }
        }

        @Test
        void areOnePerMethodWithAWarningWhereTheShortNameIsTaken(CapturedOutput output) {
            Apps.plain().withBean(Overloaded.class).run(context -> {
                Retries retries = context.getBean(Retries.class);
                String full = Overloaded.class.getName() + ".find(java.lang.String)";

                assertThat(retries.get("Overloaded.find").policy().maxAttempts())
                        .isEqualTo(2);
                assertThat(retries.get(full).policy().maxAttempts()).isEqualTo(3);
                assertThat(retries.circuits()).hasSize(2);
                assertThat(output.getOut().lines().filter(line -> line.contains("uses that full name instead")))
                        .singleElement()
                        .asString()
                        .contains("WARN", "'Overloaded.find' is already the name for", full);
            });
        }

        @Test
        void canBeConfiguredByTheFullName() {
            String full = Overloaded.class.getName() + ".find(java.lang.String)";

            Apps.with("retrykit.policies: { \"[" + full + "]\": { max-attempts: 8 } }")
                    .withBean(Overloaded.class)
                    .run(context -> assertThat(context.getBean(Retries.class)
                                    .get(full)
                                    .policy()
                                    .maxAttempts())
                            .isEqualTo(8));
        }
    }
}
