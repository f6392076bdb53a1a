package dev.retrykit.circuit;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.ThrowingCallable;
import dev.retrykit.failure.Verdict;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
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

    static <T extends @Nullable Object, X extends Throwable> CompletionStage<T> callAsync(
            Circuit circuit, ThrowingCallable<? extends CompletionStage<T>, X> body) throws X {
        long started = circuit.time().nanoTime();
        Permit permit = acquire(circuit, started);
        Ending ending = new Ending(circuit, permit, started);
        try {
            CompletionStage<T> stage = body.call();
            if (stage == null) {
                throw new NullPointerException("the call returned no stage");
            }
            return stage.whenComplete(ending);
        } catch (Throwable failure) {
            ending.accept(null, failure);
            throw failure;
        }
    }

    private static Permit acquire(Circuit circuit, long nowNanos) {
        Permit permit = circuit.tryAcquireFirst(nowNanos);
        if (permit == null) {
            throw circuit.rejection(nowNanos);
        }
        return permit;
    }

    private static Signal signal(Circuit circuit, Throwable failure) {
        try {
            Verdict verdict = circuit.classifier().classify(failure);
            return circuit.heed(failure, verdict == null ? Signal.FAILURE : verdict.signal());
        } catch (Throwable classifierFailed) {
            return Signal.FAILURE;
        }
    }

    /** Gives a permit back once, however often and from wherever the stage says that it has ended. */
    private static final class Ending extends AtomicBoolean
            implements BiConsumer<@Nullable Object, @Nullable Throwable> {

        private static final long serialVersionUID = 1;

        private final transient Circuit circuit;
        private final transient Permit permit;
        private final long started;

        Ending(Circuit circuit, Permit permit, long started) {
            this.circuit = circuit;
            this.permit = permit;
            this.started = started;
        }

        @Override
        public void accept(@Nullable Object result, @Nullable Throwable failure) {
            if (compareAndSet(false, true)) {
                Signal signal = failure == null ? Signal.SUCCESS : signal(circuit, Causes.unwrap(failure));
                circuit.end(permit, signal, started, circuit.time().nanoTime());
            }
        }
    }
}
