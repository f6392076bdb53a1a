package dev.retrykit.internal.drive;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The future that the caller of an asynchronous call gets. If its owner completes it, the retries end. */
final class RetryFuture<T extends @Nullable Object> extends CompletableFuture<T> {

    private final StageDriver<T> driver;

    RetryFuture(StageDriver<T> driver) {
        this.driver = driver;
    }

    /** Called by the engine with the result of the call. */
    void succeed(T value) {
        super.complete(value);
    }

    /** Called by the engine with the failure of the call. */
    void fail(Throwable failure) {
        super.completeExceptionally(failure);
    }

    /** Cancels the running attempt or the delay, and ends the retries. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return ended(super.cancel(mayInterruptIfRunning));
    }

    /** Called by the owner, or by {@link #completeOnTimeout}: ends the retries, as {@link #cancel} does. */
    @Override
    public boolean complete(T value) {
        return ended(super.complete(value));
    }

    /** Called by the owner, or by {@link #orTimeout}: ends the retries, as {@link #cancel} does. */
    @Override
    public boolean completeExceptionally(Throwable failure) {
        return ended(super.completeExceptionally(failure));
    }

    /** Called by the owner: the supplier's value or exception ends the retries, as {@link #complete} does. */
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

    /** Called by the owner: ends the retries, too. */
    @Override
    public void obtrudeValue(T value) {
        super.obtrudeValue(value);
        ended(true);
    }

    /** Called by the owner: ends the retries, too. */
    @Override
    public void obtrudeException(Throwable failure) {
        super.obtrudeException(failure);
        ended(true);
    }

    /** Dependent stages are ordinary ones: cancelling them cancels nothing here. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    private boolean ended(boolean byOwner) {
        driver.endIfDone();
        return byOwner;
    }
}
