package dev.retrykit.spring.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.time.ManualTime;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.ConnectException;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import org.springframework.test.util.AopTestUtils;

class RetryMetersTests {

    private static final String YML = """
            retrykit:
              defaults.policy: { jitter: none }
              policies: { inventory: }
              circuits: { inventory: { window: { type: count, size: 10 }, minimum-calls: 3, half-open: { probes: 1 }, open: { jitter: 0 } } }
            """;

    static class Service {

        int failures;
        RuntimeException wrong;

        @CircuitGuarded(value = "inventory", fallback = "cached")
        String guarded() throws ConnectException {
            return answer();
        }

        @Retryable(value = "inventory", fallback = "cached")
        @CircuitGuarded("inventory")
        String find() throws ConnectException {
            return answer();
        }

        private String answer() throws ConnectException {
            if (wrong != null) {
                throw wrong;
            }
            if (failures-- > 0) {
                throw new ConnectException("down");
            }
            return "found";
        }

        private String cached(ConnectException failure) {
            return "cached";
        }

        private String cached(IllegalArgumentException failure) {
            throw new IllegalStateException("no cache");
        }
    }

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private ApplicationContext context;
    private Service service;
    private Service target;

    private void with(String yml, Use use) {
        Apps.with(yml).withBean(Service.class).run(started -> {
            context = started;
            service = started.getBean(Service.class);
            target = AopTestUtils.getTargetObject(service);
            started.getBean(RetryMeters.class).bindTo(registry);
            use.run();
        });
    }

    /** What a test does. */
    private interface Use {

        void run() throws Throwable;
    }

    private double count(String name, String... tags) {
        Meter meter = registry.get(name).tags(tags).meter();
        return StreamSupport.stream(meter.measure().spliterator(), false)
                .filter(measurement ->
                        measurement.getStatistic() == Statistic.COUNT || measurement.getStatistic() == Statistic.VALUE)
                .mapToDouble(measurement -> measurement.getValue())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void allMetersAreThereFromTheStart() {
        with(YML, () -> {
            Map<String, Set<String>> tags = new TreeMap<>();
            registry.getMeters()
                    .forEach(meter -> meter.getId()
                            .getTags()
                            .forEach(tag -> tags.computeIfAbsent(
                                            meter.getId().getName() + " " + tag.getKey(), key -> new TreeSet<>())
                                    .add(tag.getValue())));

            assertThat(tags)
                    .containsEntry("retrykit.calls policy", Set.of("inventory"))
                    .containsEntry("retrykit.calls outcome", Set.of("success", "recovered", "failed", "rejected"))
                    .containsEntry(
                            "retrykit.stops reason",
                            Set.of(
                                    "success",
                                    "exhausted",
                                    "not_retryable",
                                    "not_idempotent",
                                    "time_budget",
                                    "retry_budget",
                                    "circuit_open",
                                    "retry_after_too_long",
                                    "nested",
                                    "vetoed",
                                    "interrupted",
                                    "dry_run",
                                    "cancelled"))
                    .containsEntry("retrykit.attempts attempt", Set.of("1", "2", "3", "4+"))
                    .containsEntry("retrykit.attempts result", Set.of("success", "retryable", "permanent", "timeout"))
                    .containsEntry("retrykit.delay source", Set.of("backoff", "retry_after", "circuit"))
                    .containsEntry("retrykit.budget.available budget", Set.of("inventory"))
                    .containsEntry("retrykit.budget.granted budget", Set.of("inventory"))
                    .containsEntry("retrykit.budget.denied budget", Set.of("inventory"))
                    .containsEntry("retrykit.fallback result", Set.of("success", "failure"))
                    .containsEntry(
                            "retrykit.circuit.state state",
                            Set.of("closed", "open", "half_open", "forced_open", "disabled"))
                    .containsEntry("retrykit.circuit.calls result", Set.of("success", "failure", "ignored"))
                    .containsEntry("retrykit.circuit.calls slow", Set.of("true", "false"))
                    .containsEntry("retrykit.circuit.rejected circuit", Set.of("inventory"))
                    .containsEntry("retrykit.circuit.fallback circuit", Set.of("inventory"))
                    .containsEntry("retrykit.circuit.fallback result", Set.of("success", "failure"));
            assertThat(tags).hasSize(22);
        });
    }

    @Test
    void allCountersBeginAtZero() {
        with(YML, () -> {
            assertThat(registry.getMeters())
                    .filteredOn(FunctionCounter.class::isInstance)
                    .isNotEmpty()
                    .allSatisfy(meter ->
                            assertThat(((FunctionCounter) meter).count()).isZero());
            assertThat(registry.getMeters())
                    .filteredOn(FunctionTimer.class::isInstance)
                    .isNotEmpty()
                    .allSatisfy(
                            meter -> assertThat(((FunctionTimer) meter).count()).isZero());
            assertThat(count("retrykit.budget.available")).isEqualTo(5);
            assertThat(count("retrykit.circuit.state", "state", "closed")).isEqualTo(1);
        });
    }

    @Test
    void eachNameHasOneDescription() {
        with(YML, () -> {
            Map<String, Set<String>> descriptions = new TreeMap<>();
            registry.getMeters()
                    .forEach(meter -> descriptions
                            .computeIfAbsent(meter.getId().getName(), name -> new TreeSet<>())
                            .add(String.valueOf(meter.getId().getDescription())));

            assertThat(descriptions).hasSize(12).allSatisfy((name, texts) -> {
                assertThat(name).startsWith("retrykit.");
                assertThat(texts).singleElement().asString().hasSizeGreaterThan(10);
            });
            assertThat(descriptions.values().stream().flatMap(Collection::stream))
                    .doesNotHaveDuplicates();
        });
    }

    @Test
    void fallbacksOfAMethodThatIsOnlyGuardedAreTheCircuits() {
        with(YML, () -> {
            target.failures = 1;
            assertThat(service.guarded()).isEqualTo("cached");
            target.wrong = new IllegalArgumentException("no such thing");
            assertThatException().isThrownBy(() -> service.guarded()).isInstanceOf(IllegalStateException.class);
            assertThat(count("retrykit.circuit.fallback", "result", "success")).isEqualTo(1);
            assertThat(count("retrykit.circuit.fallback", "result", "failure")).isEqualTo(1);
            assertThat(count("retrykit.fallback", "result", "success")).isZero();
        });
    }

    @Test
    void aCallThatSucceedsAtOnce() {
        with(YML, () -> {
            service.find();

            assertThat(count("retrykit.calls", "outcome", "success")).isEqualTo(1);
            assertThat(count("retrykit.attempts", "attempt", "1", "result", "success"))
                    .isEqualTo(1);
            assertThat(count("retrykit.stops", "reason", "success")).isEqualTo(1);
            assertThat(count("retrykit.circuit.calls", "result", "success", "slow", "false"))
                    .isEqualTo(1);
        });
    }

    @Test
    void aCallThatRecovers() {
        with(YML, () -> {
            target.failures = 1;
            service.find();

            assertThat(count("retrykit.calls", "outcome", "recovered")).isEqualTo(1);
            assertThat(count("retrykit.calls", "outcome", "success")).isZero();
            assertThat(count("retrykit.attempts", "attempt", "1", "result", "retryable"))
                    .isEqualTo(1);
            assertThat(count("retrykit.attempts", "attempt", "2", "result", "success"))
                    .isEqualTo(1);
            assertThat(count("retrykit.delay", "source", "backoff")).isEqualTo(1);
            assertThat(registry.get("retrykit.delay")
                            .tag("source", "backoff")
                            .functionTimer()
                            .totalTime(TimeUnit.MILLISECONDS))
                    .isEqualTo(200);
            assertThat(registry.get("retrykit.calls")
                            .tag("outcome", "recovered")
                            .functionTimer()
                            .totalTime(TimeUnit.MILLISECONDS))
                    .isEqualTo(200);
            assertThat(count("retrykit.budget.granted")).isEqualTo(1);
            assertThat(count("retrykit.stops", "reason", "success")).isEqualTo(1);
        });
    }

    @Test
    void aCallThatFailsAndIsAnsweredByAFallback() {
        with("retrykit: { policies: { inventory: { max-attempts: 2 } }, circuits: { inventory: } }", () -> {
            target.failures = 2;
            assertThat(service.find()).isEqualTo("cached");

            assertThat(count("retrykit.calls", "outcome", "failed")).isEqualTo(1);
            assertThat(count("retrykit.stops", "reason", "exhausted")).isEqualTo(1);
            assertThat(count("retrykit.attempts", "attempt", "2", "result", "retryable"))
                    .isEqualTo(1);
            assertThat(count("retrykit.fallback", "result", "success")).isEqualTo(1);
            assertThat(count("retrykit.fallback", "result", "failure")).isZero();
            assertThat(count("retrykit.circuit.calls", "result", "failure", "slow", "false"))
                    .isEqualTo(2);
        });
    }

    @Test
    void aFallbackThatFails() {
        with(YML, () -> {
            target.wrong = new IllegalArgumentException("wrong");
            assertThatException().isThrownBy(service::find);

            assertThat(count("retrykit.attempts", "attempt", "1", "result", "permanent"))
                    .isEqualTo(1);
            assertThat(count("retrykit.stops", "reason", "not_retryable")).isEqualTo(1);
            assertThat(count("retrykit.fallback", "result", "failure")).isEqualTo(1);
            assertThat(count("retrykit.circuit.calls", "result", "ignored", "slow", "false"))
                    .isEqualTo(1);
        });
    }

    @Test
    void aCallThatIsRejected() {
        with(YML, () -> {
            context.getBean(Retries.class).circuit("inventory").forceOpen();
            assertThatException().isThrownBy(service::find);

            assertThat(count("retrykit.calls", "outcome", "rejected")).isEqualTo(1);
            assertThat(count("retrykit.stops", "reason", "circuit_open")).isEqualTo(1);
            assertThat(count("retrykit.circuit.rejected")).isEqualTo(1);
            assertThat(count("retrykit.circuit.state", "state", "forced_open")).isEqualTo(1);
            assertThat(count("retrykit.circuit.state", "state", "closed")).isZero();
        });
    }

    @Test
    void aRetryThatTheBudgetDenies() {
        with("""
                retrykit:
                  policies: { inventory: { budget: { ratio: 0, reserve: 0 } } }
                  circuits: { inventory: }
                """, () -> {
            target.failures = 1;
            service.find();

            assertThat(count("retrykit.budget.denied")).isEqualTo(1);
            assertThat(count("retrykit.stops", "reason", "retry_budget")).isEqualTo(1);
            assertThat(count("retrykit.budget.available")).isZero();
        });
    }

    @Test
    void anUnlimitedBudgetHasNoNumberOfTokens() {
        with("""
                retrykit:
                  policies: { inventory: { budget: { unlimited: true } } }
                  circuits: { inventory: }
                """, () -> assertThat(count("retrykit.budget.available")).isNaN());
    }

    @Test
    void aPolicyThatIsMadeLaterHasItsMetersToo() {
        with(YML, () -> {
            context.getBean(Retries.class)
                    .ownPolicy("Later.find", dev.retrykit.spring.settings.binding.SettingsLayer.EMPTY);

            assertThat(count("retrykit.calls", "policy", "Later.find", "outcome", "success"))
                    .isZero();
            assertThat(registry.find("retrykit.budget.available").gauges())
                    .extracting(gauge -> ((Gauge) gauge).getId().getTag("budget"))
                    .containsExactlyInAnyOrder("inventory", "Later.find");
        });
    }

    @Test
    void timeOfTheApplicationIsWhatIsMeasured() {
        with(YML, () -> {
            target.failures = 2;
            service.find();

            assertThat(registry.get("retrykit.calls")
                            .tag("outcome", "recovered")
                            .functionTimer()
                            .totalTime(TimeUnit.NANOSECONDS))
                    .isEqualTo(context.getBean(ManualTime.class).nanoTime());
        });
    }
}
