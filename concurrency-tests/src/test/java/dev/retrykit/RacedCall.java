package dev.retrykit;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.event.CallOutcome;
import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.Signal;
import dev.retrykit.function.ThrowingCallable;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.openjdk.jcstress.infra.results.LLLL_Result;

/**
 * An asynchronous call that is put under way before the race. Its budget holds two of three tokens, and a success refills
 * nothing, so that one token too many that comes back is seen as well as one that is lost.
 */
abstract class RacedCall {

    static final Duration TIME_BUDGET = Duration.ofSeconds(10);

    static final RetryPolicy THREE_ATTEMPTS = attempts(3).build();

    static final RetryPolicy ONE_TIMED_ATTEMPT =
            attempts(1).attemptTimeout(Duration.ofSeconds(1)).build();

    static final RetryPolicy TWO_TIMED_ATTEMPTS =
            attempts(2).attemptTimeout(Duration.ofMillis(500)).build();

    private static final BudgetPolicy BUDGET = BudgetPolicy.of(0, Duration.ofSeconds(10), 3);

    final HandTimer timer = new HandTimer();
    final AtomicInteger attempts = new AtomicInteger();

    /** Tasks that were handed over to an executor that has no thread yet. */
    final ConcurrentLinkedQueue<Runnable> handedOver = new ConcurrentLinkedQueue<>();

    /** What the call was made with. */
    Retry retry;

    private final RetryCounters counters = new RetryCounters();
    private final RetryBudget budget = RetryBudget.of("raced", BUDGET, timer);

    RacedCall() {
        budget.tryAcquire(0);
        budget.tryAcquire(0);
        budget.record(Signal.SUCCESS, 0);
    }

    private static RetryPolicy.Builder attempts(int attempts) {
        return RetryPolicy.builder()
                .maxAttempts(attempts)
                .timeBudget(TIME_BUDGET)
                .backoff(BackoffPolicy.fixed(Duration.ofSeconds(1)))
                .jitter(Jitter.NONE);
    }

    /** Begins the call; its retries run on whatever thread hands them over. */
    final CompletableFuture<String> begin(
            RetryPolicy policy, ThrowingCallable<? extends CompletionStage<String>, ?> body) {
        return begin(policy, Runnable::run, body);
    }

    final CompletableFuture<String> begin(
            RetryPolicy policy, Executor executor, ThrowingCallable<? extends CompletionStage<String>, ?> body) {
        return retry(policy, executor).callAsync(body);
    }

    final Retry retry(RetryPolicy policy, Executor executor) {
        retry = Retry.builder("raced")
                .policy(policy)
                .budget(budget)
                .timeSource(timer)
                .executor(executor)
                .counters(counters)
                .build();
        return retry;
    }

    /** A body whose first attempt fails at once, and whose second one returns the stage. */
    final ThrowingCallable<CompletionStage<String>, RuntimeException> failsOnce(CompletableFuture<String> second) {
        return () -> attempts.incrementAndGet() == 1 ? CompletableFuture.failedFuture(new Failure()) : second;
    }

    /** Runs what was handed over. */
    final void execute() {
        Runnable task = handedOver.poll();
        if (task != null) {
            task.run();
        }
    }

    /** What the caller got, how many ends were counted, how many tasks the timer holds, and how many tokens there are. */
    final void record(CompletableFuture<String> call, LLLL_Result r) {
        r.r1 = outcome(call);
        r.r2 = Stream.of(CallOutcome.values()).mapToLong(counters::calls).sum();
        r.r3 = timer.pending();
        r.r4 = budget.snapshot().available();
        if (call.isDone() && !retry.engine().shutdownOfCalls().waiting().isEmpty()) {
            r.r1 += ", and a shutdown still finds it";
        }
    }

    static String outcome(CompletableFuture<String> call) {
        try {
            return call.getNow("pending");
        } catch (CancellationException cancelled) {
            return "cancelled";
        } catch (CompletionException failed) {
            return failed.getCause() instanceof AttemptTimeoutException ? "timeout" : "failure";
        }
    }

    /** Transient, and without the price of a stack trace. */
    static final class Failure extends ConnectException {

        private static final long serialVersionUID = 1;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
