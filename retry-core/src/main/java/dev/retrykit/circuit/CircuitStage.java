package dev.retrykit.circuit;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.Signal;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.internal.thread.HeldPermit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * An asynchronous call through a circuit: the future that the caller gets. It completes as the call's stage does, with
 * the failure itself. If its owner cancels or completes it first, the stage is cancelled, and the circuit records
 * nothing. Whichever happens first returns the permit, exactly once.
 */
final class CircuitStage<T extends @Nullable Object> extends CompletableFuture<T>
        implements BiFunction<T, @Nullable Throwable, @Nullable Void> {

    private final Circuit circuit;

    /** Null inside a call that already holds a permit of the circuit: only that call is counted. */
    private final @Nullable Permit permit;

    private final @Nullable HeldPermit hold;
    private final long startedNanos;
    private final AtomicBoolean ended = new AtomicBoolean();

    /** Set before the caller gets this future. */
    private volatile @Nullable CompletableFuture<T> running;

    CircuitStage(Circuit circuit, @Nullable Permit permit, @Nullable HeldPermit hold, long startedNanos) {
        this.circuit = circuit;
        this.permit = permit;
        this.hold = hold;
        this.startedNanos = startedNanos;
    }

    /** Starts the call. What the body throws before it returns a stage is thrown. */
    <X extends Throwable> void begin(ThrowingCallable<? extends CompletionStage<T>, X> body) throws X {
        try {
            CompletionStage<T> stage = body.call();
            if (stage == null) {
                throw new NullPointerException("the call returned no stage");
            }
            running = futureOf(stage);
            stage.handle(this);
        } catch (Throwable failure) {
            fail(failure);
            throw failure;
        }
    }

    /**
     * Completes with the outcome of the stage. Returns normally so that the dependent stage allocates no
     * CompletionException.
     */
    @Override
    public @Nullable Void apply(T result, @Nullable Throwable failure) {
        if (failure == null) {
            if (end(Signal.SUCCESS)) {
                super.complete(result);
            }
            return null;
        }
        Throwable real = Causes.unwrap(failure);
        if (fail(real)) {
            super.completeExceptionally(real);
        }
        return null;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        abandonIf(cancelled);
        return cancelled;
    }

    /** Called by the owner, or by {@link #completeOnTimeout}. */
    @Override
    public boolean complete(T value) {
        boolean completed = super.complete(value);
        abandonIf(completed);
        return completed;
    }

    /** Called by the owner, or by {@link #orTimeout}. */
    @Override
    public boolean completeExceptionally(Throwable failure) {
        boolean completed = super.completeExceptionally(failure);
        abandonIf(completed);
        return completed;
    }

    /** Dependent stages are ordinary ones: cancelling them cancels nothing here. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    private void abandonIf(boolean ownersDoing) {
        CompletableFuture<T> unwanted = running;
        if (ownersDoing && end(Signal.NONE) && unwanted != null) {
            try {
                unwanted.cancel(true);
            } catch (Throwable refused) {
                // the result is ignored anyway
            }
        }
    }

    private boolean end(Signal signal) {
        boolean first = isFirst();
        if (first && permit != null) {
            circuit.end(permit, signal, startedNanos, circuit.time().nanoTime());
        }
        return first;
    }

    private boolean fail(Throwable failure) {
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

    /** Null if the stage is of a kind that cannot be cancelled. */
    private static <T extends @Nullable Object> @Nullable CompletableFuture<T> futureOf(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture();
        } catch (UnsupportedOperationException unknown) {
            return null;
        }
    }
}
