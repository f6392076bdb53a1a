package dev.retrykit.footprint;

import com.sun.management.ThreadMXBean;
import dev.retrykit.footprint.AsyncCallers.Caller;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Makes many asynchronous calls at once that fail, wait 50 ms and succeed, and prints how much later than that the last one
 * is done, and how many bytes each allocates. The argument is how many; 20,000 if there is none.
 */
public final class AsyncCalls {

    private static final Duration DELAY = Duration.ofMillis(50);
    private static final int MOST_ROUNDS = 15;
    private static final int MANY_CALLS = 100_000;

    /** Before, until the compilers are done. */
    private static final int WARM_UP_CALLS = 1_000_000;

    private static final ConnectException FAILURE = new ConnectException("refused");
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final int calls;
    private final int rounds;

    private AsyncCalls(int calls) {
        this.calls = calls;
        this.rounds = calls > MANY_CALLS ? MOST_ROUNDS / 5 : MOST_ROUNDS;
    }

    /** The argument is how many calls. */
    public static void main(String[] arguments) {
        AsyncCalls all = new AsyncCalls(arguments.length == 0 ? 20_000 : Integer.parseInt(arguments[0]));
        AsyncCallers.all(DELAY, all.calls).forEach(all::measure);
    }

    private void measure(String style, Caller caller) {
        double[] late = new double[rounds];
        for (int made = 0; made < WARM_UP_CALLS; made += calls) {
            round(caller);
        }
        long before = allocated();
        for (int i = 0; i < rounds; i++) {
            late[i] = round(caller);
        }
        long bytes = (allocated() - before) / rounds / calls;
        Arrays.sort(late);
        System.out.printf(
                "%-12s %,d calls: the last is done %.0f ms after the delay (median of %d rounds, least %.0f); %d bytes"
                        + " allocated by each%n",
                style, calls, late[rounds / 2], rounds, late[0], bytes);
    }

    private double round(Caller caller) {
        CompletableFuture<?>[] all = new CompletableFuture<?>[calls];
        long began = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            all[i] = caller.call(new Attempts());
        }
        CompletableFuture.allOf(all).join();
        return (System.nanoTime() - began) / 1e6 - DELAY.toMillis();
    }

    /** By all threads that live; none ends meanwhile. */
    private static long allocated() {
        return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }

    /** Fails once. */
    private static final class Attempts implements Supplier<CompletionStage<String>> {

        private boolean failed;

        @Override
        public CompletionStage<String> get() {
            boolean first = !failed;
            failed = true;
            return first ? CompletableFuture.failedFuture(FAILURE) : CompletableFuture.completedFuture("done");
        }
    }
}
