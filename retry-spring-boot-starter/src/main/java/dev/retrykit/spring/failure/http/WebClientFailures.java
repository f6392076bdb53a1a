package dev.retrykit.spring.failure.http;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.KnownFailures;
import dev.retrykit.failure.Verdict;
import java.io.InterruptedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.client.WebClientException;

/** Classifies truncated responses, which HttpComponents reports as interrupted although no thread was interrupted. */
public final class WebClientFailures implements KnownFailures {

    private static final Verdict BROKEN = Verdict.retryable().by("a truncated response");

    /** Creates a classifier. */
    public WebClientFailures() {}

    @Override
    public @Nullable Verdict classify(Throwable failure) {
        List<Throwable> chain = Causes.chain(failure);
        boolean ofClient = chain.stream()
                .anyMatch(link -> link instanceof WebClientException || isBrokenOff(link) && isOfHttpComponents(link));
        return ofClient && chain.stream().anyMatch(WebClientFailures::isBrokenOff) ? BROKEN : null;
    }

    private static boolean isBrokenOff(Throwable link) {
        return link.getClass() == InterruptedIOException.class;
    }

    /** An exception in a function of {@code exchangeToMono} is not wrapped. */
    private static boolean isOfHttpComponents(Throwable link) {
        StackTraceElement[] trace = Causes.stackTrace(link);
        return trace.length > 0 && trace[0].getClassName().startsWith("org.apache.hc.");
    }
}
