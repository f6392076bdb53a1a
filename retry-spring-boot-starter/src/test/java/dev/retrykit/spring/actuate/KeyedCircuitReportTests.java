package dev.retrykit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.actuate.RetryReport.CircuitReport;
import dev.retrykit.spring.observe.RetryMeters;
import dev.retrykit.spring.registry.CircuitEntry;
import dev.retrykit.spring.registry.Retries;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.ConnectException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.context.ApplicationContext;

/** What is told of a circuit with a key: sums, numbers of keys, and a few of those in trouble. */
class KeyedCircuitReportTests {

    private static final String YML = """
            retrykit.circuits:
              search: { window: { type: count, size: 10 }, minimum-calls: 2, half-open: { probes: 1 }, open: { duration: 5s, jitter: 0 }, keys: { max: 50 } }
            """;

    static class Search {

        @CircuitGuarded(value = "search", key = "#region")
        String find(String region) throws ConnectException {
            if (region.startsWith("down")) {
                throw new ConnectException(region);
            }
            return region;
        }
    }

    private Search search;
    private CircuitEntry circuit;

    private void run(Use use) {
        Apps.with(YML).withBean(Search.class).run(context -> {
            search = context.getBean(Search.class);
            circuit = context.getBean(Retries.class).findCircuit("search").orElseThrow();
            use.run(context);
        });
    }

    /** What a test does. */
    private interface Use {

        void run(ApplicationContext context) throws Throwable;
    }

    private void call(String region, int times) {
        for (int i = 0; i < times; i++) {
            try {
                search.find(region);
            } catch (ConnectException | RuntimeException counted) {
                // what the report is about
            }
        }
    }

    private CircuitReport report() {
        return new Reporter(true).report(circuit);
    }

    @Test
    void beforeTheFirstCallThereAreNoKeys() {
        run(context -> {
            assertThat(report().state()).isEqualTo("CLOSED");
            assertThat(report().keys()).isEmpty();
            assertThat(report().troubled()).isEmpty();
            assertThat(report().failureRate()).isNull();
        });
    }

    @Test
    void itIsInTheWorstStateOfItsKeysAndCountsForAll() {
        run(context -> {
            call("eu", 5);
            call("down", 3);
            assertThat(report().state()).isEqualTo("OPEN");
            assertThat(report().keys()).containsOnly(entry("CLOSED", 1), entry("OPEN", 1));
            assertThat(report().troubled()).containsOnly(entry("down", "OPEN"));
            assertThat(report().calls()).isEqualTo(7);
            assertThat(report().failures()).isEqualTo(2);
            assertThat(report().failureRate()).isEqualTo(28.57);
            assertThat(report().rejected()).isEqualTo(1);
            assertThat(report().nextProbeInMs()).isEqualTo(5_000);
        });
    }

    static class Everywhere {

        @CircuitGuarded("search")
        String find() throws ConnectException {
            throw new ConnectException("all regions");
        }
    }

    @Test
    void theCircuitOfCallsWithoutAKeyIsShownBesideThoseOfKeys() {
        Apps.with(YML).withBean(Search.class).withBean(Everywhere.class).run(context -> {
            search = context.getBean(Search.class);
            circuit = context.getBean(Retries.class).findCircuit("search").orElseThrow();
            Everywhere everywhere = context.getBean(Everywhere.class);
            call("eu", 2);
            assertThat(report().unkeyed()).isEqualTo("CLOSED");
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(everywhere::find).isNotNull();
            }

            assertThat(report().keys()).containsOnly(entry("CLOSED", 1));
            assertThat(report().unkeyed()).isEqualTo("OPEN");
            assertThat(report().state()).isEqualTo("OPEN");
            assertThat(circuit.countIn(CircuitState.OPEN)).isEqualTo(1);
            assertThat(circuit.countIn(CircuitState.CLOSED)).isEqualTo(1);
        });
    }

    @Test
    void keysWithoutRoomAreShownAsTheCircuitThatTheyShare() {
        Apps.with(YML.replace("max: 50", "max: 2")).withBean(Search.class).run(context -> {
            circuit = context.getBean(Retries.class).findCircuit("search").orElseThrow();
            search = context.getBean(Search.class);
            search.find("eu");
            search.find("us");
            assertThat(report().unkeyed()).isNull();
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> search.find("down")).isNotNull();
            }

            assertThat(report().unkeyed()).isEqualTo("OPEN");
            assertThat(report().keys()).containsOnly(entry("CLOSED", 2));
        });
    }

    @Test
    void keysComeFromOutsideSoFewAreShownAndNoneForgesALine() {
        run(context -> {
            for (int i = 0; i < 30; i++) {
                call("down " + i + "\n", 2);
            }
            assertThat(report().keys()).containsOnly(entry("OPEN", 30));
            assertThat(report().troubled())
                    .hasSize(20)
                    .allSatisfy((key, state) -> assertThat(key).doesNotContain("\n"));
        });
    }

    @Test
    void whatAnEvictedKeyHasCountedStaysCounted() {
        run(context -> {
            for (int i = 0; i < 60; i++) {
                call("down " + i, 3);
            }
            assertThat(circuit.keys()).hasSize(50);
            assertThat(report().rejected())
                    .as("one of each of 50 keys, and all but two of the 30 calls of keys without room")
                    .isEqualTo(50 + 28);
        });
    }

    @Test
    void theEndpointSetsAllKeys() {
        run(context -> {
            call("eu", 1);
            new RetryEndpoint(context.getBean(Retries.class), null)
                    .change("circuits", "search", Map.of("state", "FORCED_OPEN"), SecurityContext.NONE);
            assertThat(report().keys()).containsOnly(entry("FORCED_OPEN", 1));
            assertThatThrownBy(() -> search.find("us")).hasMessageContaining("search");
            assertThat(report().keys()).containsOnly(entry("FORCED_OPEN", 2));
            assertThat(report().nextProbeInMs()).isNull();
        });
    }

    @Test
    void theGaugeIsTheNumberOfKeysInAState() {
        run(context -> {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            context.getBean(RetryMeters.class).bindTo(registry);
            call("eu", 1);
            call("us", 1);
            call("down", 3);
            assertThat(gauge(registry, "closed")).isEqualTo(2);
            assertThat(gauge(registry, "open")).isEqualTo(1);
            assertThat(gauge(registry, "half_open")).isZero();
            assertThat(registry.get("retrykit.circuit.rejected")
                            .tags("circuit", "search")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.getMeters())
                    .as("meters are per name")
                    .noneMatch(meter -> meter.getId().getTags().toString().contains("down"));
        });
    }

    private static double gauge(SimpleMeterRegistry registry, String state) {
        return registry.get("retrykit.circuit.state")
                .tags("circuit", "search", "state", state)
                .gauge()
                .value();
    }
}
