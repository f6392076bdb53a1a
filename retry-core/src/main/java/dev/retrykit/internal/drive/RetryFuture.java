package dev.retrykit.internal.drive;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the caller of an asynchronous call gets. If its owner completes it, the retries end. */
final class RetryFuture<T extends @Nullable Object> extends CompletableFuture<T> {

    private final StageDriver<T> driver;

    RetryFuture(StageDriver<T> driver) {
        this.driver = driver;
    }

    /** By the call: its result. */
    void succeed(T value) {
        super.complete(value);
    }

    /** By the call: its failure. */
    void fail(Throwable failure) {
        super.completeExceptionally(failure);
    }

    /** Cancels the running attempt or the delay, and ends the retries. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return ended(super.cancel(mayInterruptIfRunning));
    }

    /** By its owner: ends the retries, as {@link #cancel} does. So does {@link #completeOnTimeout}. */
    @Override
    public boolean complete(T value) {
        return ended(super.complete(value));
    }

    /** By its owner: ends the retries, as {@link #cancel} does. So does {@link #orTimeout}. */
    @Override
    public boolean completeExceptionally(Throwable failure) {
        return ended(super.completeExceptionally(failure));
    }

    /** By its owner: what the supplier gives ends the retries, as {@link #complete} does. */
    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        Objects.requireNonNull(supplier, "supplier");
        executor.execute(() -> {
            if (!isDone()) {
                completeFrom(supplier);
            }
        });
        return this;
    }

    private void completeFrom(Supplier<? extends T> supplier) {
        try {
            complete(supplier.get());
        } catch (Throwable failure) {
            completeExceptionally(failure);
        }
    }

    /** By its owner: ends the retries too. */
    @Override
    public void obtrudeValue(T value) {
        super.obtrudeValue(value);
        ended(true);
    }

    /** By its owner: ends the retries too. */
    @Override
    public void obtrudeException(Throwable failure) {
        super.obtrudeException(failure);
        ended(true);
    }

    /** Stages that depend on this one are ordinary ones: cancelling them cancels nothing here. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    private boolean ended(boolean byOwner) {
        driver.endIfDone();
        return byOwner;
    }
}
