package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.LayeredOutage.Tick;
import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.circuit.CircuitState;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** However many layers of one circuit a call passes, at each moment of an outage all is as with one layer. */
@Tag("slow")
class LayeredCircuitTests {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ConcurrentLinkedQueue<Throwable> unexpected = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stop() {
        threads.shutdownNow();
        assertThat(unexpected).isEmpty();
    }

    /** Of layers, callers at a time, and probes. */
    static Stream<Arguments> outages() {
        return Stream.of(LayerShape.values())
                .flatMap(shape -> Stream.of(1, 5, 30, 300)
                        .flatMap(callers -> Stream.of(1, 3, 5).map(probes -> Arguments.of(shape, callers, probes))));
    }

    @ParameterizedTest
    @MethodSource("outages")
    void blockingCallsAreCountedOnceAndCloseItAsOneLayerDoes(LayerShape shape, int callers, int probes) {
        check(shape, callers, probes, this::beginBlocking);
    }

    @ParameterizedTest
    @MethodSource("outages")
    void stagesAreCountedOnceAndCloseItAsOneLayerDoes(LayerShape shape, int callers, int probes) {
        check(shape, callers, probes, this::beginStage);
    }

    private static void check(LayerShape shape, int callers, int probes, LayerStyle style) {
        List<Tick> one = LayeredOutage.run(shape, 1, callers, probes, style);
        Tick last = one.get(one.size() - 1);
        assertThat(last.circuit().state()).isEqualTo(CircuitState.CLOSED);
        assertThat(last.attempts()).isIn(0L, last.requests());
        assertThat(one).extracting(tick -> tick.circuit().state()).contains(CircuitState.OPEN);

        assertThat(LayeredOutage.run(shape, 2, callers, probes, style)).isEqualTo(one);
        assertThat(LayeredOutage.run(shape, 3, callers, probes, style)).isEqualTo(one);
    }

    private void beginBlocking(LayeredOutage outage, List<Layer> layers) {
        Semaphore settled = new Semaphore(0);
        Runnable call = () -> {
            try {
                Layer.call(layers, () -> request(outage, settled));
            } catch (IOException | CircuitOpenException told) {
                // counted by the circuit
            } catch (Throwable other) {
                unexpected.add(other);
            } finally {
                settled.release();
            }
        };
        if (outage.isOpen()) {
            call.run();
        } else {
            threads.execute(call);
        }
        settled.acquireUninterruptibly();
    }

    private static String request(LayeredOutage outage, Semaphore settled) throws IOException {
        assertThat(outage.isOpen()).isFalse();
        CompletableFuture<String> answer = outage.send(settled::acquireUninterruptibly);
        settled.release();
        try {
            return answer.join();
        } catch (CompletionException failed) {
            throw (IOException) failed.getCause();
        }
    }

    private void beginStage(LayeredOutage outage, List<Layer> layers) {
        try {
            Layer.callAsync(layers, outage::send);
        } catch (IOException | CircuitOpenException told) {
            // counted by the circuit
        }
    }
}
