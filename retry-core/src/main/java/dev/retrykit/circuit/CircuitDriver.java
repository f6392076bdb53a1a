package dev.retrykit.circuit;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.internal.thread.HeldPermit;
import dev.retrykit.internal.thread.ThreadPermits;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs calls through a circuit without an enclosing retry. Whatever a call ends with, and whatever a classifier throws
 * in addition, the permit is returned and the caller gets the call's own failure.
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
        HeldPermit around = holds.capture();
        HeldPermit hold = permit == null ? null : new HeldPermit(circuit, !permit.coversRetries(), around);
        CircuitStage<T> stage = new CircuitStage<>(circuit, permit, hold, started);
        int outerHolds = holds.depth();
        holds.enter(hold == null ? around : hold);
        try {
            stage.begin(body);
        } finally {
            holds.restore(outerHolds);
        }
        return stage;
    }

    private static Permit acquire(Circuit circuit, long nowNanos) {
        Permit permit = circuit.tryAcquireFirst(nowNanos);
        if (permit == null) {
            throw circuit.rejection(nowNanos);
        }
        return permit;
    }

    /** A call has failed. A rejection says nothing about the dependency, however long it took. */
    static void end(Circuit circuit, Permit permit, Throwable failure, long started) {
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
}
