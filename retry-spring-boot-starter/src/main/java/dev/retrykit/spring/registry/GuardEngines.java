package dev.retrykit.spring.registry;

import dev.retrykit.Retry;
import dev.retrykit.spring.registry.layers.EngineCollaborators;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The engines of an application, which shut down with it. Thread-safe. */
public final class GuardEngines {

    private final Supplier<EngineCollaborators> parts;
    private final List<Retry> engines = new CopyOnWriteArrayList<>();

    /** How the application shut its engines down; null while it is running. */
    private volatile @Nullable Consumer<Retry> end;

    /** The pending end of delays; null if none is scheduled. */
    private volatile TimeSource.@Nullable Scheduled delayedEnd;

    GuardEngines(Supplier<EngineCollaborators> parts) {
        this.parts = parts;
    }

    /**
     * Adds an engine. If the application is shutting down at the same time, either this method or {@link #end} shuts
     * the engine down.
     */
    void add(Retry engine) {
        engines.add(engine);
        Consumer<Retry> how = end;
        if (how != null) {
            how.accept(engine);
        }
    }

    /** Whether delays have ended and nothing is retried anymore. */
    boolean haveEnded() {
        return end != null;
    }

    /**
     * Runs the waiting tasks elsewhere, because the application's executor takes no more tasks and drops those that
     * wait.
     */
    public void takeOver() {
        if (parts.get().executor() instanceof ClosingExecutor executor) {
            executor.takeOver();
        }
    }

    /** Cancels pending delays and starts no further retries. */
    public void shutdown() {
        end(Retry::shutdown);
    }

    /** Does the same after a time, unless a shutdown comes first. */
    public void shutdownAfter(Duration wait) {
        EngineCollaborators known = parts.get();
        delayedEnd = known.time().schedule(() -> known.executor().execute(this::shutdownUnlessEnded), wait.toNanos());
    }

    private void shutdownUnlessEnded() {
        if (end == null) {
            shutdown();
        }
    }

    /** Ends all running asynchronous calls. */
    public void shutdownNow() {
        end(Retry::shutdownNow);
    }

    private void end(Consumer<Retry> how) {
        TimeSource.Scheduled pending = delayedEnd;
        if (pending != null) {
            pending.cancel();
        }
        end = how;
        engines.forEach(how);
    }
}
