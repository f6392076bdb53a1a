package dev.retrykit.spring.registry;

import dev.retrykit.Retry;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The engines of an application, which end with it. Thread-safe. */
final class GuardEngines {

    private final Supplier<EngineCollaborators> parts;
    private final List<Retry> engines = new CopyOnWriteArrayList<>();

    /** How the application has ended its calls; null as long as it goes on. */
    private volatile @Nullable Consumer<Retry> end;

    /** What will end delays; null if nothing was asked to. */
    private volatile TimeSource.@Nullable Scheduled delayedEnd;

    GuardEngines(Supplier<EngineCollaborators> parts) {
        this.parts = parts;
    }

    /** Of an engine that is made while the application ends either this or {@link #end} knows. */
    void add(Retry engine) {
        engines.add(engine);
        Consumer<Retry> how = end;
        if (how != null) {
            how.accept(engine);
        }
    }

    /** Whether delays have ended with the application, and nothing is retried any more. */
    boolean haveEnded() {
        return end != null;
    }

    /** The application's executor takes no more tasks, and drops those that wait. */
    void takeOver() {
        if (parts.get().executor() instanceof ClosingExecutor executor) {
            executor.takeOver();
        }
    }

    /** Ends all delays and begins no retry any more. */
    void shutdown() {
        end(Retry::shutdown);
    }

    /** Does so when the time is over, unless all has ended before. */
    void shutdownAfter(Duration wait) {
        EngineCollaborators known = parts.get();
        delayedEnd = known.time().schedule(() -> known.executor().execute(this::shutdownUnlessEnded), wait.toNanos());
    }

    private void shutdownUnlessEnded() {
        if (end == null) {
            shutdown();
        }
    }

    /** Ends all asynchronous calls that haven't ended. */
    void shutdownNow() {
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
