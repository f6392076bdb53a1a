package dev.retrykit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Lets threads loose on one thing at the same moment. */
public final class Together {

    private Together() {}

    /** Does the work once on each thread and waits for all; what one of them throws fails the test. */
    public static void run(int threads, Runnable work) throws InterruptedException, ExecutionException {
        CountDownLatch begin = new CountDownLatch(1);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(executor.submit(() -> {
                    begin.await();
                    work.run();
                    return null;
                }));
            }
            begin.countDown();
            for (Future<?> one : running) {
                one.get();
            }
        } finally {
            executor.shutdownNow();
        }
    }
}
