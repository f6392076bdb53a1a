package dev.retrykit;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.Permit;
import dev.retrykit.event.AttemptObserver;
import dev.retrykit.event.ContextCarrier;
import dev.retrykit.event.Scope;
import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.internal.report.RequestStops;
import dev.retrykit.time.ManualTime;
import java.lang.invoke.MethodHandles;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Initializes the classes that a failing call needs, when the first retry is built. A class whose initialization fails
 * on a full stack can never be used again in this JVM.
 */
final class ClassInitialization {

    private static final Duration LIMIT = Duration.ofSeconds(1);

    /** Types that signatures name. HotSpot does not inline a method whose signature names a class that is not loaded. */
    private static final List<Class<?>> NAMED =
            List.of(Circuit.class, Permit.class, AttemptObserver.class, ContextCarrier.class, RequestStops.class);

    private static volatile boolean done;

    private ClassInitialization() {}

    /**
     * On the first invocation, runs a call that fails once and then succeeds, on a clock of its own and outside all
     * calls of this thread.
     */
    static void once() {
        if (done) {
            return;
        }
        done = true;
        try (Scope outside = RetryContext.leave()) {
            for (Class<?> type : NAMED) {
                MethodHandles.lookup().ensureInitialized(type);
            }
            ManualTime time = new ManualTime();
            Retry retry = Retry.builder("initialization")
                    .policy(RetryPolicy.builder()
                            .attemptTimeout(LIMIT)
                            .backoff(BackoffPolicy.fixed(LIMIT))
                            .build())
                    .budget(RetryBudget.of("initialization", BudgetPolicy.defaults(), time))
                    .timeSource(time)
                    .executor(Runnable::run)
                    .build();
            AtomicInteger attempts = new AtomicInteger();
            retry.run(() -> failFirst(attempts));
            attempts.set(0);
            CompletableFuture<Boolean> call = retry.callAsync(() -> failFirst(attempts));
            time.advance(LIMIT);
            call.cancel(false);
            FailureBook.standard().classify(new RejectedExecutionException("initialization"));
        } catch (Throwable failed) {
            // each class is then initialized at its first use
        }
    }

    private static CompletionStage<Boolean> failFirst(AtomicInteger attempts) throws ConnectException {
        if (attempts.incrementAndGet() == 1) {
            throw new ConnectException("initialization");
        }
        return CompletableFuture.completedFuture(true);
    }
}
