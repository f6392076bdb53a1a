package dev.retrykit.benchmark;

import dev.failsafe.function.CheckedSupplier;
import dev.retrykit.function.ThrowingCallable;
import java.util.concurrent.Callable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.springframework.core.retry.Retryable;
import org.springframework.retry.RetryCallback;

/**
 * What is called: it does nothing, so that all that is measured is what stands around it. As each library wants it, made
 * once: making it is its caller's business. Each thread has one of its own: of an exception that several threads throw the cause is
 * asked for one after the other.
 */
@State(Scope.Thread)
public class Work {

    private final Failure failure = new Failure();
    private String result = "result";

    final ThrowingCallable<String, RuntimeException> succeeds = this::result;
    final ThrowingCallable<String, Failure> fails = this::failure;

    final Callable<String> succeedsCallable = this::result;
    final Callable<String> failsCallable = this::failure;

    final CheckedSupplier<String> succeedsSupplier = this::result;
    final CheckedSupplier<String> failsSupplier = this::failure;

    final Retryable<String> succeedsRetryable = this::result;
    final RetryCallback<String, RuntimeException> succeedsCallback = attempt -> result();

    /** Makes sure that a call failed by itself, and not because a circuit has opened. */
    Throwable itsOwn(Exception failed) {
        if (failed == failure || failed.getCause() == failure) {
            return failed;
        }
        throw new AssertionError("the circuit isn't closed", failed);
    }

    private String result() {
        return result;
    }

    private String failure() throws Failure {
        throw failure;
    }

    /** Made once, without a stack trace, so that making it isn't measured. */
    static final class Failure extends Exception {

        private static final long serialVersionUID = 1;

        Failure() {
            super("failed", null, false, false);
        }
    }
}
