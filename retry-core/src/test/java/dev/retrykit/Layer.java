package dev.retrykit;

import dev.retrykit.circuit.Circuit;
import dev.retrykit.function.ThrowingCallable;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One of several layers that a call passes: an engine with a circuit, or a circuit alone. */
public abstract class Layer {

    private Layer() {}

    static Layer of(Supplier<Retry> engine) {
        return new Engine(engine);
    }

    static Layer of(Circuit circuit) {
        return new Alone(circuit);
    }

    /** The engine; null if the circuit is alone. */
    public abstract @Nullable Retry retry();

    /** Makes a call through this layer alone. */
    abstract <T> T call(ThrowingCallable<T, IOException> body) throws IOException;

    /** Makes an asynchronous call through this layer alone. */
    public abstract <T> CompletableFuture<T> callAsync(ThrowingCallable<CompletableFuture<T>, IOException> body)
            throws IOException;

    /** Makes a call through all layers. */
    static <T> T call(List<Layer> layers, ThrowingCallable<T, IOException> body) throws IOException {
        return layers.isEmpty() ? body.call() : layers.get(0).call(() -> call(layers.subList(1, layers.size()), body));
    }

    /** Makes an asynchronous call through all layers. */
    static <T> CompletableFuture<T> callAsync(
            List<Layer> layers, ThrowingCallable<CompletableFuture<T>, IOException> body) throws IOException {
        return layers.isEmpty()
                ? body.call()
                : layers.get(0).callAsync(() -> callAsync(layers.subList(1, layers.size()), body));
    }

    private static final class Engine extends Layer {

        private final Supplier<Retry> engine;

        Engine(Supplier<Retry> engine) {
            this.engine = engine;
        }

        @Override
        public Retry retry() {
            return engine.get();
        }

        @Override
        <T> T call(ThrowingCallable<T, IOException> body) throws IOException {
            return retry().call(body);
        }

        @Override
        public <T> CompletableFuture<T> callAsync(ThrowingCallable<CompletableFuture<T>, IOException> body) {
            return retry().callAsync(body);
        }
    }

    private static final class Alone extends Layer {

        private final Circuit circuit;

        Alone(Circuit circuit) {
            this.circuit = circuit;
        }

        @Override
        public @Nullable Retry retry() {
            return null;
        }

        @Override
        <T> T call(ThrowingCallable<T, IOException> body) throws IOException {
            return circuit.call(body);
        }

        @Override
        public <T> CompletableFuture<T> callAsync(ThrowingCallable<CompletableFuture<T>, IOException> body)
                throws IOException {
            return circuit.callAsync(body);
        }
    }
}
