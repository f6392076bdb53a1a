package dev.retrykit.footprint;

import dev.retrykit.footprint.AsyncCallers.Caller;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Prints how many bytes of the heap an asynchronous call retains that has failed once and waits for its next attempt. All
 * calls fail with the same exception, which therefore isn't counted.
 */
public final class PendingCalls {

    private static final int CALLS = 100_000;
    private static final Duration DELAY = Duration.ofHours(1);
    private static final ConnectException FAILURE = new ConnectException("refused");

    private final @Nullable CompletableFuture<?>[] pending = new CompletableFuture<?>[CALLS];

    private PendingCalls() {}

    /** Takes no arguments. */
    public static void main(String[] args) {
        PendingCalls calls = new PendingCalls();
        AsyncCallers.all(DELAY, CALLS).forEach(calls::measure);
    }

    private static CompletableFuture<String> attempt() {
        return CompletableFuture.failedFuture(FAILURE);
    }

    private void measure(String style, Caller call) {
        begin(call); // loads classes, and lets the timer's queue grow
        cancel();
        long before = Heap.used();
        begin(call);
        long bytes = Heap.used() - before;
        System.out.printf("%-12s %4d bytes per pending call%n", style, Math.round((double) bytes / CALLS));
        cancel();
    }

    private void begin(Caller call) {
        for (int i = 0; i < CALLS; i++) {
            pending[i] = call.call(PendingCalls::attempt);
        }
    }

    private void cancel() {
        for (int i = 0; i < CALLS; i++) {
            CompletableFuture<?> call = pending[i];
            if (call == null || !call.cancel(false)) {
                throw new IllegalStateException("a call that should wait has ended");
            }
            pending[i] = null;
        }
    }
}
