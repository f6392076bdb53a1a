package dev.retrykit.benchmark;

import java.util.concurrent.Callable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What is called: it does nothing, so that all that is measured is what stands around it. */
@State(Scope.Benchmark)
public class Work {

    private String result = "result";

    /** Succeeds. */
    final Callable<String> succeeds = this::result;

    /** Fails with a failure that is made once, without a stack trace: making it is nobody's merit. */
    final Callable<String> fails = this::failure;

    String result() {
        return result;
    }

    String failure() throws Failure {
        throw Failure.INSTANCE;
    }

    /** The only failure. */
    static final class Failure extends Exception {

        private static final long serialVersionUID = 1;

        static final Failure INSTANCE = new Failure();

        private Failure() {
            super("failed", null, false, false);
        }
    }
}
