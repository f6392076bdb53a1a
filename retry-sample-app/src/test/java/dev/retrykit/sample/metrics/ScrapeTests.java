package dev.retrykit.sample.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.sample.Shop;
import dev.retrykit.sample.ShopTest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.annotation.DirtiesContext;

/** What Prometheus reads from the shop after traffic, and that no query in the documents asks for anything else. */
@ShopTest
@DirtiesContext
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScrapeTests {

    private static final Pattern SELECTOR = Pattern.compile("\\b(retrykit_\\w+)(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)(=~|!=|=|!~)\"([^\"]*)\"");

    /** Those of the target, which Prometheus adds by itself. */
    private static final Set<String> OF_THE_TARGET = Set.of("job", "instance");

    private static final int MOST = 5_000;

    @Autowired
    private Shop shop;

    private int failing;
    private Scrape before;
    private Scrape scrape;

    @BeforeAll
    void traffic() {
        shop.post("/faults/inventory/reset", "");
        shop.post("/actuator/retry/circuits/inventory", "{\"state\":\"CLOSED\"}");
        before = Scrape.read(shop.get("/actuator/prometheus").body());
        for (int order = 0; order < 10; order++) {
            shop.get("/orders/apple");
        }
        shop.post("/faults/inventory", "{\"failureRate\":1}");
        // no second, no conclusion
        while (failing < MOST && !isOpen()) {
            shop.get("/orders/apple");
            failing++;
        }
        shop.get("/orders/apple");
        failing++;
        shop.post("/orders/apple/payment", "");
        shop.post("/faults/inventory/reset", "");
        scrape = Scrape.read(shop.get("/actuator/prometheus").body());
    }

    private boolean isOpen() {
        return shop.get("/actuator/retry/circuits/inventory").body().contains("\"state\":\"OPEN\"");
    }

    @Test
    void eachMeterIsThereWithItsDescriptionAndCountsWhatHappened() {
        assertThat(scrape.names())
                .contains(
                        "retrykit_calls_seconds_count",
                        "retrykit_calls_seconds_sum",
                        "retrykit_stops_total",
                        "retrykit_attempts_total",
                        "retrykit_delay_seconds_count",
                        "retrykit_delay_seconds_sum",
                        "retrykit_budget_available",
                        "retrykit_budget_granted_total",
                        "retrykit_budget_denied_total",
                        "retrykit_fallback_total",
                        "retrykit_circuit_state",
                        "retrykit_circuit_calls_seconds_count",
                        "retrykit_circuit_calls_seconds_sum",
                        "retrykit_circuit_rejected_total",
                        "retrykit_circuit_fallback_total",
                        "retrykit_idempotency_total");
        assertThat(scrape.names())
                .filteredOn(name -> name.startsWith("retrykit_"))
                .allSatisfy(name -> {
                    String family = name.replaceFirst("_(count|sum)$", "");
                    assertThat(scrape.help().get(family)).as(name).isNotBlank();
                    assertThat(scrape.types()).as(name).containsKey(family);
                });
        assertThat(more("retrykit_calls_seconds_count", "policy", "inventory", "outcome", "success"))
                .isEqualTo(10);
        assertThat(more("retrykit_calls_seconds_count", "policy", "inventory")).isEqualTo(10 + failing);
        assertThat(scrape.sum("retrykit_circuit_state", "circuit", "inventory", "state", "open"))
                .isEqualTo(1);
        assertThat(scrape.sum("retrykit_circuit_state", "circuit", "inventory")).isEqualTo(1);
        assertThat(more("retrykit_circuit_rejected_total", "circuit", "inventory"))
                .isPositive();
        assertThat(more("retrykit_budget_denied_total", "budget", "inventory")).isPositive();
    }

    /** The application may have served other tests before. */
    private double more(String name, String... labels) {
        return scrape.sum(name, labels) - before.sum(name, labels);
    }

    @Test
    void whatHasNotHappenedYetIsThereWithZero() {
        assertThat(scrape.sum("retrykit_fallback_total", "policy", "delivery")).isZero();
        assertThat(scrape.values("retrykit_stops_total", "reason")).contains("vetoed", "nested", "interrupted");
        assertThat(scrape.values("retrykit_circuit_state", "state"))
                .containsExactlyInAnyOrder("closed", "open", "half_open", "forced_open", "disabled");
    }

    @Test
    void noQueryOfTheDocumentsAsksForWhatThereIsNot() {
        assertThat(Queries.dashboard()).hasSizeGreaterThan(15);
        assertThat(Queries.alerts()).hasSizeGreaterThan(5);
        Queries.all().forEach(this::assertAnswerable);
        Queries.menus().forEach(this::assertAnswerable);
    }

    private void assertAnswerable(String query) {
        Matcher selector = SELECTOR.matcher(query);
        int found = 0;
        while (selector.find()) {
            found++;
            String name = selector.group(1);
            assertThat(scrape.names()).as(query).contains(name);
            Matcher matcher = MATCHER.matcher(selector.group(2) == null ? "" : selector.group(2));
            while (matcher.find()) {
                assertMatches(query, name, matcher.group(1), matcher.group(2), matcher.group(3));
            }
        }
        assertThat(found).as(query).isPositive();
        labelsOf(query).forEach(label -> assertThat(known(query)).as(query).contains(label));
    }

    private void assertMatches(String query, String name, String label, String operator, String wanted) {
        if (OF_THE_TARGET.contains(label)) {
            return;
        }
        Set<String> values = scrape.values(name, label);
        assertThat(values).as(query + ": " + label).isNotEmpty();
        for (String value : operator.endsWith("~") ? wanted.split("\\|") : new String[] {wanted}) {
            assertThat(value.equals(".*") || values.contains(value))
                    .as(query + ": " + label + " is never " + value)
                    .isTrue();
        }
    }

    private static Set<String> labelsOf(String query) {
        Set<String> labels = new TreeSet<>();
        Matcher by = Pattern.compile("by \\(([^)]*)\\)").matcher(query);
        while (by.find()) {
            labels.addAll(List.of(by.group(1).split(",\\s*")));
        }
        return labels;
    }

    private Set<String> known(String query) {
        Set<String> known = new TreeSet<>(OF_THE_TARGET);
        Matcher selector = SELECTOR.matcher(query);
        while (selector.find()) {
            scrape.samples().stream()
                    .filter(sample -> sample.name().equals(selector.group(1)))
                    .map(Scrape.Sample::labels)
                    .map(Map::keySet)
                    .forEach(known::addAll);
        }
        return known;
    }

    @Test
    void theCheckWouldSeeAMistake() {
        assertThatThrownBy(() -> assertAnswerable("rate(retrykit_call_seconds_count[1m])"))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> assertAnswerable("retrykit_circuit_state{state=\"opened\"}"))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> assertAnswerable("sum by (breaker) (retrykit_circuit_state)"))
                .isInstanceOf(AssertionError.class);
    }
}
