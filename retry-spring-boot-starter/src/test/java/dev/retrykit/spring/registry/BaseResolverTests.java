package dev.retrykit.spring.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.binding.SettingsBinder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.StandardEnvironment;

/** Policies and circuits that build on others. */
class BaseResolverTests {

    private static final String YML = """
            retrykit:
              defaults:
                policy: { max-attempts: 7, jitter: none }
                circuit: { minimum-calls: 40 }
              policies:
                remote:
                  max-attempts: 5
                  backoff: { delay: 300ms, max-delay: 4s }
                  retry-on: [java.io.IOException]
                  budget: { time: 20s, reserve: 9 }
                slow-remote:
                  base: remote
                  backoff: { delay: 700ms }
                inventory:
                  base: %s
                  max-attempts: 2
                "[Client.own]":
                  base: remote
              circuits:
                remote: { failure-rate: 50, open.duration: 3s, ignore: [404] }
                inventory: { base: REMOTE, failure-rate: 60 }
            """;

    static class Client {

        @Retryable("inventory")
        @CircuitGuarded("inventory")
        public void call() throws IOException {
            throw new IOException("busy");
        }

        @Retryable(maxAttempts = 9, attemptTimeout = "1s")
        public void own() {
            // nothing
        }
    }

    private static void run(String yml, Consumer<Retries> test) {
        Apps.with(yml).withBean(Client.class).run(context -> {
            assertThat(context).hasNotFailed();
            test.accept(context.getBean(Retries.class));
        });
    }

    private static PolicyEntry policy(Retries retries, String name) {
        return retries.findPolicy(name).orElseThrow();
    }

    private static CircuitEntry circuit(Retries retries, String name) {
        return retries.findCircuit(name).orElseThrow();
    }

    private static Map<String, @Nullable String> given(String key, @Nullable String value) {
        Map<String, @Nullable String> given = new HashMap<>();
        given.put(key, value);
        return given;
    }

    @ParameterizedTest
    @ValueSource(strings = {"slow-remote", "SlowRemote", "slow_remote", "\" slow-remote \""})
    void whatABaseSaysHoldsUnlessThePolicySaysOtherwise(String base) {
        run(YML.formatted(base), retries -> {
            PolicyEntry inventory = policy(retries, "inventory");
            assertThat(inventory.policy().maxAttempts()).isEqualTo(2);
            assertThat(inventory.policy().backoff().delay()).isEqualTo(Duration.ofMillis(700));
            assertThat(inventory.policy().backoff().maxDelay()).isEqualTo(Duration.ofSeconds(4));
            assertThat(inventory.policy().jitter()).hasToString("NONE");
            assertThat(inventory.policy().timeBudget()).isEqualTo(Duration.ofSeconds(20));
            assertThat(inventory.budget().policy().reserve()).isEqualTo(9);
            assertThat(inventory.settings().get("retry-on").value()).isEqualTo(List.of(IOException.class));
            assertThat(policy(retries, "slow-remote").policy().maxAttempts()).isEqualTo(5);

            assertThat(circuit(retries, "inventory").circuit().policy().failureRate())
                    .isEqualTo(60);
            assertThat(circuit(retries, "inventory").circuit().policy().openDuration())
                    .isEqualTo(Duration.ofSeconds(3));
            assertThat(circuit(retries, "inventory")
                            .circuit()
                            .policy()
                            .ignored()
                            .statuses())
                    .containsExactly(404);
            assertThat(circuit(retries, "inventory").circuit().policy().minimumCalls())
                    .isEqualTo(40);
        });
    }

    @Test
    void aBaseComesBeforeTheAnnotationAsAllThatIsWrittenDoes() {
        run(YML.formatted("remote"), retries -> {
            assertThat(policy(retries, "Client.own").policy().maxAttempts()).isEqualTo(5);
            assertThat(policy(retries, "Client.own").policy().attemptTimeout()).hasValue(Duration.ofSeconds(1));
        });
    }

    @Test
    void eachValueSaysWhereItCameFrom() {
        run(YML.formatted("slow-remote"), retries -> {
            PolicyEntry inventory = policy(retries, "inventory");
            assertThat(inventory.settings().get("base").value()).isEqualTo("slow-remote");
            assertThat(inventory.settings().get("backoff.max-delay").origin()).contains("8:");
            assertThat(inventory.settings().get("backoff.delay").origin()).contains("13:");
            assertThat(inventory.settings().get("max-attempts").origin()).contains("16:");
            assertThat(policy(retries, "remote").settings()).doesNotContainKey("base");
        });
    }

    @Test
    void whatABaseIsGivenHoldsForAllThatBuildOnIt() {
        run(YML.formatted("slow-remote"), retries -> {
            List<String> differences =
                    retries.runtimeSettings().give(policy(retries, "remote"), given("backoff.maxDelay", "6s"), "me");

            assertThat(differences)
                    .containsExactlyInAnyOrder(
                            "backoff.max-delay 4s -> 6s",
                            "policy 'slow-remote': backoff.max-delay 4s -> 6s",
                            "policy 'inventory': backoff.max-delay 4s -> 6s",
                            "policy 'Client.own': backoff.max-delay 4s -> 6s");
            assertThat(policy(retries, "inventory").policy().backoff().maxDelay())
                    .isEqualTo(Duration.ofSeconds(6));
            assertThat(policy(retries, "inventory")
                            .settings()
                            .get("backoff.max-delay")
                            .origin())
                    .isEqualTo("me");

            retries.runtimeSettings().give(policy(retries, "remote"), given("maxAttempts", "3"), "me");
            assertThat(policy(retries, "inventory").policy().maxAttempts()).isEqualTo(2);
            assertThat(policy(retries, "slow-remote").policy().maxAttempts()).isEqualTo(3);

            retries.runtimeSettings().give(policy(retries, "remote"), given("budget.reserve", "2"), "me");
            assertThat(policy(retries, "inventory").budget().policy().reserve()).isEqualTo(2);

            retries.runtimeSettings().give(policy(retries, "remote"), given("backoff.maxDelay", null), "me");
            assertThat(policy(retries, "inventory").policy().backoff().maxDelay())
                    .isEqualTo(Duration.ofSeconds(4));

            retries.runtimeSettings().give(circuit(retries, "remote"), given("open.duration", "2s"), "me");
            assertThat(circuit(retries, "inventory").circuit().policy().openDuration())
                    .isEqualTo(Duration.ofSeconds(2));
        });
    }

    @Test
    void whatCannotHoldForOneThatBuildsOnItChangesNothing() {
        run(YML.formatted("slow-remote"), retries -> {
            Throwable refused = catchThrowable(() -> retries.runtimeSettings()
                    .give(policy(retries, "remote"), given("backoff.maxDelay", "500ms"), "me"));

            assertThat(refused).isInstanceOf(InvalidSettingException.class).hasMessageContaining("slow-remote");
            assertThat(policy(retries, "remote").policy().backoff().maxDelay()).isEqualTo(Duration.ofSeconds(4));
        });
    }

    @Test
    void anotherBaseCanBeGivenAndTakenAway() {
        run(YML.formatted("slow-remote"), retries -> {
            retries.runtimeSettings().give(policy(retries, "inventory"), given("base", "remote"), "me");
            assertThat(policy(retries, "inventory").policy().backoff().delay()).isEqualTo(Duration.ofMillis(300));

            retries.runtimeSettings().give(policy(retries, "inventory"), given("base", ""), "me");
            assertThat(policy(retries, "inventory").policy().backoff().delay()).isEqualTo(Duration.ofMillis(200));

            assertThat(catchThrowable(() ->
                            retries.runtimeSettings().give(policy(retries, "remote"), given("base", "remot"), "me")))
                    .hasMessageContaining(
                            "'retrykit.policies.remote.base' = 'remot' (me): this policy is not configured");
            assertThat(catchThrowable(() -> retries.runtimeSettings()
                            .give(policy(retries, "remote"), given("base", "slow-remote"), "me")))
                    .hasMessageContaining("'remote' is based on 'slow-remote', which is based on 'remote'");
        });
    }

    @Test
    void aRefreshReadsBasesAnew() {
        run(YML.formatted("slow-remote"), retries -> {
            StandardEnvironment environment = new StandardEnvironment();
            Apps.load(environment, "application.yml", YML.formatted("remote").replace("300ms", "450ms"));

            retries.runtimeSettings().rebind(SettingsBinder.bind(environment, null, warning -> {}));

            assertThat(policy(retries, "inventory").policy().backoff().delay()).isEqualTo(Duration.ofMillis(450));
        });
    }

    @Test
    void whatOthersBuildOnIsUsed() {
        run(YML.formatted("slow-remote"), retries -> {
            List<String> unused = new ArrayList<>();
            retries.report(UnusedConfiguration.Next.NONE, unused::add, note -> {});
            assertThat(unused).noneMatch(complaint -> complaint.contains("remote"));
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "slow-remot | 'retrykit.policies.inventory.base' = 'slow-remot' (",
                "slow-remot | this policy is not configured. Did you mean 'slow-remote'?",
                "inventory | a policy cannot be based on itself, but 'inventory' is based on 'inventory'.",
            })
    void whatCannotBeABaseStopsTheStart(String base, String message) {
        Apps.with(YML.replace("base: %s", "base: " + base))
                .withBean(Client.class)
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessageContaining(message));
    }

    @Test
    void aCircleStopsTheStart() {
        Apps.with("""
                        retrykit.circuits:
                          a: { base: b }
                          b: { base: C }
                          c: { base: a }
                        """)
                .run(
                        context -> assertThat(context)
                                .hasFailed()
                                .getFailure()
                                .rootCause()
                                .isInstanceOf(InvalidSettingException.class)
                                .hasMessageContaining(
                                        "a circuit cannot be based on itself, but 'a' is based on 'b', which is based on 'C', which is based on 'a'."));
    }

    @Test
    void theDefaultsBuildOnNothing() {
        Apps.with("""
                        retrykit:
                          defaults.policy.base: remote
                          policies.remote.max-attempts: 4
                        """)
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessageContaining("'retrykit.defaults.policy.base' = 'remote' (")
                        .hasMessageContaining("the defaults cannot have a base"));
    }
}
