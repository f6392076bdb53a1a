package dev.retrykit.spring.failure;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.Verdict;
import java.io.InterruptedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.client.WebClientException;

/** An answer that broke off is an "interrupted" one to HttpComponents, though nobody interrupted a thread. */
public final class WebClientFailures implements FailureClassifier {

    /** Without state. */
    public WebClientFailures() {}

    @Override
    public @Nullable Verdict classify(Throwable failure) {
        List<Throwable> chain = Causes.chain(failure);
        boolean ofClient = chain.stream().anyMatch(WebClientException.class::isInstance);
        boolean broken = chain.stream().anyMatch(link -> link.getClass() == InterruptedIOException.class);
        return ofClient && broken ? Verdict.retryable() : null;
    }
}
