package dev.retrykit.benchmark;

import dev.failsafe.TimeoutExceededException;
import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.time.TimeSource;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A retry, and a call that fails once and then succeeds, by what tells that the failure is transient: a policy alone, the JDK's
 * rules, a line of the failure book with a fixed meaning, a line that reads an HTTP status.
 */
public class Meanings extends Timed {

    private final Retry retry = Retry.builder("meanings")
            .policy(RetryPolicy.builder()
                    .maxAttempts(3)
                    .timeBudget(Duration.ofDays(100_000))
                    .backoff(BackoffPolicy.fixed(Duration.ZERO))
                    .jitter(Jitter.NONE)
                    .retryOn(Unknown.class)
                    .classifier(FailureBook.of(
                            Map.of(Answered.class.getName(), "status(status)"), TimeSource.system()::now))
                    .build())
            .budget(RetryBudget.of("meanings", BudgetPolicy.unlimited()))
            .build();

    @Benchmark
    public String unknown(Failing work) throws Exception {
        return retry.call(work.unknown);
    }

    @Benchmark
    public String ofTheJdk(Failing work) throws Exception {
        return retry.call(work.jdk);
    }

    @Benchmark
    public String fixedLine(Failing work) throws Exception {
        return retry.call(work.line);
    }

    @Benchmark
    public String statusLine(Failing work) throws Exception {
        return retry.call(work.status);
    }

    /** What is called, a thread's own: every other time it fails, with an exception that was made before. */
    @State(Scope.Thread)
    public static class Failing {

        private boolean failed;

        final ThrowingCallable<String, Exception> unknown = failing(new Unknown());
        final ThrowingCallable<String, Exception> jdk = failing(withoutTrace(new ConnectException("refused")));
        final ThrowingCallable<String, Exception> line = failing(withoutTrace(new TimeoutExceededException(null)));
        final ThrowingCallable<String, Exception> status = failing(new Answered());

        private ThrowingCallable<String, Exception> failing(Exception failure) {
            return () -> {
                failed = !failed;
                if (failed) {
                    throw failure;
                }
                return "result";
            };
        }

        private static Exception withoutTrace(Exception failure) {
            failure.setStackTrace(new StackTraceElement[0]);
            return failure;
        }
    }

    static final class Unknown extends Exception {

        private static final long serialVersionUID = 1;

        Unknown() {
            super("failed", null, false, false);
        }
    }

    /** As the exceptions of HTTP clients. */
    public static final class Answered extends Exception {

        private static final long serialVersionUID = 1;

        Answered() {
            super("answered", null, false, false);
        }

        /** Service unavailable. */
        public int status() {
            return 503;
        }
    }
}
