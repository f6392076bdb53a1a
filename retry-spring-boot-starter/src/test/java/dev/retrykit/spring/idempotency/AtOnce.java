package dev.retrykit.spring.idempotency;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Threads of their own for what waits: the common pool of a small machine has one. */
public final class AtOnce {

    private AtOnce() {}

    /** On a new thread. */
    public static <T> CompletableFuture<T> start(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, AtOnce::newThread);
    }

    /** On a new thread. */
    public static CompletableFuture<Void> run(Runnable task) {
        return CompletableFuture.runAsync(task, AtOnce::newThread);
    }

    private static void newThread(Runnable task) {
        Thread thread = new Thread(task, "at once");
        thread.setDaemon(true);
        thread.start();
    }

    /** The calls begin together. */
    static <T> List<T> call(int threads, Callable<T> call) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier start = new CyclicBarrier(threads);
            Callable<T> together = () -> {
                start.await();
                return call.call();
            };
            List<T> results = new ArrayList<>();
            for (Future<T> future : executor.invokeAll(Collections.nCopies(threads, together))) {
                results.add(future.get());
            }
            return results;
        } finally {
            executor.shutdown();
        }
    }
}
