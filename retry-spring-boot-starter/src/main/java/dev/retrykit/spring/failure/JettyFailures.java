package dev.retrykit.spring.failure;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.KnownFailures;
import dev.retrykit.failure.Verdict;
import java.io.EOFException;
import org.jspecify.annotations.Nullable;

/** Jetty's word for a lost connection: an end of file, told by the name of the connection. A file's end says another. */
public final class JettyFailures implements KnownFailures {

    private static final Verdict LOST = Verdict.retryable().by("a connection that Jetty lost");
    private static final String CONNECTION = "HttpConnection";

    /** Without state. */
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
