package dev.retrykit.spring.aspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.CircuitEntry;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.time.ManualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.test.util.AopTestUtils;
import reactor.core.publisher.Mono;

/** One circuit for each key. */
class KeyedMethodsTests {

    private static final String YML = """
            retrykit:
              defaults.policy: { max-attempts: 2, jitter: none }
              policies:
                search: { budget: { ratio: 0, reserve: 2, min-success: 0 } }
                shared: { budget: { name: pool } }
              budgets.pool: { ratio: 0, reserve: 2, min-success: 0 }
              circuits:
                search: { window: { type: count, size: 10 }, minimum-calls: 4, half-open: { probes: 1 }, open: { jitter: 0 }, keys: { max: 3 } }
                pooled:
            """;

    static class Search {

        final List<String> called = new ArrayList<>();

        @CircuitGuarded(value = "search", key = "#region")
        public String find(String region) throws ConnectException {
            called.add(region);
            if (region.startsWith("down")) {
                throw new ConnectException(region);
            }
            return "found in " + region;
        }

        @Retryable("search")
        @CircuitGuarded(value = "search", key = "#region")
        public String findAgain(String region) throws ConnectException {
            return find(region);
        }

        @Retryable("shared")
        @CircuitGuarded(value = "pooled", key = "#region")
        public String findFromPool(String region) throws ConnectException {
            return find(region);
        }

        @CircuitGuarded("search")
        public String findAnywhere(String region) throws ConnectException {
            return find(region);
        }

        @CircuitGuarded(value = "search", key = "#region", fallback = "nothing")
        public String findOrNothing(String region) throws ConnectException {
            return find(region);
        }

        private String nothing(String region) {
            return "nothing";
        }

        @CircuitGuarded(value = "search", key = "#region")
        public CompletableFuture<String> findLater(String region) {
            called.add(region);
            return region.startsWith("down")
                    ? CompletableFuture.failedFuture(new ConnectException(region))
                    : CompletableFuture.completedFuture("found in " + region);
        }

        @CircuitGuarded(value = "search", key = "#region")
        public Mono<String> findReactively(String region) {
            return Mono.fromFuture(() -> findLater(region));
        }

        @CircuitGuarded(key = "#region")
        public String findWithoutName(String region) throws ConnectException {
            return find(region);
        }
    }

    private Search search;
    private Search target;
    private Retries retries;

    private static ApplicationContextRunner app() {
        return Apps.with(YML).withBean(Search.class);
    }

    private void run(Use use) {
        app().run(context -> {
            search = context.getBean(Search.class);
            target = AopTestUtils.getTargetObject(search);
            retries = context.getBean(Retries.class);
            use.run(context);
        });
    }

    /** What a test does. */
    private interface Use {

        void run(ApplicationContext context) throws Throwable;
    }

    /** A call of a region. */
    private interface Find {

        Object of(String region) throws Exception;
    }

    private static void fail(Find find, String region, int times) {
        for (int i = 0; i < times; i++) {
            assertThatThrownBy(() -> find.of(region)).isNotInstanceOf(CircuitOpenException.class);
        }
    }

    private CircuitEntry circuit() {
        return retries.findCircuit("search").orElseThrow();
    }

    private CircuitState state(String key) {
        return circuit().keys().get(key).state();
    }

    @Test
    void aRegionThatIsDownIsCutOffAndTheOthersAreNot() {
        run(context -> {
            fail(search::find, "down", 4);
            assertThatThrownBy(() -> search.find("down")).isInstanceOf(CircuitOpenException.class);
            assertThat(target.called).hasSize(4);
            assertThat(search.find("eu")).isEqualTo("found in eu");
            assertThat(state("down")).isEqualTo(CircuitState.OPEN);
            assertThat(state("eu")).isEqualTo(CircuitState.CLOSED);
        });
    }

    @Test
    void allFormsOfMethodsHaveTheirKeys() {
        run(context -> {
            fail(region -> search.findLater(region).join(), "down", 2);
            fail(region -> search.findReactively(region).block(), "down", 2);
            assertThat(state("down")).isEqualTo(CircuitState.OPEN);
            assertThat(search.findLater("eu").join()).isEqualTo("found in eu");
            assertThat(search.findReactively("eu").block()).isEqualTo("found in eu");
            assertThatThrownBy(() -> search.findReactively("down").block()).isInstanceOf(CircuitOpenException.class);
        });
    }

    @Test
    void methodsOfOneNameShareTheCircuitOfAKey() {
        run(context -> {
            fail(search::find, "down", 2);
            fail(search::findAgain, "down", 1);
            assertThat(state("down")).isEqualTo(CircuitState.OPEN);
            assertThat(search.findOrNothing("down")).isEqualTo("nothing");
        });
    }

    @Test
    void eachKeyHasABudgetOfItsOwn() {
        run(context -> {
            fail(search::findAgain, "down 1", 1);
            fail(search::findAgain, "down 2", 2);
            assertThat(target.called)
                    .as("two attempts each, as the reserve of each pays for two retries")
                    .containsExactly("down 1", "down 1", "down 2", "down 2", "down 2", "down 2");
            var budget = retries.findBudget("search").orElseThrow().snapshot();
            assertThat(budget.granted()).isEqualTo(3);
            assertThat(budget.available()).as("what the poorest key has left").isZero();
            assertThat(budget.attempts()).isEqualTo(6);
            assertThat(retries.findPolicy("search").orElseThrow().hasBudgetsByKey())
                    .isTrue();
        });
    }

    @Test
    void aNamedBudgetPaysForAllKeys() {
        run(context -> {
            fail(search::findFromPool, "down 1", 1);
            fail(search::findFromPool, "down 2", 1);
            // after the first second of the trouble there are its tokens alone
            context.getBean(ManualTime.class).advance(Duration.ofSeconds(1));
            fail(search::findFromPool, "down 3", 1);
            assertThat(target.called).containsExactly("down 1", "down 1", "down 2", "down 2", "down 3");
        });
    }

    @Test
    void theCountersOfAPolicyAreThoseOfAllKeys() {
        run(context -> {
            search.findAgain("eu");
            search.findAgain("us");
            assertThat(retries.findPolicy("search").orElseThrow().counters().attempts())
                    .isEqualTo(2);
        });
    }

    @Test
    void callsWithoutAKeyGoThroughACircuitOfTheirOwn() {
        run(context -> {
            fail(search::findAnywhere, "down", 4);
            assertThat(circuit().circuit().state()).isEqualTo(CircuitState.OPEN);
            assertThat(search.find("eu")).isEqualTo("found in eu");
        });
    }

    @Test
    void keysThatFindNoRoomShareThatOne() {
        run(context -> {
            search.find("a");
            search.find("b");
            search.find("c");
            fail(search::find, "down", 4);
            assertThatThrownBy(() -> search.find("d")).isInstanceOf(CircuitOpenException.class);
            assertThat(search.find("a")).isEqualTo("found in a");
            assertThat(circuit().keys()).containsOnlyKeys("a", "b", "c");
        });
    }

    @Test
    void withoutANameTheCircuitIsTheMethods() {
        run(context -> {
            search.findWithoutName("eu");
            assertThat(retries.findCircuit("Search.findWithoutName")
                            .orElseThrow()
                            .keys())
                    .containsOnlyKeys("eu");
        });
    }

    @Test
    void aCallWithoutItsKeyCallsNothingNorAFallback() {
        run(context -> {
            String message = " on Search.%s(String) is null, so the method was not called.";
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> search.find(null))
                    .withMessage("@CircuitGuarded key '#region'" + message.formatted("find"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> search.findOrNothing(null))
                    .withMessage("@CircuitGuarded key '#region'" + message.formatted("findOrNothing"));
            assertThatIllegalArgumentException().isThrownBy(() -> search.findReactively(null));
            assertThatIllegalArgumentException().isThrownBy(() -> search.findLater(null));
            assertThat(target.called).isEmpty();
        });
    }

    @Test
    void whatIsDoneToTheNameIsDoneToAllKeys() {
        run(context -> {
            search.find("eu");
            circuit().circuits().forceOpen();
            assertThatThrownBy(() -> search.find("eu")).isInstanceOf(CircuitOpenException.class);
            assertThatThrownBy(() -> search.find("us")).isInstanceOf(CircuitOpenException.class);
            assertThatThrownBy(() -> search.findAnywhere("us")).isInstanceOf(CircuitOpenException.class);
        });
    }

    @Test
    void aKeyThatCantBeReadStopsTheStart() {
        Apps.with(YML)
                .withBean(Misspelt.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessage("@CircuitGuarded key '#regoin' on Misspelt.find(String) names the argument"
                                + " 'regoin', which does not exist. Did you mean 'region'?"));
    }

    static class Misspelt {

        @CircuitGuarded(value = "search", key = "#regoin")
        String find(String region) {
            return region;
        }
    }

    @Test
    void aKeyMayBeAPlaceholder() {
        Apps.with(YML)
                .withPropertyValues("search.key=#region")
                .withBean(Placeholder.class)
                .run(context -> {
                    context.getBean(Placeholder.class).find("eu");
                    Map<String, ?> keys = context.getBean(Retries.class)
                            .findCircuit("search")
                            .orElseThrow()
                            .keys();
                    assertThat(keys).containsOnlyKeys("eu");
                });
    }

    static class Placeholder {

        @CircuitGuarded(value = "search", key = "${search.key}")
        String find(String region) {
            return region;
        }
    }
}
