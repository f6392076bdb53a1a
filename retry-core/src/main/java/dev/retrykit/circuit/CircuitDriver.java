package dev.retrykit.circuit;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.internal.stage.OwnedFuture;
import dev.retrykit.internal.stage.Stages;
import dev.retrykit.internal.thread.HeldPermit;
import dev.retrykit.internal.thread.ThreadPermits;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs calls through a circuit without an enclosing retry. For every outcome, including exceptions of a classifier,
 * the permit is returned and the caller gets the call's own failure.
 */
final class CircuitDriver {

    private CircuitDriver() {}

    static <T extends @Nullable Object, X extends Throwable> T call(Circuit circuit, ThrowingCallable<T, X> body)
            throws X {
        ThreadPermits holds = ThreadPermits.current();
        if (holds.has(circuit, false)) {
            return body.call();
        }
        long started = circuit.time().nanoTime();
        Permit permit = acquire(circuit, started);
        int outerHolds = holds.depth();
        T result;
        try {
            holds.push(circuit, !permit.coversRetries());
            result = body.call();
        } catch (Throwable failure) {
            holds.restore(outerHolds);
            end(circuit, permit, failure, started);
            throw failure;
        }
        holds.restore(outerHolds);
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
        ThreadPermits holds = ThreadPermits.current();
        Permit permit = holds.has(circuit, false) ? null : acquire(circuit, started);
        HeldPermit enclosing = holds.capture();
        HeldPermit hold = permit == null ? null : new HeldPermit(circuit, !permit.coversRetries(), enclosing);
        Call<T> call = new Call<>(circuit, permit, hold, started);
        int outerHolds = holds.depth();
        holds.enter(hold == null ? enclosing : hold);
        try {
            call.begin(body);
        } finally {
            holds.restore(outerHolds);
        }
        return call;
    }

    private static Permit acquire(Circuit circuit, long nowNanos) {
        Permit permit = circuit.tryAcquireFirst(nowNanos);
        if (permit == null) {
            throw circuit.rejection(nowNanos);
        }
        return permit;
    }

    /** A call has failed. A rejection says nothing about the dependency, however long it took. */
    private static void end(Circuit circuit, Permit permit, Throwable failure, long started) {
        long now = circuit.time().nanoTime();
        boolean rejected = isRejected(failure);
        circuit.end(permit, signal(circuit, failure, rejected), rejected ? now : started, now);
    }

    /** Whether another circuit or a full pool rejected the call, so that the dependency was not reached. */
    private static boolean isRejected(Throwable failure) {
        return Causes.anyMatch(
                failure, link -> link instanceof CircuitOpenException || link instanceof RejectedExecutionException);
    }

    private static Signal signal(Circuit circuit, Throwable failure, boolean rejected) {
        Signal signal = Signal.FAILURE;
        try {
            Verdict classified = circuit.classifier().classify(failure);
            Verdict verdict = classified == null ? Verdict.unknown() : classified;
            signal = verdict.signal();
            CircuitPolicy policy = circuit.policy();
            if (policy.ignored().selects(failure, verdict.status())) {
                return Signal.IGNORED;
            }
            if (rejected || verdict.kind() == Verdict.Kind.INTERRUPTED) {
                return Signal.NONE;
            }
            return policy.recorded().signal(signal, failure, verdict.status());
        } catch (Throwable classifierFailed) {
            return signal;
        }
    }

    /**
     * An asynchronous call. It completes as its stage does, with the failure itself. If its owner cancels or completes
     * it first, the stage is cancelled, and the circuit records nothing. Whichever happens first returns the permit,
     * exactly once.
     */
    private static final class Call<T extends @Nullable Object> extends OwnedFuture<T>
            implements BiFunction<T, @Nullable Throwable, @Nullable Void> {

        private final Circuit circuit;

        /** Null inside a call that already holds a permit of the circuit: only that call is counted. */
        private final @Nullable Permit permit;

        private final @Nullable HeldPermit hold;
        private final long startedNanos;
        private final AtomicBoolean ended = new AtomicBoolean();

        /** Set before the caller gets this future. */
        private volatile @Nullable CompletableFuture<T> running;

        Call(Circuit circuit, @Nullable Permit permit, @Nullable HeldPermit hold, long startedNanos) {
            this.circuit = circuit;
            this.permit = permit;
            this.hold = hold;
            this.startedNanos = startedNanos;
        }

        /** Starts the call. Rethrows an exception that the body throws instead of returning a stage. */
        <X extends Throwable> void begin(ThrowingCallable<? extends CompletionStage<T>, X> body) throws X {
            try {
                CompletionStage<T> stage = body.call();
                if (stage == null) {
                    throw new NullPointerException("the call returned no stage");
                }
                running = Stages.futureOf(stage);
                stage.handle(this);
            } catch (Throwable failure) {
                fails(failure);
                throw failure;
            }
        }

        /** Handles the end of the stage. Returns normally so that the dependent stage allocates no CompletionException. */
        @Override
        public @Nullable Void apply(T result, @Nullable Throwable failure) {
            Throwable real = failure == null ? null : Causes.unwrap(failure);
            if (real == null && ends(Signal.SUCCESS)) {
                succeed(result);
            } else if (real != null && fails(real)) {
                fail(real);
            }
            return null;
        }

        @Override
        protected void endedByOwner() {
            if (ends(Signal.NONE)) {
                Stages.cancel(running);
            }
        }

        private boolean ends(Signal signal) {
            boolean first = isFirst();
            if (first && permit != null) {
                circuit.end(permit, signal, startedNanos, circuit.time().nanoTime());
            }
            return first;
        }

        private boolean fails(Throwable failure) {
            boolean first = isFirst();
            if (first && permit != null) {
                CircuitDriver.end(circuit, permit, failure, startedNanos);
            }
            return first;
        }

        /** Whether this is the first end of the call. If so, it ends the held permit, too. */
        private boolean isFirst() {
            boolean first = ended.compareAndSet(false, true);
            if (first && hold != null) {
                hold.end();
            }
            return first;
        }
    }
}
