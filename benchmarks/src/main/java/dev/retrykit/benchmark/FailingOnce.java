package dev.retrykit.benchmark;

import dev.failsafe.function.CheckedSupplier;
import dev.retrykit.benchmark.Work.Failure;
import dev.retrykit.function.ThrowingCallable;
import java.util.concurrent.Callable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.springframework.core.retry.Retryable;
import org.springframework.retry.RetryCallback;

/** What is called, a thread's own: every other time it fails, with an exception that was made before. */
@State(Scope.Thread)
public class FailingOnce {

    private final Failure failure = new Failure();
    private boolean failed;

    final ThrowingCallable<String, Failure> call = this::result;
    final Callable<String> callable = this::result;
    final CheckedSupplier<String> supplier = this::result;
    final Retryable<String> retryable = this::result;
    final RetryCallback<String, Failure> callback = attempt -> result();

    private String result() throws Failure {
        failed = !failed;
        if (failed) {
            throw failure;
        }
        return "result";
    }
}
