package dev.retrykit.simulation;

import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Clients that all want to write the same row at once, each with the version that it has read: one wins, the others try
 * again. The model is that of aws-samples/aws-arch-backoff-simulator (Brooker, "Exponential Backoff And Jitter", 2015):
 * each hop takes a normal time with mean 10 and deviation 2, base 5, cap 2000.
 */
final class Contention {

    private static final double HOP = 10;
    private static final double DEVIATION = 2;
    private static final int BASE = 5;
    private static final int CAP = 2_000;

    /** More than anybody needs: each client goes on until it has written. */
    private static final int ENDLESS = 1_000_000;

    private final World world;
    private int version;
    private int writes;
    private double end;

    private Contention(World world) {
        this.world = world;
    }

    /** How a client waits. The first delay of the original is twice its base. */
    enum Waiting {
        NONE(BackoffPolicy.fixed(Duration.ZERO), Jitter.NONE),
        EXPONENTIAL(grows(2 * BASE), Jitter.NONE),
        EQUAL(grows(2 * BASE), Jitter.EQUAL),
        FULL(grows(2 * BASE), Jitter.FULL),
        DECORRELATED(grows(BASE), Jitter.DECORRELATED);

        private final RetryPolicy policy;

        Waiting(BackoffPolicy backoff, Jitter jitter) {
            this.policy = RetryPolicy.builder()
                    .maxAttempts(ENDLESS)
                    .backoff(backoff)
                    .jitter(jitter)
                    .timeBudget(Duration.ofDays(1))
                    .retryOn(StaleVersionException.class)
                    .build();
        }

        private static BackoffPolicy grows(int delay) {
            return BackoffPolicy.exponential(Duration.ofMillis(delay), 2, Duration.ofMillis(CAP));
        }
    }

    /**
     * What it took until all had written.
     *
     * @param writes attempts to write
     * @param end milliseconds
     */
    record Result(double writes, double end) {}

    /** The mean of several trials with this library's engine. */
    static Result run(Waiting waiting, int clients, int trials) {
        double writes = 0;
        double end = 0;
        for (int trial = 0; trial < trials; trial++) {
            Contention contention = new Contention(new World(trial * 31L + clients));
            contention.begin(waiting, clients);
            contention.world.runUntilNothingIsLeft();
            writes += contention.writes;
            end += contention.end;
        }
        return new Result(writes / trials, end / trials);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // noting the time can't fail
    private void begin(Waiting waiting, int clients) {
        Retry retry = world.retry("client", waiting.policy)
                .budget(RetryBudget.of("client", BudgetPolicy.unlimited(), world.time()))
                .build();
        for (int client = 0; client < clients; client++) {
            retry.callAsync(this::attempt).whenComplete((written, failure) -> end = world.now());
        }
    }

    private CompletableFuture<Boolean> attempt() {
        CompletableFuture<Boolean> written = new CompletableFuture<>();
        hop(() -> {
            int read = version;
            hop(() -> hop(() -> write(read, written)));
        });
        return written;
    }

    private void write(int read, CompletableFuture<Boolean> written) {
        writes++;
        boolean wins = read == version;
        version += wins ? 1 : 0;
        hop(() -> {
            if (wins) {
                written.complete(true);
            } else {
                written.completeExceptionally(new StaleVersionException());
            }
        });
    }

    private void hop(Runnable then) {
        Random random = world.random();
        world.after(Math.abs(HOP + DEVIATION * random.nextGaussian()), then);
    }

    /** Somebody else has written meanwhile. */
    static final class StaleVersionException extends Exception {

        private static final long serialVersionUID = 1;

        StaleVersionException() {
            super("stale version", null, true, false);
        }
    }
}
