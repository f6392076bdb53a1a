package dev.retrykit.spring.idempotency.guard;

import dev.retrykit.circuit.Permit;
import dev.retrykit.failure.Signal;
import dev.retrykit.spring.idempotency.store.StoreFullException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A step of a store that runs on another thread than its caller's. The caller may leave before it has ended. */
final class StoreStep<T> implements Runnable {

    private final Supplier<T> work;
    private final @Nullable BiConsumer<@Nullable T, @Nullable Throwable> late;
    private final StoreCircuit circuit;
    private final Permit permit;
    private final long startedNanos;
    private final AtomicBoolean counted = new AtomicBoolean();
    private final CompletableFuture<T> outcome = new CompletableFuture<>();

    /**
     * Creates a step.
     *
     * @param late receives the outcome if the caller did not wait for it; null if the step must run even if the caller
     *     left before it began
     */
    StoreStep(
            Supplier<T> work,
            @Nullable BiConsumer<@Nullable T, @Nullable Throwable> late,
            StoreCircuit circuit,
            Permit permit,
            long startedNanos) {
        this.work = work;
        this.late = late;
        this.circuit = circuit;
        this.permit = permit;
        this.startedNanos = startedNanos;
    }

    long startedNanos() {
        return startedNanos;
    }

    @Override
    public void run() {
        if (late != null && outcome.isDone()) {
            return;
        }
        T result;
        try {
            result = work.get();
        } catch (RuntimeException | Error failed) {
            count(signal(failed));
            if (!outcome.completeExceptionally(failed) && late != null) {
                late.accept(null, failed);
            }
            return;
        }
        count(Signal.SUCCESS);
        if (!outcome.complete(result) && late != null) {
            late.accept(result, null);
        }
    }

    /** A store that is full, or that cannot read one record, is working. */
    static Signal signal(Throwable failed) {
        return failed instanceof StoreFullException || failed instanceof IllegalArgumentException
                ? Signal.SUCCESS
                : Signal.FAILURE;
    }

    /** Returns the exception for the caller. An Error of the store is wrapped. */
    static RuntimeException unchecked(Throwable failed) {
        return failed instanceof RuntimeException known
                ? known
                : new IllegalStateException("The store of idempotency keys failed with an error: " + failed, failed);
    }

    private void count(Signal signal) {
        if (counted.compareAndSet(false, true)) {
            circuit.end(permit, signal, startedNanos);
        }
    }

    /** Reports that the caller leaves. */
    void giveUp(RuntimeException reason, Signal signal) {
        count(signal);
        outcome.completeExceptionally(reason);
    }

    /**
     * Waits for the outcome.
     *
     * @return the outcome
     * @throws TimeoutException if there is none yet
     * @throws InterruptedException if the caller is interrupted
     * @throws RuntimeException what the step failed with, or the reason for which it was given up
     */
    T await(long nanos) throws TimeoutException, InterruptedException {
        try {
            return outcome.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException failed) {
            throw unchecked(Objects.requireNonNullElse(failed.getCause(), failed));
        }
    }
}
