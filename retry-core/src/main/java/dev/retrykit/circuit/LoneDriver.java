package dev.retrykit.circuit;

import dev.retrykit.failure.Signal;
import dev.retrykit.failure.ThrowingCallable;
import dev.retrykit.failure.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Runs calls through a circuit that works alone, without a retry around it. Whatever a call ends with, and whatever a
 * classifier throws on top, its permit is given back and the caller gets the call's own failure.
 */
final class LoneDriver {

    private LoneDriver() {}

    static <T extends @Nullable Object, X extends Throwable> T call(Circuit circuit, ThrowingCallable<T, X> body)
            throws X {
        long started = circuit.time().nanoTime();
        Permit permit = acquire(circuit, started);
        T result;
        try {
            result = body.call();
        } catch (Throwable failure) {
            circuit.end(
                    permit, signal(circuit, failure), started, circuit.time().nanoTime());
            throw failure;
        }
        circuit.end(
                permit,
                Signal.SUCCESS,
                started,
                circuit.isTimed() ? circuit.time().nanoTime() : started);
        return result;
    }

    static <T extends @Nullable Object, X extends Throwable> CompletableFuture<T> callAsync(
            Circuit circuit, ThrowingCallable<? extends CompletionStage<T>, X> body) throws X {
        long started = circuit.time().nanoTime();
        LoneStage<T> stage = new LoneStage<>(circuit, acquire(circuit, started), started);
        stage.begin(body);
        return stage;
    }

    private static Permit acquire(Circuit circuit, long nowNanos) {
        Permit permit = circuit.tryAcquireFirst(nowNanos);
        if (permit == null) {
            throw circuit.rejection(nowNanos);
        }
        return permit;
    }

    static Signal signal(Circuit circuit, Throwable failure) {
        try {
            Verdict verdict = circuit.classifier().classify(failure);
            if (circuit.policy().ignores(failure)) {
                return Signal.IGNORED;
            }
            return verdict == null ? Signal.FAILURE : verdict.signal();
        } catch (Throwable classifierFailed) {
            return Signal.FAILURE;
        }
    }
}
