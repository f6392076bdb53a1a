package dev.retrykit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.Retries;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

class CircuitHealthTests {

    static class Search {

        @CircuitGuarded(value = "search", key = "#region")
        public String find(String region) {
            return region;
        }
    }

    private interface Use {

        void run(Retries retries, HealthIndicator health, Search search);
    }

    private void run(String yml, Use use) {
        Apps.with(yml)
                .withBean(Search.class)
                .run(context -> use.run(
                        context.getBean(Retries.class),
                        context.getBean("circuitsHealthIndicator", HealthIndicator.class),
                        context.getBean(Search.class)));
    }

    @Test
    void anOpenCircuitIsADetailAndNoReasonToBeDown() {
        run(
                "retrykit.circuits: { inventory: { minimum-calls: 20 }, search: { minimum-calls: 20 } }",
                (retries, health, search) -> {
                    retries.circuit("inventory").forceOpen();
                    Health now = health.health();
                    assertThat(now.getStatus()).isEqualTo(Status.UP);
                    assertThat(now.getDetails())
                            .containsOnly(entry("inventory", "FORCED_OPEN"), entry("search", "CLOSED"));
                });
    }

    @Test
    void unlessItIsSaidToAffectTheHealth() {
        run(
                "retrykit.circuits: { inventory: { affects-health: true }, search: { minimum-calls: 20 } }",
                (retries, health, search) -> {
                    assertThat(health.health().getStatus()).isEqualTo(Status.UP);
                    retries.circuit("inventory").forceOpen();
                    assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
                    retries.circuit("inventory").halfOpen();
                    assertThat(health.health().getStatus()).isEqualTo(Status.UP);
                });
    }

    @Test
    void ofSeveralKeysAllMustBeOpen() {
        run(
                "retrykit: { defaults.circuit.affects-health: true, circuits.search: { minimum-calls: 20 } }",
                (retries, health, search) -> {
                    search.find("eu");
                    search.find("us");
                    var keys = retries.findCircuit("search").orElseThrow().circuits();
                    retries.findCircuit("search").orElseThrow().circuit().forceOpen();
                    assertThat(health.health().getStatus()).isEqualTo(Status.UP);
                    assertThat(health.health().getDetails()).containsOnly(entry("search", Map.of("CLOSED", 2)));
                    keys.forceOpen();
                    assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
                });
    }

    @Test
    void theCircuitOfKeysThatFindNoRoomIsOneOfThem() {
        run(
                "retrykit: { defaults.circuit.affects-health: true, circuits.search.keys.max: 1 }",
                (retries, health, search) -> {
                    search.find("eu");
                    search.find("us");
                    assertThat(health.health().getDetails()).containsOnly(entry("search", Map.of("CLOSED", 2)));
                    retries.findCircuit("search").orElseThrow().circuit().forceOpen();
                    assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
                    assertThat(health.health().getDetails())
                            .containsOnly(entry("search", Map.of("CLOSED", 1, "FORCED_OPEN", 1)));
                    assertThat(retries.findCircuit("search").orElseThrow().countIn(CircuitState.FORCED_OPEN))
                            .isEqualTo(1);
                });
    }

    @Test
    void itCanBeSwitchedOff() {
        Apps.with("management.health.circuits.enabled: false")
                .run(context -> assertThat(context).doesNotHaveBean("circuitsHealthIndicator"));
    }
}
