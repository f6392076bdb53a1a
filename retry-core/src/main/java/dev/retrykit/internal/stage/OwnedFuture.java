package dev.retrykit.internal.stage;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The future that the caller of an asynchronous call gets. Its owner may complete or cancel it, which ends the call.
 */
public abstract class OwnedFuture<T extends @Nullable Object> extends CompletableFuture<T> {

    /** The owner has completed or cancelled this future, or the call had done so before. */
    protected abstract void endedByOwner();

    /** Completes it with the result of the call. */
    public final void succeed(T value) {
        super.complete(value);
    }

    /** Completes it with the failure of the call. */
    public final void fail(Throwable failure) {
        super.completeExceptionally(failure);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return ended(super.cancel(mayInterruptIfRunning));
    }

    /** Called by the owner, or by {@link #completeOnTimeout}. */
    @Override
    public boolean complete(T value) {
        return ended(super.complete(value));
    }

    /** Called by the owner, or by {@link #orTimeout}. */
    @Override
    public boolean completeExceptionally(Throwable failure) {
        return ended(super.completeExceptionally(failure));
    }

    /** The call ends when the supplier has. */
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

    @Override
    public void obtrudeValue(T value) {
        super.obtrudeValue(value);
        endedByOwner();
    }

    @Override
    public void obtrudeException(Throwable failure) {
        super.obtrudeException(failure);
        endedByOwner();
    }

    /** Dependent stages are ordinary ones: cancelling them cancels nothing here. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    private boolean ended(boolean completed) {
        endedByOwner();
        return completed;
    }
}
