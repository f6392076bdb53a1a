package dev.retrykit;

import static dev.retrykit.CircuitAlone.quick;
import static dev.retrykit.CircuitAlone.sneaky;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.CallStyle.Result;
import dev.retrykit.circuit.BlockScope;
import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.circuit.OpenBehavior;
import java.io.IOException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/** What a circuit does with calls that nobody retries, whatever their style. */
public final class CircuitAloneScenarios {

    private static final ConnectException DOWN = new ConnectException("down");
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final List<Named> all = new ArrayList<>();

    private CircuitAloneScenarios() {}

    /** A scenario by name. */
    public record Named(String name, Consumer<CircuitAlone> play) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** All of them. */
    public static List<Named> all() {
        CircuitAloneScenarios scenarios = new CircuitAloneScenarios();
        scenarios.results();
        scenarios.opening();
        scenarios.rejections();
        scenarios.probes();
        scenarios.switches();
        return scenarios.all;
    }

    private void scenario(String name, Consumer<CircuitAlone> play) {
        all.add(new Named(name, play));
    }

    private void results() {
        scenario("a success is counted, and the result is the caller's", alone -> {
            alone.with(quick());
            Result result = alone.call(() -> "result");
            assertThat(result.value()).isEqualTo("result");
            alone.counts(1, 0);
        });
        scenario("no result is a result", alone -> {
            alone.with(quick());
            Result result = alone.call(() -> null);
            assertThat(result.value()).isNull();
            assertThat(result.failure()).isNull();
            alone.counts(1, 0);
        });
        scenario("a failure is counted, and the caller gets it as it was thrown", alone -> {
            alone.with(quick()).fails(new IOException("unknown"), 1).counts(1, 1);
            alone.fails(new IllegalStateException("unchecked"), 1).counts(2, 2);
            assertThat(alone.ran).hasValue(2);
        });
        scenario(
                "an Error is counted, and the caller gets it",
                alone -> alone.with(quick())
                        .fails(new NoClassDefFoundError("Missing"), 1)
                        .counts(1, 1));
        scenario(
                "a permanent answer shows that the dependency works",
                alone -> alone.with(quick())
                        .fails(new SQLException("exists already", "23505"), 3)
                        .counts(3, 0));
        scenario(
                "the caller's own mistake says nothing",
                alone -> alone.with(quick())
                        .fails(new IllegalArgumentException("no key"), 3)
                        .counts(0, 0));
        scenario(
                "a cancelled call says nothing",
                alone -> alone.with(quick())
                        .fails(new CancellationException("not needed"), 3)
                        .counts(0, 0));
        scenario(
                "what is ignored is no failure",
                alone -> alone.with(quick().ignore(ConnectException.class))
                        .fails(DOWN, 5)
                        .counts(5, 0)
                        .is(CircuitState.CLOSED));
        scenario("nothing is retried", alone -> {
            alone.with(quick()).fails(DOWN, 1);
            assertThat(alone.ran).hasValue(1);
            assertThat(alone.time.pending()).isZero();
        });
    }

    private void opening() {
        scenario(
                "it opens at the rate",
                alone -> alone.with(quick())
                        .succeeds(1)
                        .fails(DOWN, 1)
                        .is(CircuitState.CLOSED)
                        .fails(DOWN, 1)
                        .is(CircuitState.OPEN));
        scenario(
                "it opens after failures in a row",
                alone -> alone.with(
                                CircuitPolicy.builder().consecutiveFailures(2).openJitter(0))
                        .fails(DOWN, 1)
                        .succeeds(1)
                        .fails(DOWN, 1)
                        .is(CircuitState.CLOSED)
                        .fails(DOWN, 1)
                        .is(CircuitState.OPEN));
        scenario("it opens at slow calls", alone -> {
            alone.with(quick().slowCall(SECOND, 100));
            for (int i = 0; i < 3; i++) {
                alone.is(CircuitState.CLOSED);
                alone.call(() -> {
                    alone.time.advance(SECOND);
                    return "late";
                });
            }
            alone.is(CircuitState.OPEN);
            assertThat(alone.circuit().snapshot().slowCalls()).isEqualTo(3);
        });
        scenario("results of the time before a reset are counted nowhere", alone -> {
            alone.with(quick());
            for (int i = 0; i < 5; i++) {
                alone.call(() -> {
                    alone.circuit().reset();
                    return sneaky(DOWN);
                });
            }
            alone.counts(0, 0).is(CircuitState.CLOSED);
        });
    }

    private void rejections() {
        scenario("a rejected call runs nothing and learns when to come again", alone -> {
            alone.with(quick()).fails(DOWN, 3).passes(Duration.ofMillis(400));
            CircuitOpenException rejected = (CircuitOpenException)
                    alone.isRejected().call(() -> "result").failure();
            assertThat(rejected.circuit()).isEqualTo("alone");
            assertThat(rejected.retryAfter()).contains(Duration.ofMillis(600));
            assertThat(rejected.getStackTrace()).isEmpty();
            assertThat(alone.circuit().snapshot().rejected()).isEqualTo(2);
        });
        scenario("nobody knows when a circuit that is forced open closes", alone -> {
            alone.with(quick()).circuit().forceOpen();
            CircuitOpenException rejected =
                    (CircuitOpenException) alone.call(() -> "result").failure();
            assertThat(rejected.retryAfter()).isEmpty();
        });
        scenario("it never waits: there is no time budget to wait within", alone -> {
            alone.with(quick().onOpen(OpenBehavior.WAIT)).fails(DOWN, 3);
            long before = alone.time.nanoTime();
            alone.isRejected();
            assertThat(alone.time.nanoTime()).isEqualTo(before);
        });
        scenario("one that blocks retries only lets all through", alone -> {
            alone.with(quick().blocks(BlockScope.RETRIES)).fails(DOWN, 3).is(CircuitState.OPEN);
            alone.succeeds(2).is(CircuitState.OPEN).counts(3, 3);
        });
        scenario("a dry run lets all through and counts what it would reject", alone -> {
            alone.with(quick().dryRun(true))
                    .fails(DOWN, 3)
                    .is(CircuitState.OPEN)
                    .succeeds(2);
            assertThat(alone.circuit().snapshot().rejected()).isEqualTo(2);
        });
    }

    private void probes() {
        scenario(
                "it closes once all probes have succeeded",
                alone -> alone.with(quick())
                        .fails(DOWN, 3)
                        .passes(SECOND)
                        .is(CircuitState.HALF_OPEN)
                        .succeeds(1)
                        .is(CircuitState.HALF_OPEN)
                        .succeeds(1)
                        .is(CircuitState.CLOSED)
                        .counts(0, 0));
        scenario(
                "it opens again for longer once a rate can't be met any more",
                alone -> alone.with(quick().failureRate(50))
                        .fails(DOWN, 3)
                        .passes(SECOND)
                        .fails(DOWN, 1)
                        .is(CircuitState.OPEN)
                        .passes(SECOND)
                        .isRejected()
                        .passes(SECOND)
                        .is(CircuitState.HALF_OPEN));
        scenario(
                "an Error of a probe decides as any failure does",
                alone -> alone.with(quick().probes(1))
                        .fails(DOWN, 3)
                        .passes(SECOND)
                        .fails(new AssertionError("broken"), 1)
                        .is(CircuitState.OPEN));
        scenario(
                "a probe that told nothing gives its place back",
                alone -> alone.with(quick().probes(1))
                        .fails(DOWN, 3)
                        .passes(SECOND)
                        .fails(new CancellationException("not needed"), 3)
                        .is(CircuitState.HALF_OPEN)
                        .succeeds(1)
                        .is(CircuitState.CLOSED));
        scenario("while a probe runs the next call is rejected", alone -> {
            alone.with(quick().probes(1)).fails(DOWN, 3).passes(SECOND);
            alone.call(() -> {
                assertThat(alone.circuit().tryAcquire(alone.time.nanoTime())).isNull();
                return "result";
            });
            alone.is(CircuitState.CLOSED);
        });
        scenario("a probe that outlives the lease decides nothing", alone -> {
            alone.with(quick().probes(1)).fails(DOWN, 3).passes(SECOND);
            alone.call(() -> {
                alone.time.advance(Duration.ofSeconds(10));
                return "late";
            });
            alone.is(CircuitState.HALF_OPEN).succeeds(1).is(CircuitState.CLOSED);
        });
    }

    private void switches() {
        scenario("forced open it rejects until it is reset", alone -> {
            alone.with(quick()).circuit().forceOpen();
            alone.isRejected().passes(Duration.ofDays(1)).isRejected().circuit().reset();
            alone.succeeds(1).counts(1, 0);
        });
        scenario("disabled it lets all through and counts nothing", alone -> {
            alone.with(quick()).circuit().disable();
            alone.fails(DOWN, 5).is(CircuitState.DISABLED).counts(0, 0);
        });
        scenario("half-open by hand it probes", alone -> {
            alone.with(quick().probes(1)).circuit().halfOpen();
            alone.succeeds(1).is(CircuitState.CLOSED);
        });
        scenario("other settings hold from the next call on", alone -> {
            alone.with(quick())
                    .fails(DOWN, 2)
                    .circuit()
                    .change(quick().minimumCalls(2).build());
            alone.fails(DOWN, 1).is(CircuitState.OPEN);
        });
    }
}
