package dev.retrykit.spring.failure;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.KnownFailures;
import dev.retrykit.failure.Verdict;
import io.netty.handler.timeout.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Netty's read and write time-outs, which are no {@code IOException}s. Its connect time-outs are. */
public final class NettyFailures implements KnownFailures {

    /** Without state. */
    public NettyFailures() {}

    @Override
    public @Nullable Verdict classify(Throwable failure) {
        boolean timedOut = Causes.chain(failure).stream().anyMatch(TimeoutException.class::isInstance);
        return timedOut && FailureClassifier.jdk().classify(failure) == null ? Verdict.retryable() : null;
    }
}
