package dev.retrykit.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.Retry;
import dev.retrykit.RetryContext;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.spring.idempotency.AtOnce;
import dev.retrykit.spring.observe.AttemptAccessor;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A circuit that works alone holds its only probe, and publishers are retried inside of its call. */
class CircuitAroundPublisherTests {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final Circuit circuit =
            Circuit.of("inventory", CircuitPolicy.builder().probes(1).build());
    private final Retry guard = Retry.builder("guard").circuit(circuit).build();

    @BeforeEach
    void probe() {
        circuit.halfOpen();
    }

    @Test
    void whatFollowsAMonoPassesToo() {
        assertThat(circuit.<String, RuntimeException>call(
                        () -> request("stock").flatMap(this::request).block(LONG)))
                .isEqualTo("stock");
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void whatFollowsTheElementsOfAFluxPassesToo() {
        Flux<String> two = RetriedFlux.of(guard, false, () -> answer("stock").concatWith(answer("price")));
        assertThat(circuit.call(() -> two.concatMap(this::request).collectList().block(LONG)))
                .containsExactly("stock", "price");
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void whatFollowsAFailureOfAMonoPassesToo() {
        Mono<String> failing = RetriedMono.of(
                guard, () -> answer("none").flatMap(none -> Mono.<String>error(new IllegalStateException())));
        assertThat(circuit.<String, RuntimeException>call(
                        () -> failing.onErrorResume(failed -> request("stock")).block(LONG)))
                .isEqualTo("stock");
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void whatOutlivesTheCallAsksTheCircuit() {
        Mono<String> late = circuit.call(() -> request("stock")
                .flatMap(stock -> Mono.defer(() -> request(stock)))
                .cache());
        circuit.forceOpen();
        assertThat(late.materialize().block(LONG).isOnError()).isTrue();
    }

    /** Context propagation puts a thread back to where it was, which was in no attempt. */
    @Test
    void aContextThatIsTakenBackLeavesTheThreadInTheCall() {
        RetryContext attempt =
                Retry.builder("other").build().call(() -> RetryContext.current().orElseThrow());
        AttemptAccessor accessor = new AttemptAccessor();
        String stock = circuit.call(() -> {
            accessor.setValue(attempt);
            accessor.restore();
            accessor.setValue();
            accessor.restore();
            return guard.call(() -> "stock");
        });
        assertThat(stock).isEqualTo("stock");
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    }

    private Mono<String> request(String what) {
        return RetriedMono.of(guard, () -> answer(what));
    }

    /** From another thread, as from a client's event loop. */
    private static Mono<String> answer(String what) {
        return Mono.create(sink -> AtOnce.run(() -> sink.success(what)));
    }
}
