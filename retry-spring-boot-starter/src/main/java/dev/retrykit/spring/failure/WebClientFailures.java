package dev.retrykit.spring.failure;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.KnownFailures;
import dev.retrykit.failure.Verdict;
import java.io.InterruptedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.client.WebClientException;

/** An answer that broke off is an "interrupted" one to HttpComponents, though nobody interrupted a thread. */
public final class WebClientFailures implements KnownFailures {

    private static final Verdict BROKEN = Verdict.retryable().by("an answer that broke off");

    /** Without state. */
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

    /** One that a function of {@code exchangeToMono} met isn't wrapped. */
    private static boolean isOfHttpComponents(Throwable link) {
        StackTraceElement[] trace = Causes.stackTrace(link);
        return trace.length > 0 && trace[0].getClassName().startsWith("org.apache.hc.");
    }
}
