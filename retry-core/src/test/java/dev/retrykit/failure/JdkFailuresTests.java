package dev.retrykit.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.retrykit.failure.Verdict.Kind;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.MalformedURLException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.InterruptedByTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.security.KeyStoreException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JdkFailuresTests {

    private final FailureClassifier classifier = FailureClassifier.jdk();

    static Stream<Throwable> transientFailures() {
        return Stream.of(
                new ConnectException("Connection refused"),
                new NoRouteToHostException(),
                new PortUnreachableException(),
                new BindException(),
                new SocketException("Connection reset"),
                new SocketException("Unexpected end of file from server"),
                new IOException("Premature end of Content-Length delimited message body (expected: 100; received: 10)"),
                new IOException("Received RST_STREAM: Refused stream"),
                new IOException("request not processed by peer"),
                new IOException("stream was reset: REFUSED_STREAM"),
                new IOException("closed"),
                new IOException("localhost:8080 failed to respond"),
                new EOFException("EOF reached while reading"),
                new EOFException("Unexpected end of ZLIB input stream"),
                new EOFException("source exhausted prematurely"),
                new IOException("Connection has been closed BEFORE response, while sending request body"),
                new SocketTimeoutException("Read timed out"),
                new SlowPeer(),
                new UnknownHostException("nowhere.example"),
                new UnresolvedAddressException(),
                new ClosedChannelException(),
                new AsynchronousCloseException(),
                new InterruptedByTimeoutException(),
                new HttpTimeoutException("request timed out"),
                new HttpConnectTimeoutException("HTTP connect timed out"),
                new TimeoutException(),
                new AttemptTimeoutException("inventory", Duration.ofSeconds(2), null),
                new IOException("Connection reset by peer"),
                new IOException("Broken pipe"),
                new IOException("An existing connection was forcibly closed by the remote host"),
                new IOException("An established connection was aborted by the software in your host machine"),
                new IOException("Connection timed out"),
                new IOException("connection closed locally"),
                new IOException("HTTP/1.1 header parser received no bytes"),
                new IOException("Premature EOF"),
                new IOException("unexpected end of stream on http://localhost/..."),
                new IOException("Connection prematurely closed BEFORE response"),
                new IOException("/10.0.0.1:8080: GOAWAY received"));
    }

    @ParameterizedTest
    @MethodSource("transientFailures")
    void transientFailuresOfTheNetworkAreRetried(Throwable failure) {
        assertVerdict(failure, Kind.RETRYABLE, Signal.FAILURE);
    }

    @ParameterizedTest
    @MethodSource("transientFailures")
    void transientFailuresAreFoundInTheCauseChain(Throwable failure) {
        assertVerdict(new CompletionException(new ExecutionException(failure)), Kind.RETRYABLE, Signal.FAILURE);
        assertVerdict(new IllegalArgumentException("wrapped", failure), Kind.RETRYABLE, Signal.FAILURE);
        assertVerdict(new AssertionError("wrapped", failure), Kind.RETRYABLE, Signal.FAILURE);
    }

    static Stream<Throwable> permanentFailures() {
        return Stream.of(
                new CertificateException("no trusted certificate"),
                new CertificateExpiredException(),
                new KeyStoreException(),
                new SSLHandshakeException("PKIX path building failed") {
                    private static final long serialVersionUID = 1;

                    @Override
                    public Throwable getCause() {
                        return new CertificateException("unable to find valid certification path");
                    }
                },
                new SSLPeerUnverifiedException("Hostname isn't verified"),
                new MalformedURLException("no protocol"),
                new URISyntaxException("::", "no scheme"),
                new FileNotFoundException("missing.txt"),
                new NoSuchFileException("missing.txt"),
                new UncheckedIOException(new FileNotFoundException("missing.txt")));
    }

    @ParameterizedTest
    @MethodSource("permanentFailures")
    void whatStaysWrongIsNotRetried(Throwable failure) {
        assertVerdict(failure, Kind.NOT_RETRYABLE, Signal.FAILURE);
        assertVerdict(new RuntimeException(failure), Kind.NOT_RETRYABLE, Signal.FAILURE);
    }

    @Test
    void aCertificateDecidesEvenInsideOfASocketFailure() {
        assertVerdict(
                withCause(new SocketException("Connection reset"), new CertificateException()),
                Kind.NOT_RETRYABLE,
                Signal.FAILURE);
    }

    static Stream<Arguments> interruptions() {
        return Stream.of(
                arguments(new InterruptedException()),
                arguments(new InterruptedIOException()),
                arguments(new ClosedByInterruptException()),
                arguments(new SocketException("Closed by interrupt")),
                arguments(new RuntimeException(new InterruptedException())),
                arguments(withCause(new IOException("Connection reset"), new InterruptedException())));
    }

    @ParameterizedTest
    @MethodSource("interruptions")
    void interruptionEndsTheCallAndSaysNothingAboutTheDependency(Throwable failure) {
        assertVerdict(failure, Kind.INTERRUPTED, Signal.NONE);
    }

    @Test
    void aSocketTimeoutIsNoInterruption() {
        assertThat(new SocketTimeoutException()).isInstanceOf(InterruptedIOException.class);
        assertVerdict(new SocketTimeoutException(), Kind.RETRYABLE, Signal.FAILURE);
    }

    @Test
    void anAttemptTimeoutIsNoInterruptionAlthoughItsCauseIs() {
        Throwable timeout = new AttemptTimeoutException("inventory", Duration.ofSeconds(2), new InterruptedException());
        assertVerdict(timeout, Kind.RETRYABLE, Signal.FAILURE);
        assertVerdict(new CompletionException(timeout), Kind.RETRYABLE, Signal.FAILURE);
    }

    static Stream<Throwable> neutralFailures() {
        return Stream.of(
                new IllegalArgumentException("sku"),
                new NumberFormatException("12a"),
                new SecurityException("access denied"),
                new AccessDeniedException("/etc/shadow"),
                new CancellationException(),
                new CompletionException(new IllegalArgumentException("sku")),
                new ExecutionException(new CancellationException()));
    }

    @ParameterizedTest
    @MethodSource("neutralFailures")
    void whatFailedBesideTheDependencyIsNeutral(Throwable failure) {
        assertVerdict(failure, Kind.NOT_RETRYABLE, Signal.NONE);
    }

    static Stream<Arguments> responses() {
        return Stream.of(
                arguments("Server returned HTTP response code: 503 for URL: http://a", Kind.RETRYABLE, Signal.FAILURE),
                arguments(
                        "Server returned HTTP response code: 429 for URL: http://a", Kind.RETRYABLE, Signal.THROTTLED),
                arguments(
                        "Server returned HTTP response code: 501 for URL: http://a",
                        Kind.NOT_RETRYABLE,
                        Signal.FAILURE),
                arguments(
                        "Server returned HTTP response code: 400 for URL: http://a",
                        Kind.NOT_RETRYABLE,
                        Signal.SUCCESS),
                arguments("Server returned HTTP response code: 401 for URL: http://a", Kind.NOT_RETRYABLE, Signal.NONE),
                arguments(
                        "Unable to tunnel through proxy. Proxy returns \"HTTP/1.1 502 Bad Gateway\"",
                        Kind.RETRYABLE,
                        Signal.FAILURE),
                arguments(
                        "Unable to tunnel through proxy. Proxy returns \"HTTP/1.0 407 x\"",
                        Kind.NOT_RETRYABLE,
                        Signal.NONE),
                arguments("Tunnel failed, got: 503", Kind.RETRYABLE, Signal.FAILURE),
                arguments("Unexpected response code for CONNECT: 504", Kind.RETRYABLE, Signal.FAILURE));
    }

    @ParameterizedTest
    @MethodSource("responses")
    void responsesAreFoundInMessages(String message, Kind kind, Signal signal) {
        for (Throwable failure :
                List.of(new IOException(message), new UncheckedIOException(new IOException(message)))) {
            Verdict verdict = classifier.classify(failure);

            assertThat(verdict).extracting(Verdict::kind, Verdict::signal).containsExactly(kind, signal);
            assertThat(verdict.status()).isPositive();
        }
    }

    @Test
    void anAddressThatIsNotFoundIsAnAnswer() {
        assertVerdict(
                new FileNotFoundException("https://api.example.com/things/1"), Kind.NOT_RETRYABLE, Signal.SUCCESS);
        assertVerdict(new FileNotFoundException("ftp://example.com/a"), Kind.NOT_RETRYABLE, Signal.FAILURE);
    }

    @Test
    void aChannelsFailureIsOneOfTheNetworkInAnyLanguage() {
        IOException failure = new IOException("Die Verbindung wurde vom Kommunikationspartner zur\u00fcckgesetzt");
        assertThat(classifier.classify(failure)).isNull();

        failure.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("sun.nio.ch.FileDispatcherImpl", "write0", null, -2),
            new StackTraceElement("sun.nio.ch.SocketDispatcher", "write", null, 62)
        });
        assertVerdict(failure, Kind.RETRYABLE, Signal.FAILURE);
    }

    static Stream<Throwable> unknownFailures() {
        return Stream.of(
                new Exception("?"),
                new IllegalStateException("?"),
                new NullPointerException(),
                new IOException("disk full"),
                new IOException("Server returned HTTP response code: 302 for URL: http://a"),
                new IOException("Stream closed"),
                new IOException((String) null),
                new EOFException(),
                new SSLException("?"),
                new IllegalStateException(new IllegalArgumentException("not the outermost")),
                new IllegalStateException("Connection reset"),
                new LockTimeoutException(),
                new OutOfMemoryError(),
                new StackOverflowError());
    }

    @ParameterizedTest
    @MethodSource("unknownFailures")
    void aboutAnythingElseItHasNoOpinion(Throwable failure) {
        assertThat(classifier.classify(failure)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 48})
    void looksDeepDown(int depth) {
        assertVerdict(buried(new ConnectException(), depth), Kind.RETRYABLE, Signal.FAILURE);
        assertVerdict(buried(new InterruptedException(), depth), Kind.INTERRUPTED, Signal.NONE);
    }

    @Test
    void doesNotLookDownForEver() {
        assertThat(classifier.classify(buried(new ConnectException(), 1_000))).isNull();
    }

    @Test
    void isNotTrappedByACircleOfCauses() {
        Exception first = new Exception("first");
        Exception second = new Exception("second", first);
        first.initCause(second);
        assertThat(classifier.classify(first)).isNull();

        Exception third = new Exception("third");
        third.initCause(new RuntimeException(withCause(new ConnectException(), third)));
        assertVerdict(third, Kind.RETRYABLE, Signal.FAILURE);
    }

    @Test
    void readsOnlyTheBeginningOfAMessage() {
        assertThat(classifier.classify(new IOException("x".repeat(200) + "connection reset")))
                .isNull();
        assertVerdict(new IOException("connection reset" + "x".repeat(1_000_000)), Kind.RETRYABLE, Signal.FAILURE);
    }

    /** A timeout of the network under another name. */
    private static final class SlowPeer extends SocketTimeoutException {
        private static final long serialVersionUID = 1;
    }

    /** Called a timeout, but not the network's. */
    private static final class LockTimeoutException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private void assertVerdict(Throwable failure, Kind kind, Signal signal) {
        Verdict verdict = classifier.classify(failure);
        assertThat(verdict).isEqualTo(new Verdict(kind, signal, Verdict.NO_HINT));
    }

    private static Throwable buried(Throwable failure, int depth) {
        Throwable top = failure;
        for (int i = 0; i < depth; i++) {
            top = new Exception(null, top);
        }
        return top;
    }

    private static <X extends Throwable> X withCause(X failure, @Nullable Throwable cause) {
        failure.initCause(cause);
        return failure;
    }
}
