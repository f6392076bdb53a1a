package dev.retrykit.spring.failure;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.KnownFailures;
import dev.retrykit.failure.Verdict;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers that are no HTTP, or break off in a place where HTTP doesn't allow it: a proxy that is starting, a connection
 * that was cut. HTTP clients have types of their own for that, or throw what their parser happened to throw.
 */
public final class MalformedResponses implements KnownFailures {

    private static final Verdict BROKEN = Verdict.retryable().by("an answer that broke off");

    /** Of clients that may be absent. */
    private static final Set<String> NAMES = Set.of(
            "org.apache.hc.core5.http.ParseException",
            "org.apache.hc.core5.http.MalformedChunkCodingException",
            "org.apache.hc.core5.http.UnsupportedHttpVersionException",
            "io.netty.handler.codec.PrematureChannelClosureException");

    /** What reads answers. What they throw has no type that says so, such as a {@link NumberFormatException}. */
    private static final Set<String> PARSERS = Set.of(
            "io.netty.handler.codec.http.HttpObjectDecoder",
            "org.apache.hc.core5.http.impl.nio.ChunkDecoder",
            "org.eclipse.jetty.http.HttpParser",
            "jdk.internal.net.http.Http1HeaderParser",
            "jdk.internal.net.http.ResponseContent$ChunkedBodyParser",
            "sun.net.www.http.ChunkedInputStream");

    /** Spring's responses, which refuse a status that isn't one. */
    private static final String RESPONSES = "org.springframework.http.client.";

    private static final String RESPONSE = "ClientHttpResponse";

    /** Without state. */
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
