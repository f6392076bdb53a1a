package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.time.ManualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever its owner ends the returned future by, the running attempt is cancelled and no retry follows. */
class OwnedStageTests {

    private final ManualTime time = new ManualTime();
    private final Retry retry =
            Retry.builder("shop").timeSource(time).executor(Runnable::run).build();

    static Stream<Named<Consumer<CompletableFuture<String>>>> ends() {
        return Stream.of(
                Named.of("complete", call -> call.complete("own")),
                Named.of("completeExceptionally", call -> call.completeExceptionally(new IOException("own"))),
                Named.of("completeAsync", call -> call.completeAsync(() -> "own", Runnable::run)),
                Named.of(
                        "completeAsync that fails",
                        call -> call.completeAsync(
                                () -> {
                                    throw new IllegalStateException("own");
                                },
                                Runnable::run)),
                Named.of("obtrudeValue", call -> call.obtrudeValue("own")),
                Named.of("obtrudeException", call -> call.obtrudeException(new IOException("own"))),
                Named.of("cancel", call -> call.cancel(false)));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void theRunningAttemptIsCancelled(Consumer<CompletableFuture<String>> end) {
        CompletableFuture<String> attempt = new CompletableFuture<>();
        CompletableFuture<String> call = retry.callAsync(() -> attempt);

        end.accept(call);

        assertThat(attempt).isCancelled();
        assertThat(call).isDone();
    }

    @ParameterizedTest
    @MethodSource("ends")
    void aCallThroughACircuitAloneIsCancelledAndSaysNothing(Consumer<CompletableFuture<String>> end) {
        Circuit circuit = Circuit.of("shop", CircuitPolicy.defaults(), time);
        CompletableFuture<String> running = new CompletableFuture<>();

        end.accept(circuit.callAsync(() -> running));

        assertThat(running).isCancelled();
        assertThat(circuit.snapshot().calls()).isZero();
    }

    @ParameterizedTest
    @MethodSource("ends")
    void noRetryFollowsADelay(Consumer<CompletableFuture<String>> end) {
        AtomicInteger attempts = new AtomicInteger();
        CompletableFuture<String> call = retry.callAsync(() -> {
            attempts.incrementAndGet();
            return CompletableFuture.failedFuture(new ConnectException("down"));
        });

        end.accept(call);
        time.advance(Duration.ofMinutes(1));

        assertThat(attempts).hasValue(1);
    }
}
