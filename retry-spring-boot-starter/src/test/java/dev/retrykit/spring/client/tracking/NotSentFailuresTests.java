package dev.retrykit.spring.client.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.StopReason;
import dev.retrykit.spring.client.FaultServer;
import dev.retrykit.spring.client.HttpApps;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** Which failures say that a request was not worked on. */
class NotSentFailuresTests {

    static Stream<Throwable> beforeSending() {
        return Stream.of(
                new ConnectException("Connection refused"),
                new NoRouteToHostException(),
                new UnknownHostException("nowhere"),
                new UnresolvedAddressException(),
                new SSLHandshakeException("certificate expired"),
                new HttpConnectTimeoutException("HTTP connect timed out"),
                new ConnectTimeoutException("connect timed out"),
                new ConnectionRequestTimeoutException("no connection free"),
                new SocketTimeoutException("Connect Timeout"),
                new UncheckedIOException(new ConnectException()));
    }

    @ParameterizedTest
    @MethodSource("beforeSending")
    void noConnectionNoRequest(Throwable failure) {
        assertThat(NotSentFailures.isBeforeSending(failure)).isTrue();
        assertThat(NotSentFailures.isRefused(failure)).isFalse();
    }

    static Stream<Throwable> unknown() {
        return Stream.of(
                new SocketException("Connection reset"),
                new SocketTimeoutException("Read timed out"),
                new HttpTimeoutException("request timed out"),
                new SSLException("closed in the middle"),
                new IOException("GOAWAY received"),
                new IOException((String) null),
                new IllegalStateException());
    }

    @ParameterizedTest
    @MethodSource("unknown")
    void anythingElseMayHaveBeenDone(Throwable failure) {
        assertThat(NotSentFailures.isBeforeSending(failure)).isFalse();
        assertThat(NotSentFailures.isRefused(failure)).isFalse();
    }

    static class Caller {

        private final RestClient client;

        Caller(RestClient.Builder builder) {
            this.client = builder.build();
        }

        @Retryable
        String order(String url) {
            return client.post().uri(url).body("three").retrieve().body(String.class);
        }
    }

    /** A server that speaks HTTP/2 and refuses each stream (error 7), or resets it for another reason (error 2). */
    @ParameterizedTest
    @CsvSource({"7, dont-follow, 3, EXHAUSTED", "7, follow, 1, NOT_IDEMPOTENT", "2, dont-follow, 1, NOT_IDEMPOTENT"})
    void aRefusedStreamWasNotWorkedOn(int error, String redirects, int attempts, StopReason reason) throws Exception {
        List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
        AtomicInteger refused = new AtomicInteger();
        try (FaultServer server = new FaultServer().on("/order", (request, connection) -> {
            connection.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
                    + frame(SETTINGS, 0, ""));
            InputStream in = connection.socket().getInputStream();
            refuse(connection, 1, error, refused);
            in.readNBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length());
            for (byte[] head = in.readNBytes(9); head.length == 9; head = in.readNBytes(9)) {
                in.readNBytes((head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | head[2] & 0xff);
                if (head[3] == HEADERS) {
                    refuse(connection, head[8], error, refused);
                }
            }
        })) {
            HttpApps.with("spring.http.clients: { connect-timeout: 2s, read-timeout: 2s }", ended)
                    .withPropertyValues(
                            "spring.http.clients.imperative.factory=jdk", "spring.http.clients.redirects=" + redirects)
                    .withBean(Caller.class)
                    .run(context -> assertThat(catchThrowable(
                                    () -> context.getBean(Caller.class).order(server.url("/order"))))
                            .isInstanceOf(ResourceAccessException.class));
        }
        // from JDK 21 on the client sends again by itself what it knows not to have been worked on
        assertThat(refused).hasValueGreaterThanOrEqualTo(attempts);
        assertThat(ended)
                .extracting(end -> end.attempts() + " " + end.reason())
                .containsExactly(attempts + " " + reason);
    }

    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;

    private static void refuse(FaultServer.Connection connection, int stream, int error, AtomicInteger refused)
            throws IOException {
        refused.incrementAndGet();
        connection.write(frame(RST_STREAM, stream, "\0\0\0" + (char) error));
    }

    private static String frame(int type, int stream, String payload) {
        return "\0\0" + (char) payload.length() + (char) type + "\0\0\0\0" + (char) stream + payload;
    }
}
