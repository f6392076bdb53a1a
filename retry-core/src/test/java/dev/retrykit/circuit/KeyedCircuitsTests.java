package dev.retrykit.circuit;

import static dev.retrykit.circuit.CircuitRig.MIDDLE;
import static dev.retrykit.circuit.CircuitRig.quick;
import static dev.retrykit.circuit.CircuitState.CLOSED;
import static dev.retrykit.circuit.CircuitState.DISABLED;
import static dev.retrykit.circuit.CircuitState.FORCED_OPEN;
import static dev.retrykit.circuit.CircuitState.HALF_OPEN;
import static dev.retrykit.circuit.CircuitState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.retrykit.failure.Signal;
import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Three keys at the most, idle after a minute. */
class KeyedCircuitsTests {

    private static final Duration IDLE = Duration.ofMinutes(1);

    private final ManualTime time = new ManualTime();
    private final CircuitCounters counters = new CircuitCounters();
    private final List<String> transitions = new ArrayList<>();
    private final KeyedCircuits<Circuit> shards = KeyedCircuits.of(this::template, new KeyLimits(3, IDLE));

    private Circuit.Builder template() {
        return Circuit.builder("shards")
                .policy(quick().build())
                .timeSource(time)
                .random(MIDDLE)
                .counters(counters)
                .listener(change ->
                        transitions.add(change.key().orElse("shared") + ": " + change.from() + " > " + change.to()));
    }

    private void fail(Circuit circuit, int times) {
        for (int i = 0; i < times; i++) {
            Permit permit = circuit.tryAcquire(time.nanoTime());
            assertThat(permit).isNotNull();
            circuit.end(permit, Signal.FAILURE, time.nanoTime(), time.nanoTime());
        }
    }

    @Test
    void aShardThatIsDownIsCutOffAndTheOthersAreNot() {
        fail(shards.get("a"), 3);
        assertThat(shards.get("a").state()).isEqualTo(OPEN);
        assertThat(shards.get("b").state()).isEqualTo(CLOSED);
        assertThat(transitions).containsExactly("a: CLOSED > OPEN");
    }

    @Test
    void aKeyKeepsItsCircuit() {
        Circuit a = shards.get("a");
        assertThat(shards.get("b")).isNotSameAs(a);
        assertThat(shards.get("a")).isSameAs(a);
        assertThat(shards.size()).isEqualTo(2);
        assertThat(shards.all()).containsOnlyKeys("a", "b").containsEntry("a", a);
    }

    @Test
    void allBearOneNameAndCountIntoOneAccount() {
        fail(shards.get("a"), 3);
        fail(shards.get("b"), 2);
        shards.get("a").tryAcquire(time.nanoTime());
        assertThat(shards.get("a").name()).isEqualTo("shards").isEqualTo(shards.name());
        assertThat(counters.calls(CircuitCounters.Result.FAILURE, false)).isEqualTo(5);
        assertThat(counters.rejected()).isEqualTo(1);
        assertThat(shards.get("a").snapshot().rejected()).isEqualTo(1);
        assertThat(shards.get("b").snapshot().rejected()).isZero();
    }

    @Test
    void keysThatFindNoRoomShareACircuitAndCostNobodyAState() {
        fail(shards.get("a"), 3);
        shards.get("b");
        shards.get("c");
        for (int i = 0; i < 1_000; i++) {
            assertThat(shards.get("hostile " + i)).isSameAs(shards.shared());
        }
        assertThat(shards.get("a").state()).isEqualTo(OPEN);
        assertThat(shards.size()).isEqualTo(3);
    }

    @Test
    void overTheBoundTheKeysThatAreIdleGoAndNoOther() {
        Circuit idle = shards.get("idle");
        shards.get("b");
        Circuit live = shards.get("live");
        fail(live, 1);
        time.advance(IDLE.dividedBy(2));
        assertThat(shards.get("live")).isSameAs(live);
        time.advance(IDLE.dividedBy(2).plusSeconds(5));
        shards.get("new");
        assertThat(shards.all()).containsOnlyKeys("live", "new");
        assertThat(shards.get("live").snapshot().failures()).isEqualTo(1);
        assertThat(shards.get("idle")).isNotSameAs(idle);
    }

    @Test
    void aCircuitThatIsntUsedAnyMoreIsntShownHalfOpenForEver() {
        fail(shards.get("gone"), 3);
        time.advance(Duration.ofSeconds(30));
        assertThat(shards.get("gone").state()).isEqualTo(HALF_OPEN);
        time.advance(IDLE.plusSeconds(8));
        assertThat(shards.all()).isEmpty();
        assertThat(shards.size()).isZero();
    }

    @Test
    void anotherCircuitIsForcedOrDisabledWithTheNameAndWithoutALine() {
        fail(shards.get("a"), 3);
        shards.forceOpen();
        assertThat(shards.get("a").state()).isEqualTo(FORCED_OPEN);
        assertThat(shards.get("b").state()).as("a new key").isEqualTo(FORCED_OPEN);
        assertThat(shards.shared().state()).isEqualTo(FORCED_OPEN);
        assertThat(transitions)
                .containsExactly("a: CLOSED > OPEN", "a: OPEN > FORCED_OPEN", "shared: CLOSED > FORCED_OPEN");
        shards.disable();
        assertThat(shards.get("a").state()).isEqualTo(DISABLED);
        assertThat(shards.get("c").state()).as("a new key").isEqualTo(DISABLED);
    }

    @Test
    void aResetClosesAllAndThoseToCome() {
        fail(shards.get("a"), 3);
        shards.forceOpen();
        shards.reset();
        assertThat(shards.get("a").state()).isEqualTo(CLOSED);
        assertThat(shards.get("b").state()).isEqualTo(CLOSED);
        assertThat(shards.shared().state()).isEqualTo(CLOSED);
    }

    @Test
    void aRoundOfProbesBeginsInAllThatAreThere() {
        shards.get("a");
        shards.forceOpen();
        shards.halfOpen();
        assertThat(shards.get("a").state()).isEqualTo(HALF_OPEN);
        assertThat(shards.get("b").state()).as("a new key").isEqualTo(CLOSED);
    }

    @Test
    void settingsAndLimitsChangeWhileTheyWork() {
        fail(shards.get("a"), 2);
        CircuitPolicy stricter = quick().minimumCalls(2).probes(1).build();
        shards.change(stricter, new KeyLimits(4, IDLE));
        assertThat(shards.policy()).isSameAs(stricter);
        assertThat(shards.get("a").policy()).isSameAs(stricter);
        assertThat(shards.get("b").policy()).as("a new key").isSameAs(stricter);
        fail(shards.get("a"), 1);
        assertThat(shards.get("a").state()).isEqualTo(OPEN);
        shards.get("c");
        assertThat(shards.get("d")).isNotSameAs(shards.shared());
        assertThat(shards.get("e")).isSameAs(shards.shared());
    }

    @Test
    void aChangeThatCantHoldChangesNothing() {
        CircuitPolicy before = shards.policy();
        CircuitPolicy longer = quick().lease(Duration.ofMinutes(2)).build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> shards.change(longer, new KeyLimits(4, IDLE)))
                .withMessage("idleTime must not be below lease, PT2M, but was PT1M");
        assertThat(shards.policy()).isSameAs(before);
        assertThat(shards.get("a").policy()).isSameAs(before);
    }

    @Test
    void somethingIsMadeAroundEachCircuit() {
        KeyedCircuits<String> named =
                KeyedCircuits.of(this::template, new KeyLimits(1, IDLE), circuit -> "around " + circuit.state());
        assertThat(named.get("a")).isEqualTo("around CLOSED").isSameAs(named.get("a"));
        assertThat(named.get("b")).isSameAs(named.shared());
        assertThat(named.all()).containsOnlyKeys("a");
    }

    @Test
    void theLibrarysLimitsAreAThousandKeysAndTenMinutes() {
        assertThat(KeyLimits.defaults(CircuitPolicy.defaults()))
                .isEqualTo(new KeyLimits(1_000, Duration.ofMinutes(10)));
        KeyedCircuits<Circuit> system = KeyedCircuits.of("shards", CircuitPolicy.defaults());
        assertThat(system.get("a").time()).isSameAs(TimeSource.system());
        assertThat(KeyedCircuits.of("shards", quick().build(), time).get("a").time())
                .isSameAs(time);
    }

    @Test
    void theIdleTimeGivesWayToWhatACircuitRemembers() {
        assertThat(idle(quick().timeWindow(Duration.ofHours(1)))).isEqualTo(Duration.ofHours(1));
        assertThat(idle(quick().lease(Duration.ofHours(2)))).isEqualTo(Duration.ofHours(2));
        assertThat(idle(quick().maxOpenDuration(Duration.ofHours(2)).openJitter(0.5)))
                .isEqualTo(Duration.ofHours(3));
    }

    private static Duration idle(CircuitPolicy.Builder policy) {
        return KeyLimits.defaults(policy.build()).idleTime();
    }

    @Test
    void limitsOutOfRangeAreNamed() {
        assertThat(new KeyLimits(100_000, Duration.ofSeconds(1)).maxKeys()).isEqualTo(100_000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyLimits(0, IDLE))
                .withMessage("maxKeys must be 1 to 100000, but was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyLimits(100_001, IDLE))
                .withMessage("maxKeys must be 1 to 100000, but was 100001");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyLimits(1, Duration.ofMillis(999)))
                .withMessage("idleTime must be 1 s or more, but was PT0.999S");
    }

    @Test
    void anIdleTimeThatForgetsWhatStillAppliesIsRefused() {
        KeyLimits brief = new KeyLimits(3, Duration.ofSeconds(10));
        refused(quick().timeWindow(Duration.ofSeconds(11)), "timeWindow, PT11S", brief);
        refused(quick().lease(Duration.ofSeconds(11)), "lease, PT11S", brief);
        refused(quick(), "maxOpenDuration and its jitter, PT12S", brief);
        assertThat(KeyedCircuits.of(
                                () -> Circuit.builder("a")
                                        .policy(quick().openJitter(0.25).build()),
                                brief)
                        .size())
                .isZero();
    }

    private static void refused(CircuitPolicy.Builder policy, String reason, KeyLimits limits) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyedCircuits.of(() -> Circuit.builder("a").policy(policy.build()), limits))
                .withMessage("idleTime must not be below " + reason + ", but was PT10S");
    }

    @Test
    void noKeyIsNoKey() {
        assertThatNullPointerException().isThrownBy(() -> shards.get(null)).withMessage("key");
    }

    @Test
    void readsWell() {
        shards.get("a");
        assertThat(shards).hasToString("KeyedCircuits[shards: 1 keys]");
    }
}
