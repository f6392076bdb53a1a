package dev.retrykit.spring.settings.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.retrykit.spring.settings.CircuitSettings;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.Written;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootVersion;

class SettingsBinderTests {

    private static InvalidSettingException refusal(Written written) {
        try {
            written.bind();
        } catch (InvalidSettingException refused) {
            return refused;
        }
        throw new AssertionError("was bound");
    }

    private static SettingsLayer inventory(Written written) {
        return Objects.requireNonNull(written.bind().policy("inventory"));
    }

    @Nested
    class OriginTracker {

        @Test
        void aValueKnowsItsFileLineAndColumn() {
            Setting attempts = inventory(Written.yml("""
                    retrykit:
                      policies:
                        inventory:
                          max-attempts: 5
                    """)).setting("max-attempts");

            assertThat(attempts).isEqualTo(new Setting(5, "Byte array resource [application.yml] - 4:21"));
        }

        @Test
        void aListHasTheOriginOfItsFirstElement() {
            Setting retryOn = inventory(Written.yml("""
                    retrykit:
                      policies:
                        inventory:
                          retry-on:
                            - java.io.IOException
                            - java.util.concurrent.TimeoutException
                    """)).setting("retry-on");

            assertThat(retryOn.origin()).isEqualTo("Byte array resource [application.yml] - 5:11");
        }

        @Test
        void aVariableIsNamed() {
            Setting attempts = inventory(Written.variable("RETRYKIT_POLICIES_INVENTORY_MAXATTEMPTS", "5"))
                    .setting("max-attempts");

            assertThat(attempts.value()).isEqualTo(5);
            assertThat(attempts.origin()).contains("RETRYKIT_POLICIES_INVENTORY_MAXATTEMPTS");
        }

        @Test
        void aNameInBracketsKeepsItsOrigins() {
            SettingsLayer policy = Written.yml("""
                            retrykit:
                              policies:
                                "[StockService.stock]":
                                  backoff: { max-delay: 5s }
                            """).bind().policy("StockService.stock");

            assertThat(policy.setting("backoff.max-delay"))
                    .isEqualTo(new Setting(Duration.ofSeconds(5), "Byte array resource [application.yml] - 4:29"));
        }

        @Test
        void eachValueHasItsOwn() {
            Written written = Written.property("retrykit.policies.inventory.max-attempts", "7")
                    .andYml("application.yml", """
                            retrykit.policies.inventory:
                              max-attempts: 5
                              jitter: none
                            """);

            SettingsLayer policy = inventory(written);

            assertThat(policy.setting("max-attempts").value()).isEqualTo(7);
            assertThat(policy.setting("max-attempts").origin()).contains("properties");
            assertThat(policy.setting("jitter").origin()).contains("application.yml");
        }
    }

    @Nested
    class Spellings {

        @ParameterizedTest
        @ValueSource(strings = {"max-attempts", "maxAttempts", "max_attempts", "MAX-ATTEMPTS"})
        void keysAreComparedIgnoringCaseHyphensAndUnderscores(String key) {
            assertThat(inventory(Written.property("retrykit.policies.inventory." + key, 4))
                            .setting("max-attempts")
                            .value())
                    .isEqualTo(4);
        }

        @ParameterizedTest
        @ValueSource(strings = {"stock-service", "stockService", "stock_service", "STOCKSERVICE"})
        void namesAreToo(String spelling) {
            ConfiguredSettings settings = Written.yml("""
                    retrykit:
                      policies: { stock-service: { max-attempts: 4 } }
                      circuits: { stock-service: { minimum-calls: 4 } }
                      budgets: { stock-service: { reserve: 4 } }
                    """).bind();

            assertThat(settings.policy(spelling)).isNotNull();
            assertThat(settings.circuit(spelling)).isNotNull();
            assertThat(settings.budget(spelling)).isNotNull();
        }

        @ParameterizedTest
        @CsvSource({"jitter,DECORRELATED", "jitter,decorrelated", "jitter,Decorrelated"})
        void enumsInAnyCase(String key, String value) {
            assertThat(inventory(Written.property("retrykit.policies.inventory." + key, value))
                            .setting(key)
                            .value())
                    .hasToString("DECORRELATED");
        }
    }

    @Nested
    class EmptyEntries {

        @ParameterizedTest
        @ValueSource(strings = {"inventory:", "inventory: {}", "inventory: ''"})
        void areThereWithoutSayingAnything(String entry) {
            // Boot 4.0 drops an empty map of a file before anybody can see it
            assumeFalse(entry.endsWith("{}")
                    && String.valueOf(SpringBootVersion.getVersion()).startsWith("4.0."));
            ConfiguredSettings settings = Written.yml("""
                    retrykit:
                      policies:
                        %1$s
                      circuits:
                        %1$s
                      budgets:
                        %1$s
                    """.formatted(entry)).bind();

            assertThat(settings.policies()).containsExactly("inventory");
            assertThat(settings.policy("inventory").settings()).isEmpty();
            assertThat(settings.circuit("inventory").settings()).isEmpty();
            assertThat(settings.budget("inventory").settings()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "retrykit:",
                    "retrykit: {}",
                    "retrykit.policies:",
                    "retrykit.policies: {}",
                    "retrykit.circuits:",
                    "retrykit.budgets:",
                    "retrykit.defaults:",
                    "retrykit.defaults.policy: {}",
                    "retrykit.defaults.circuit.open:",
                    "retrykit.aspect:"
                })
        void sectionsWithoutAnythingBelowThemSayNothing(String yml) {
            ConfiguredSettings settings = Written.yml(yml).bind();

            assertThat(settings.policies()).isEmpty();
            assertThat(settings.policyDefaults().settings()).isEmpty();
        }

        @Test
        void anEmptySectionOfAPolicySaysNothing() {
            assertThat(inventory(Written.yml("retrykit.policies.inventory: { max-attempts: 5, backoff: {} }"))
                            .settings())
                    .containsOnlyKeys("max-attempts");
        }

        @Test
        void anEmptyEntryOfAStrongerFileHidesNothing() {
            Written written = Written.yml("retrykit.policies.inventory:")
                    .andYml("base.yml", "retrykit.policies.inventory.max-attempts: 5");

            assertThat(inventory(written).settings()).containsOnlyKeys("max-attempts");
        }

        @Test
        void somethingElseThanKeysIsRefused() {
            assertThat(refusal(Written.yml("retrykit.policies.inventory: hello")))
                    .hasMessage("'retrykit.policies.inventory' = 'hello' (Byte array resource [application.yml] - 1:30)"
                            + " is invalid: it must be a section with keys below it, or empty.");
        }
    }

    @Nested
    class UnknownKeys {

        @Test
        void stopTheStartWithTheNearestKeyAndTheOriginAndWithoutTheValue() {
            InvalidSettingException refused = refusal(Written.yml("""
                    retrykit:
                      policies:
                        inventory:
                          max-attemps: 5
                    """));

            assertThat(refused)
                    .hasMessage("'retrykit.policies.inventory.max-attemps'"
                            + " (Byte array resource [application.yml] - 4:20) is not a known key."
                            + " 'retrykit.policies.inventory' has no key 'max-attemps'."
                            + " Did you mean 'max-attempts'?");
            assertThat(refused.action())
                    .isEqualTo(
                            "Correct or remove the key. With retrykit.strict=false, an unknown key is only a warning.");
        }

        @ParameterizedTest
        @CsvSource({
            "retrykit.polices.inventory.max-attempts,policies",
            "retrykit.stritc,strict",
            "retrykit.aspect.ordre,order",
            "retrykit.defaults.polciy.jitter,policy",
            "retrykit.defaults.policy.jiter,jitter",
            "retrykit.defaults.circuit.open.durration,duration",
            "retrykit.policies.inventory.backof.delay,backoff",
            "retrykit.policies.inventory.backoff.max-dealy,max-delay",
            "retrykit.policies.inventory.budget.tiem,time",
            "retrykit.policies.inventory.retry-after.maxx,max",
            "retrykit.circuits.inventory.minimum-call,minimum-calls",
            "retrykit.circuits.inventory.window.sise,size",
            "retrykit.circuits.inventory.half-open.probe,probes",
            "retrykit.budgets.inventory.ration,ratio"
        })
        void areFoundAtEveryDepth(String key, String nearest) {
            assertThat(refusal(Written.property(key, "1")))
                    .hasMessageContaining("'" + key + "' (")
                    .hasMessageEndingWith("Did you mean '" + nearest + "'?");
        }

        @Test
        void belowASingleValueAreFoundToo() {
            assertThat(refusal(Written.property("retrykit.policies.inventory.jitter.kind", "full")))
                    .hasMessageContaining("'retrykit.policies.inventory.jitter' is a single value");
        }

        @Test
        void thatResembleNothingGetTheListOfKeys() {
            assertThat(refusal(Written.property("retrykit.budgets.inventory.zebra", "1")))
                    .hasMessageEndingWith("Known names: 'min-success', 'ratio', 'reserve', 'unlimited', 'window'.");
        }

        @Test
        void aMethodNameWithoutBracketsIsExplained() {
            assertThat(refusal(Written.yml("retrykit.policies.StockService.stock.max-attempts: 5")))
                    .hasMessageContaining("'retrykit.policies.StockService' has no key 'stock'.")
                    .hasMessageEndingWith("Put a name that contains a dot in brackets: [SimpleClass.method].");
        }

        @Test
        void aMerelyMisspeltKeyIsNotTakenForAMethod() {
            assertThat(refusal(Written.property("retrykit.policies.inventory.jiter", "full")))
                    .extracting(Throwable::getMessage)
                    .asString()
                    .doesNotContain("brackets");
        }

        @Test
        void fromAVariableOnlyWarn() {
            Written written = Written.variable("RETRYKIT_PORT", "tcp://10.0.0.1:80");

            written.bind();

            assertThat(written.warnings)
                    .singleElement()
                    .asString()
                    .contains("'retrykit.port'", "RETRYKIT_PORT", "'retrykit' has no key 'port'")
                    .doesNotContain("tcp://10.0.0.1:80");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "RETRYKIT_CIRCUITS_PAYMENT_GATEWAY_FAILURE_RATE",
                    "RETRYKIT_CIRCUITS_PAYMENTGATEWAY_FAILURERATE"
                })
        void noVariableThatIsBoundIsCalledUnknown(String variable) {
            Written written = Written.yml("retrykit.circuits.payment-gateway.minimum-calls: 7")
                    .andVariable(variable, "40");

            assertThat(Objects.requireNonNull(written.bind().circuit("payment-gateway"))
                            .value(CircuitSettings.FAILURE_RATE))
                    .isEqualTo(40);
            assertThat(written.warnings).isEmpty();
        }

        @Test
        void onlyWarnWhereTheUserSaysSo() {
            Written written = Written.yml("""
                    retrykit:
                      strict: false
                      policies: { inventory: { max-attemps: 5, jitter: none } }
                    """);

            assertThat(inventory(written).settings()).containsOnlyKeys("jitter");
            assertThat(written.warnings)
                    .singleElement()
                    .asString()
                    .contains("max-attemps", "Did you mean 'max-attempts'?");
        }

        @Test
        void ofOthersAreNoneOfOurs() {
            Written written = Written.yml("""
                    retrykitchen.sink: 1
                    spring.application.name: shop
                    """);

            written.bind();

            assertThat(written.warnings).isEmpty();
        }
    }

    @Nested
    class UnreadableValues {

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "policies.inventory.attempt-timeout | soon | a duration such as 100ms, 2s, 5m or PT2S",
                    "policies.inventory.backoff.delay | 200 parsecs | a duration such as 100ms, 2s, 5m or PT2S",
                    "policies.inventory.jitter | lots | one of none, full, equal, decorrelated",
                    "policies.inventory.backoff.strategy | square | one of fixed, linear, exponential, fibonacci",
                    "circuits.inventory.on-open | run | one of stop, wait",
                    "policies.inventory.max-attempts | many | a whole number, at most 2147483647",
                    "policies.inventory.max-attempts | 2.5 | a whole number, at most 2147483647",
                    "policies.inventory.max-attempts | 99999999999 | a whole number, at most 2147483647",
                    "policies.inventory.statuses[0] | gone | a whole number, at most 2147483647",
                    "circuits.inventory.failure-rate | most | a number",
                    "policies.inventory.idempotent | maybe | true or false",
                    "strict | perhaps | true or false",
                    "policies.inventory.retry-on[0] | com.acme.Gone"
                            + " | the full name of an exception class on the class path",
                    "policies.inventory.retry-on[0] | java.lang.String"
                            + " | the full name of an exception class on the class path",
                    "policies.inventory.abort-on[0] | int | the full name of an exception class on the class path",
                })
        void stopTheStartWithKeyValueOriginAndRule(String key, String value, String rule) {
            assertThat(refusal(Written.property("retrykit." + key, value)))
                    .hasMessage("'retrykit." + key + "' = '" + value + "' (\"retrykit." + key
                            + "\" from property source \"properties\") is invalid: it must be " + rule + ".")
                    .extracting(InvalidSettingException::action)
                    .isEqualTo("Correct the value.");
        }

        @ParameterizedTest
        @ValueSource(strings = {"2s", "2000", "PT2S", "2000ms"})
        void readableDurationsAreRead(String text) {
            assertThat(inventory(Written.property("retrykit.policies.inventory.attempt-timeout", text))
                            .setting("attempt-timeout")
                            .value())
                    .isEqualTo(Duration.ofSeconds(2));
        }

        @Test
        void classesAreReadAsTheyAreNamed() {
            assertThat(inventory(Written.property("retrykit.policies.inventory.retry-on", "java.io.IOException"))
                            .setting("retry-on")
                            .value())
                    .isEqualTo(List.of(IOException.class));
        }
    }

    @Nested
    class HostileValues {

        private static final String MEGABYTE = "x".repeat(1 << 20);

        @Test
        void aValueOfAMegabyteIsCut() {
            assertThat(refusal(Written.property("retrykit.policies.inventory.jitter", MEGABYTE))
                            .getMessage())
                    .contains("'" + "x".repeat(200) + "…'")
                    .hasSizeLessThan(1000);
        }

        @Test
        void aKeyOfAMegabyteIsCut() {
            assertThat(refusal(Written.property("retrykit.policies.inventory." + MEGABYTE, "1"))
                            .getMessage())
                    .hasSizeLessThan(2000);
        }

        @Test
        void controlCharactersInAValueAreEscaped() {
            assertThat(refusal(Written.property("retrykit.policies.inventory.jitter", "a\nERROR b\u001b[31m")))
                    .hasMessageContaining("'a\\nERROR b\\u001b[31m'")
                    .message()
                    .doesNotContain("\n", "\u001b");
        }

        @Test
        void controlCharactersInAKeyAreEscaped() {
            assertThat(refusal(Written.property("retrykit.policies[a\nERROR b].zebra", "1")))
                    .message()
                    .doesNotContain("\n")
                    .contains("a\\nERROR b");
        }

        @Test
        void aWindowOfAMegabyteIsCut() {
            assertThatExceptionOfType(InvalidSettingException.class)
                    .isThrownBy(() -> Written.property("retrykit.circuits.inventory.window.size", MEGABYTE)
                            .circuit())
                    .satisfies(refused -> assertThat(refused.getMessage()).hasSizeLessThan(1000));
        }
    }
}
