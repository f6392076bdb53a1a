package dev.retrykit.spring.failure.http;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.KnownFailures;
import dev.retrykit.failure.Verdict;
import dev.retrykit.spring.failure.TypeNames;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes responses that are not HTTP or were truncated: from a proxy that is starting, or over a connection that
 * was cut. HTTP clients have their own exception types for them, or throw whatever their parser throws.
 */
public final class MalformedResponses implements KnownFailures {

    private static final Verdict BROKEN = Verdict.retryable().by("a truncated response");

    /** Exception types of clients that may be absent. */
    private static final Set<String> NAMES = Set.of(
            "org.apache.hc.core5.http.ParseException",
            "org.apache.hc.core5.http.MalformedChunkCodingException",
            "org.apache.hc.core5.http.UnsupportedHttpVersionException",
            "io.netty.handler.codec.PrematureChannelClosureException");

    /** Classes that parse responses. Their exceptions have no specific type, such as {@link NumberFormatException}. */
    private static final Set<String> PARSERS = Set.of(
            "io.netty.handler.codec.http.HttpObjectDecoder",
            "org.apache.hc.core5.http.impl.nio.ChunkDecoder",
            "org.eclipse.jetty.http.HttpParser",
            "jdk.internal.net.http.Http1HeaderParser",
            "jdk.internal.net.http.ResponseContent$ChunkedBodyParser",
            "sun.net.www.http.ChunkedInputStream");

    /** Spring's responses, which reject an invalid status. */
    private static final String RESPONSES = "org.springframework.http.client.";

    private static final String RESPONSE = "ClientHttpResponse";

    /** Creates a classifier. */
    public MalformedResponses() {}

    @Override
    public @Nullable Verdict classify(Throwable failure) {
        if (isBroken(failure)) {
            return BROKEN;
        }
        boolean broken = Causes.chain(failure).stream().anyMatch(MalformedResponses::isBroken);
        return broken && FailureClassifier.jdk().classify(failure) == null ? BROKEN : null;
    }

    private static boolean isBroken(Throwable link) {
        return TypeNames.isOneOf(link, NAMES) || isOfParser(Causes.stackTrace(link));
    }

    private static boolean isOfParser(StackTraceElement[] frames) {
        return Arrays.stream(frames)
                .limit(8)
                .map(StackTraceElement::getClassName)
                .anyMatch(name -> PARSERS.contains(name) || name.startsWith(RESPONSES) && name.endsWith(RESPONSE));
    }
}
