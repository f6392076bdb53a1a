package dev.retrykit;

import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A JVM that uses the timer for the first time on a stack that is full, and again in each frame on the way back. */
final class FirstUseProcess {

    private FirstUseProcess() {}

    /** Prints what a call of another thread comes to after that. */
    public static void main(String[] arguments) throws Exception {
        Runnable use;
        if (arguments[0].equals("schedule")) {
            use = () -> TimeSource.system().schedule(() -> {}, 0);
        } else {
            Retry retry = retry(Duration.ofSeconds(5));
            use = () -> retry.run(() -> {});
        }
        int frames = Integer.parseInt(arguments[1]);
        Thread first = new Thread(null, () -> pad(frames, use), "first", 256 * 1024);
        first.start();
        first.join();
        CompletableFuture<String> scheduled = new CompletableFuture<>();
        TimeSource.system().schedule(() -> scheduled.complete("ran"), 1_000_000);
        System.out.println(scheduled.get(10, TimeUnit.SECONDS) + ", " + cut());
    }

    private static Retry retry(Duration attemptTimeout) {
        return Retry.builder("first")
                .policy(RetryPolicy.builder()
                        .attemptTimeout(attemptTimeout)
                        .maxAttempts(1)
                        .build())
                .build();
    }

    private static int pad(int frames, Runnable use) {
        return frames > 0 ? 1 + pad(frames - 1, use) : down(0, use);
    }

    private static int down(int level, Runnable use) {
        try {
            return level < 0 ? level : down(level + 1, use);
        } catch (StackOverflowError full) {
            use.run();
            return level;
        }
    }

    private static String cut() {
        try {
            retry(Duration.ofMillis(20)).run(() -> new CountDownLatch(1).await());
            return "not cut";
        } catch (AttemptTimeoutException expected) {
            return "cut";
        } catch (InterruptedException interrupted) {
            return "interrupted";
        }
    }
}
