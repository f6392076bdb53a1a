package dev.retrykit;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.failure.AttemptTimeoutException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A JVM whose threads overflow their stacks in calls of all kinds, again and again, while others make calls. */
final class OverflowingProcess {

    private static final int STACK_BYTES = 192 * 1024;
    private static final int CHECK_EACH = 100;

    private static final RetryBudget BUDGET = RetryBudget.of("overflow", BudgetPolicy.unlimited());

    private final Retry timed = retry(Duration.ofSeconds(5), 2);
    private final Retry cut = retry(Duration.ofMillis(20), 1);
    private int depth;

    private OverflowingProcess() {}

    private static Retry retry(Duration attemptTimeout, int attempts) {
        return Retry.builder("overflow")
                .policy(RetryPolicy.builder()
                        .attemptTimeout(attemptTimeout)
                        .maxAttempts(attempts)
                        .backoff(BackoffPolicy.fixed(Duration.ofMillis(1)))
                        .jitter(Jitter.NONE)
                        .build())
                .budget(BUDGET)
                .build();
    }

    /** Overflows so often in each way, and prints what the calls of others have come to. */
    public static void main(String[] arguments) throws Exception {
        OverflowingProcess process = new OverflowingProcess();
        int overflows = Integer.parseInt(arguments[0]);
        int done = 0;
        while (done < overflows) {
            int first = done;
            Thread overflowing = new Thread(null, () -> process.overflow(first), "overflowing", STACK_BYTES);
            overflowing.start();
            overflowing.join(20_000);
            if (overflowing.isAlive()) {
                System.out.println("overflowing thread hangs");
                Runtime.getRuntime().halt(1);
            }
            done += CHECK_EACH;
            process.check();
        }
        System.out.println(done + " overflows, no call hangs");
        Runtime.getRuntime().halt(0);
    }

    private void overflow(int first) {
        for (int i = first; i < first + CHECK_EACH; i++) {
            try {
                depth = i % 61;
                pad(depth, i % 4);
            } catch (StackOverflowError expected) {
                // the thread lives on, as one of a pool does
            }
            if (Thread.interrupted()) {
                System.out.println("a late interrupt");
            }
        }
    }

    /** Lets the stack be full at another place each time. */
    private long pad(int frames, int way) {
        if (frames > 0) {
            return 1 + pad(frames - 1, way);
        }
        switch (way) {
            case 0 -> within();
            case 1 -> beside(0);
            case 2 -> failing();
            default -> asynchronous(0);
        }
        return 0;
    }

    private void within() {
        timed.run(this::within);
    }

    private void beside(int level) {
        timed.run(() -> {});
        if (level >= 0) {
            beside(level + 1);
        }
    }

    private void failing() {
        AtomicInteger attempts = new AtomicInteger();
        timed.run(() -> {
            if (attempts.incrementAndGet() == 1) {
                failing();
            }
        });
    }

    private void asynchronous(int level) {
        AtomicInteger attempts = new AtomicInteger();
        timed.callAsync(() -> failOnce(attempts));
        if (level >= 0) {
            asynchronous(level + 1);
        }
    }

    private static CompletionStage<String> failOnce(AtomicInteger attempts) {
        return attempts.incrementAndGet() == 1
                ? CompletableFuture.failedFuture(new ConnectException("first"))
                : CompletableFuture.completedFuture("second");
    }

    private void check() throws Exception {
        CompletableFuture<String> blocking = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                cut.run(() -> new CountDownLatch(1).await());
            } catch (AttemptTimeoutException expected) {
                blocking.complete("cut");
            } catch (Throwable other) {
                blocking.completeExceptionally(other);
            }
        });
        thread.setDaemon(true);
        thread.start();
        AtomicInteger attempts = new AtomicInteger();
        CompletableFuture<String> second = CompletableFuture.supplyAsync(
                        () -> timed.callAsync(() -> failOnce(attempts)))
                .thenCompose(stage -> stage);
        if (!blocking.get(10, TimeUnit.SECONDS).equals("cut")
                || !second.get(10, TimeUnit.SECONDS).equals("second")) {
            throw new IllegalStateException("wrong result");
        }
    }
}
