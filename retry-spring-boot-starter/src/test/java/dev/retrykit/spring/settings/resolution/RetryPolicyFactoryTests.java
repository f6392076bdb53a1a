package dev.retrykit.spring.settings.resolution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.RetryPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.backoff.Strategy;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.Written;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyFactoryTests {

    private static void assertRefused(String yml, String message, String action) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(
                        () -> Written.yml("retrykit.policies.inventory: " + yml).policy())
                .withMessage(message)
                .satisfies(refused -> assertThat(refused.action()).isEqualTo(action));
    }

    @Test
    void anEmptyPolicyIsOneOfDefaults() {
        Resolved<RetryPolicy> effective =
                Written.yml("retrykit.policies.inventory:").policy();

        assertThat(effective.value().maxAttempts()).isEqualTo(3);
        assertThat(effective.value().timeBudget()).isEqualTo(Duration.ofSeconds(30));
        assertThat(effective.value().backoff()).hasToString("EXPONENTIAL from PT0.2S up to PT10S");
        assertThat(effective.value().jitter()).isEqualTo(Jitter.DECORRELATED);
        assertThat(effective.settings().values()).extracting(Setting::origin).containsOnly("default");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "backoff.delay: 50ms, DECORRELATED",
        "backoff.max-delay: 1s, DECORRELATED",
        "backoff.strategy: exponential, EQUAL",
        "backoff.strategy: fixed, EQUAL",
        "backoff.multiplier: 3, EQUAL"
    })
    void theDefaultJitterGivesWayToAStrategy(String written, Jitter jitter) {
        assertThat(Written.yml("retrykit.policies.inventory." + written)
                        .policy()
                        .value()
                        .jitter())
                .isEqualTo(jitter);
    }

    @Test
    void everyKeyReachesTheEngine() {
        RetryPolicy policy = Written.yml("""
                        retrykit.policies.inventory:
                          max-attempts: 5
                          attempt-timeout: 2s
                          backoff: { strategy: fibonacci, delay: 100ms, multiplier: 3, max-delay: 7s }
                          jitter: decorrelated
                          budget: { time: 20s }
                          retry-after: { respect: false, max: 4s }
                          nested: multiply
                        """).policy().value();

        assertThat(policy.maxAttempts()).isEqualTo(5);
        assertThat(policy.attemptTimeout()).hasValue(Duration.ofSeconds(2));
        assertThat(policy.backoff().strategy()).isEqualTo(Strategy.FIBONACCI);
        assertThat(policy.backoff().delay()).isEqualTo(Duration.ofMillis(100));
        assertThat(policy.backoff().multiplier()).isEqualTo(3);
        assertThat(policy.backoff().maxDelay()).isEqualTo(Duration.ofSeconds(7));
        assertThat(policy.jitter()).isEqualTo(Jitter.DECORRELATED);
        assertThat(policy.timeBudget()).isEqualTo(Duration.ofSeconds(20));
        assertThat(policy.respectsRetryAfter()).isFalse();
        assertThat(policy.maxRetryAfter()).isEqualTo(Duration.ofSeconds(4));
        assertThat(policy.nested()).hasToString("MULTIPLY");
    }

    @ParameterizedTest
    @CsvSource({
        "backoff.max-delay, 100ms, backoff.delay, 100ms",
        "backoff.delay, 20s, backoff.max-delay, 20s",
        "attempt-timeout, 40s, budget.time, 2m"
    })
    void aDefaultThatDoesNotFitAWrittenValueGivesWay(String key, String value, String derived, String becomes) {
        Setting setting = Written.property("retrykit.policies.inventory." + key, value)
                .policy()
                .settings()
                .get(derived);

        assertThat(MessageText.of(setting.value())).isEqualTo(becomes);
        assertThat(setting.origin()).isEqualTo("derived");
    }

    @Test
    void theDefaultsOfTheUserAreWeakerThanThePolicy() {
        Resolved<RetryPolicy> effective = Written.yml("""
                        retrykit:
                          defaults.policy: { max-attempts: 7, jitter: none }
                          policies.inventory: { max-attempts: 5 }
                        """).policy();

        assertThat(effective.settings().get("max-attempts"))
                .isEqualTo(new Setting(5, "Byte array resource [application.yml] - 3:39"));
        assertThat(effective.settings().get("jitter"))
                .isEqualTo(new Setting(Jitter.NONE, "Byte array resource [application.yml] - 2:47"));
        assertThat(effective.settings().get("nested").origin()).isEqualTo("default");
    }

    @Test
    void twoWrittenDelaysThatContradictAreBothNamed() {
        assertRefused("{ backoff: { delay: 10s, max-delay: 5s } }", """
                Invalid settings for retrykit.policies.inventory: backoff.max-delay must not be below\
                 backoff.delay, 10s, but was 5s.

                    retrykit.policies.inventory.backoff.max-delay = 5s (Byte array resource [application.yml] - 1:66)
                    retrykit.policies.inventory.backoff.delay = 10s (Byte array resource [application.yml] - 1:50)""", "Change one of these values.");
    }

    @Test
    void anAttemptTimeoutAboveTheTimeBudgetIsRefused() {
        assertRefused("{ attempt-timeout: 10s, budget: { time: 5s } }", """
                Invalid settings for retrykit.policies.inventory: attempt-timeout must not be above budget.time,\
                 5s, but was 10s.

                    retrykit.policies.inventory.attempt-timeout = 10s (Byte array resource [application.yml] - 1:49)
                    retrykit.policies.inventory.budget.time = 5s (Byte array resource [application.yml] - 1:70)""", "Change one of these values.");
    }

    @Test
    void aValueOutOfItsRangeIsRefused() {
        assertRefused("{ max-attempts: 0 }", """
                Invalid settings for retrykit.policies.inventory: max-attempts must be 1 or more (it counts the\
                 first attempt), but was 0.

                    retrykit.policies.inventory.max-attempts = 0 (Byte array resource [application.yml] - 1:46)""", "Change the value.");
    }

    @ParameterizedTest
    @CsvSource({
        "attempt-timeout, -1s",
        "budget.time, 0s",
        "budget.time, -5s",
        "backoff.delay, -200ms",
        "backoff.multiplier, 0.5",
        "backoff.multiplier, NaN",
        "backoff.multiplier, Infinity",
        "retry-after.max, -1s",
        "max-attempts, -3"
    })
    void impossibleNumbersAreRefusedByTheUsersKey(String key, String value) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> Written.property("retrykit.policies.inventory." + key, value)
                        .policy())
                .withMessageContaining("\n    retrykit.policies.inventory." + key + " = " + value)
                .withMessageContaining("inventory: " + key + " must");
    }

    @ParameterizedTest
    @CsvSource({"backoff.max-delay, 106751991167d", "budget.time, 9223372036854775807s"})
    void enormousDurationsSaturate(String key, String value) {
        assertThat(Written.property("retrykit.policies.inventory." + key, value)
                        .policy()
                        .value())
                .isNotNull();
    }

    @Test
    void onlyWhatHasAValueIsShown() {
        Set<String> shown =
                Written.yml("retrykit.policies.inventory:").policy().settings().keySet();

        assertThat(shown).contains("max-attempts").doesNotContain("attempt-timeout", "retry-on", "budget.name");
    }

    @Test
    void aPolicyThatIsSwitchedOffMakesOneAttemptAndShowsWhatIsWritten() {
        Resolved<RetryPolicy> effective = Written.yml(
                        "retrykit.policies.inventory: { enabled: false, max-attempts: 4 }")
                .policy();

        assertThat(effective.value().maxAttempts()).isEqualTo(1);
        assertThat(effective.settings().get("enabled").value()).isEqualTo(false);
        assertThat(effective.settings().get("max-attempts").value()).isEqualTo(4);
    }

    @Test
    void aPolicyThatIsSwitchedOffMayNotBeWrongAllTheSame() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> Written.yml("retrykit.policies.inventory: { enabled: false, max-attempts: 0 }")
                        .policy())
                .withMessageContaining("max-attempts must be 1 or more");
    }

    @Test
    void aDryRunReachesTheEngine() {
        assertThat(Written.yml("retrykit.policies.inventory: { dry-run: true }")
                        .policy()
                        .value()
                        .isDryRun())
                .isTrue();
    }
}
