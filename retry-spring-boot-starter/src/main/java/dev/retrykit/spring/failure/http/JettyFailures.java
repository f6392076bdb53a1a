package dev.retrykit.spring.failure.http;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.KnownFailures;
import dev.retrykit.failure.Verdict;
import java.io.EOFException;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes connections that Jetty has lost. It reports them as an end of file whose message contains the name of the
 * connection, unlike the end of a real file.
 */
public final class JettyFailures implements KnownFailures {

    private static final Verdict LOST = Verdict.retryable().by("a connection lost by Jetty");
    private static final String CONNECTION = "HttpConnection";

    /** Creates a classifier. */
    public JettyFailures() {}

    @Override
    public @Nullable Verdict classify(Throwable failure) {
        boolean lost = Causes.chain(failure).stream().anyMatch(JettyFailures::isLostConnection);
        return lost ? LOST : null;
    }

    private static boolean isLostConnection(Throwable link) {
        return link instanceof EOFException
                && link.getMessage() != null
                && link.getMessage().contains(CONNECTION);
    }
}
