package dev.retrykit;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** A JVM in which the stages of pending calls are completed on stacks that are full, at each depth. */
final class OverflowingStages {

    private static final int STACK_BYTES = 192 * 1024;
    private static final int ROUNDS = 60;
    private static final int CALLS = 60;
    private static final Duration TIME_BUDGET = Duration.ofSeconds(2);
    private static final ConnectException FAILURE = new ConnectException("first");

    private final Retry retry = Retry.builder("overflow")
            .policy(RetryPolicy.builder()
                    .maxAttempts(2)
                    .timeBudget(TIME_BUDGET)
                    .backoff(BackoffPolicy.fixed(Duration.ofMillis(5)))
                    .jitter(Jitter.NONE)
                    .build())
            .budget(RetryBudget.of("overflow", BudgetPolicy.unlimited()))
            .build();
    private final List<CompletableFuture<String>> calls = new ArrayList<>();

    /** Of the stages of a round; a full stack may break a queue. */
    private int next;

    private OverflowingStages() {}

    /** Prints how many calls there were once all have ended; otherwise how many hang. */
    public static void main(String[] arguments) throws Exception {
        OverflowingStages stages = new OverflowingStages();
        for (int round = 0; round < 2 * ROUNDS; round++) {
            stages.overflow(round % 2 == 0, round / 2);
        }
        long hanging = stages.countHanging();
        System.out.println(stages.calls.size() + " calls, " + (hanging == 0 ? "none hangs" : hanging + " hang"));
        Runtime.getRuntime().halt(0);
    }

    private void overflow(boolean failing, int padding) throws InterruptedException {
        List<CompletableFuture<String>> pending = new ArrayList<>();
        next = 0;
        for (int i = 0; i < CALLS; i++) {
            CompletableFuture<String> stage = new CompletableFuture<>();
            pending.add(stage);
            AtomicInteger attempts = new AtomicInteger();
            calls.add(retry.callAsync(
                    () -> attempts.incrementAndGet() == 1 ? stage : CompletableFuture.completedFuture("second")));
        }
        Thread thread = new Thread(null, () -> pad(padding, pending, failing), "overflowing", STACK_BYTES);
        thread.start();
        thread.join();
        for (CompletableFuture<String> stage : pending.subList(next, CALLS)) {
            stage.complete("in time");
        }
    }

    private void pad(int frames, List<CompletableFuture<String>> pending, boolean failing) {
        if (frames > 0) {
            pad(frames - 1, pending, failing);
        } else {
            completeOnTheWayUp(0, pending, failing);
        }
    }

    /** One at each depth, from the deepest on. */
    private void completeOnTheWayUp(int level, List<CompletableFuture<String>> pending, boolean failing) {
        try {
            if (level >= 0) {
                completeOnTheWayUp(level + 1, pending, failing);
            }
        } catch (StackOverflowError expected) {
            // this is as deep as it goes
        }
        try {
            if (next < CALLS && failing) {
                pending.get(next++).completeExceptionally(FAILURE);
            } else if (next < CALLS) {
                pending.get(next++).complete("first");
            }
        } catch (StackOverflowError expected) {
            // the thread lives on, as one of a pool does
        }
    }

    /** Long after the time budget of all. */
    private long countHanging() throws InterruptedException {
        long deadline = System.nanoTime() + TIME_BUDGET.multipliedBy(3).toNanos();
        long hanging = 0;
        for (CompletableFuture<String> call : calls) {
            try {
                call.handle((result, failure) -> true)
                        .get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException | ExecutionException hangs) {
                hanging++;
            }
        }
        return hanging;
    }
}
