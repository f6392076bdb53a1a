package dev.retrykit.footprint;

import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * Makes 10,000 calls at once, each on a virtual thread of its own, that fail, sleep 50 ms and succeed, with a circuit, a
 * budget and an attempt timeout, and prints how often one of them held on to its carrier. Needs a JDK that has them.
 */
public final class VirtualThreads {

    private static final int CALLS = 10_000;
    private static final int ROUNDS = 5;
    private static final Duration DELAY = Duration.ofMillis(50);
    private static final ConnectException FAILURE = new ConnectException("refused");

    private VirtualThreads() {}

    /** Takes no arguments. */
    public static void main(String[] args) throws ReflectiveOperationException, IOException {
        Retry retry = Retry.builder("virtual")
                .policy(RetryPolicy.builder()
                        .backoff(BackoffPolicy.fixed(DELAY))
                        .jitter(Jitter.NONE)
                        .attemptTimeout(Duration.ofSeconds(20))
                        .build())
                .circuit(Circuit.of(
                        "virtual",
                        CircuitPolicy.builder().minimumCalls(Integer.MAX_VALUE).build()))
                .budget(RetryBudget.of(
                        "virtual",
                        BudgetPolicy.builder().reserve(CALLS).minSuccess(0).build()))
                .build();
        round(retry, new LongAdder()); // classes are loaded and made ready, which holds carriers
        Path file = Files.createTempFile("virtual", ".jfr");
        LongAdder succeeded = new LongAdder();
        try (Recording recording = new Recording()) {
            recording
                    .enable("jdk.VirtualThreadPinned")
                    .withThreshold(Duration.ZERO)
                    .withStackTrace();
            recording.start();
            for (int round = 0; round < ROUNDS; round++) {
                System.out.printf("%,d calls took %d ms%n", CALLS, round(retry, succeeded));
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> pinned = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("jdk.VirtualThreadPinned"))
                .toList();
        pinned.stream()
                .map(event -> event.getString("pinnedReason") + " " + event.getStackTrace())
                .distinct()
                .forEach(System.out::println);
        Files.delete(file);
        System.out.printf(
                "%,d of %,d calls succeeded; carriers were held %d times%n",
                succeeded.sum(), CALLS * ROUNDS, pinned.size());
    }

    private static long round(Retry retry, LongAdder succeeded) throws ReflectiveOperationException {
        ExecutorService threads = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        long began = System.nanoTime();
        for (int call = 0; call < CALLS; call++) {
            threads.execute(() -> {
                AtomicInteger attempts = new AtomicInteger();
                try {
                    retry.run(() -> {
                        if (attempts.incrementAndGet() == 1) {
                            throw FAILURE;
                        }
                    });
                    succeeded.increment();
                } catch (ConnectException gaveUp) {
                    // not counted
                }
            });
        }
        threads.shutdown();
        try {
            if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("a call has not ended in a minute");
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
        return (System.nanoTime() - began) / 1_000_000;
    }
}
