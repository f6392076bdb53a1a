package dev.retrykit.failures;

import static dev.retrykit.failures.Loopback.failureOf;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hc.client5.http.CircularRedirectException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.HttpResponseException;
import org.apache.hc.client5.http.UnsupportedSchemeException;
import org.apache.hc.client5.http.auth.AuthenticationException;
import org.apache.hc.client5.http.auth.MalformedChallengeException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.ConnectionShutdownException;
import org.apache.hc.client5.http.impl.TunnelRefusedException;
import org.apache.hc.client5.http.impl.classic.BasicHttpClientResponseHandler;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.ContentTooLongException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStreamResetException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.RequestNotExecutedException;
import org.apache.hc.core5.http.StreamClosedException;
import org.apache.hc.core5.http.UnsupportedHttpVersionException;
import org.apache.hc.core5.http2.H2ConnectionException;
import org.apache.hc.core5.http2.H2CorruptFrameException;
import org.apache.hc.core5.http2.H2Error;
import org.apache.hc.core5.http2.H2StreamResetException;
import org.apache.hc.core5.reactor.IOReactorShutdownException;
import org.apache.hc.core5.ssl.SSLInitializationException;
import org.apache.hc.core5.util.Timeout;

/** What failures of Apache HttpComponents 5 mean. */
class HttpComponentsTests extends BookTests {

    private static final String CUT = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc";
    private static final String CUT_CHUNK = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc";
    private static final String NO_CHUNK = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc";

    static Stream<Row> rows() {
        return Stream.of(real(), answers(), lost(), streams(), refusals()).flatMap(rows -> rows);
    }

    private static Stream<Row> real() {
        return Stream.of(
                row("HttpComponents: 503", answered(503), "transient status 503"),
                row("HttpComponents: 404", answered(404), "answered status 404"),
                row("HttpComponents: 429", answered(429), "throttled status 429"),
                row("HttpComponents: 401", answered(401), "neutral status 401"),
                row("HttpComponents: cut inside a chunk", sent(CUT_CHUNK), "transient"),
                row("HttpComponents: cut inside of a compressed body", cutCompressed(), "transient"),
                row("HttpComponents: no chunk", sent(NO_CHUNK), "transient"),
                row("HttpComponents: cut", sent(CUT), "transient"),
                row("HttpComponents: no answer", sent(""), "transient"),
                row("HttpComponents: no HTTP", sent("SSH-2.0-OpenSSH_9.2\r\n\r\n"), "transient"),
                row("HttpComponents: no chunk, in a wrapper", new IllegalStateException(sent(NO_CHUNK)), "transient"),
                row("HttpComponents: refused", failureOf(() -> get(client(), Loopback.closedPort())), "transient"),
                row("HttpComponents: read timeout", hung(), "transient"),
                row("HttpComponents: no connection is free", full(), "transient"),
                row("HttpComponents: its pool is closed", closed(), "neutral"),
                row(
                        "HttpComponents: a proxy has no way",
                        tunnel("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"),
                        "transient status 503"),
                row(
                        "HttpComponents: a proxy wants credentials",
                        tunnel("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
                        "neutral status 403"),
                row("HttpComponents: unknown scheme", failureOf(() -> get(client(), "gopher://127.0.0.1")), "neutral"));
    }

    private static Stream<Row> answers() {
        return Stream.of(
                row("HttpComponents: 409", new HttpResponseException(409, "Conflict"), "answered status 409"),
                row("HttpComponents: 500", new HttpResponseException(500, "x"), "transient status 500"),
                row(
                        "HttpComponents: 501 of a future",
                        new ExecutionException(new HttpResponseException(501, "x")),
                        "permanent status 501"),
                row(
                        "HttpComponents: answer too long",
                        new ContentTooLongException("Entity content is too long"),
                        "answered"),
                row(
                        "HttpComponents: header too long",
                        new MessageConstraintException("Maximum line length limit exceeded"),
                        "permanent"),
                row(
                        "HttpComponents: redirect loop",
                        new ClientProtocolException(new CircularRedirectException("Circular redirect")),
                        "permanent"),
                row(
                        "HttpComponents: protocol",
                        new ClientProtocolException(new ProtocolException("Invalid response")),
                        "permanent"),
                row("HttpComponents: no protocol", new ClientProtocolException("x"), "permanent"),
                row("HttpComponents: unknown protocol failure", new HttpException("x"), "permanent"));
    }

    private static Stream<Row> lost() {
        return Stream.of(
                row("HttpComponents: connection is closed", new ConnectionClosedException(), "transient"),
                row("HttpComponents: not executed", new RequestNotExecutedException(), "transient"),
                row("HttpComponents: bad chunk", new MalformedChunkCodingException("Bad chunk header"), "transient"),
                row(
                        "HttpComponents: not parsed",
                        new ClientProtocolException(new ParseException("Invalid status line")),
                        "transient"),
                row("HttpComponents: version", new UnsupportedHttpVersionException("HTTP/3.0"), "transient"),
                row("HttpComponents: failed", new RequestFailedException("Request execution failed"), "transient"),
                row(
                        "HttpComponents: failed because of the network",
                        new RequestFailedException("Request execution failed", new SocketException("Connection reset")),
                        "transient"),
                row(
                        "HttpComponents: failed because of the caller",
                        new RequestFailedException("Request execution failed", new AuthenticationException("x")),
                        "neutral"),
                row("HttpComponents: aborted", new RequestFailedException("Request aborted"), "neutral"),
                row(
                        "HttpComponents: interrupted",
                        new RequestFailedException("Request aborted", new InterruptedException()),
                        "interrupted"),
                row("HttpComponents: aborted while it connected", wasAborted(null), "neutral"),
                row(
                        "HttpComponents: aborted by an interruption",
                        wasAborted(new InterruptedException()),
                        "interrupted"),
                row("HttpComponents: input interrupted", new InterruptedIOException("interrupted"), "interrupted"));
    }

    private static Stream<Row> streams() {
        return Stream.of(
                row("HTTP/2: refused", new H2StreamResetException(H2Error.REFUSED_STREAM, "x"), "transient"),
                row("HTTP/2: calm", new H2StreamResetException(H2Error.ENHANCE_YOUR_CALM, "x"), "throttled"),
                row(
                        "HTTP/2: not secure enough",
                        new H2StreamResetException(H2Error.INADEQUATE_SECURITY, "x"),
                        "permanent"),
                row("HTTP/2: reset", new HttpStreamResetException("Stream reset"), "transient"),
                row("HTTP/2: connection lost", new H2ConnectionException(H2Error.INTERNAL_ERROR, "x"), "transient"),
                row("HTTP/2: connection calm", new H2ConnectionException(H2Error.ENHANCE_YOUR_CALM, "x"), "throttled"),
                row("HTTP/2: wants 1.1", new H2ConnectionException(H2Error.HTTP_1_1_REQUIRED, "x"), "permanent"),
                row("HTTP/2: frame", new H2CorruptFrameException("x"), "transient"));
    }

    @SuppressWarnings("deprecation")
    private static Stream<Row> refusals() {
        return Stream.of(
                row(
                        "HttpComponents: scheme",
                        new UnsupportedSchemeException("ftp protocol is not supported"),
                        "neutral"),
                row(
                        "HttpComponents: tunnel",
                        new TunnelRefusedException("CONNECT refused by proxy: HTTP/1.1 404 Not Found", null),
                        "permanent"),
                row("HttpComponents: credentials", new AuthenticationException("x"), "neutral"),
                row("HttpComponents: challenge", new MalformedChallengeException("x"), "neutral"),
                row("HttpComponents: connection released", new ConnectionShutdownException(), "neutral"),
                row("HttpComponents: stream closed", new StreamClosedException("Stream already closed"), "neutral"),
                row(
                        "HttpComponents: reactor",
                        new IOReactorShutdownException("I/O reactor has been shut down"),
                        "neutral"),
                row(
                        "HttpComponents: no TLS",
                        new SSLInitializationException("x", new ConnectException("x")),
                        "neutral"));
    }

    private static CloseableHttpClient client() {
        return HttpClients.custom().disableAutomaticRetries().build();
    }

    private static String get(CloseableHttpClient client, String url) throws IOException {
        return client.execute(new HttpGet(url), new BasicHttpClientResponseHandler());
    }

    private static Throwable answered(int status) {
        try (Loopback server = Loopback.answers(status)) {
            return failureOf(() -> get(client(), server.url()));
        }
    }

    private static Throwable sent(String bytes) {
        try (Loopback server = Loopback.sends(bytes)) {
            return failureOf(() -> get(client(), server.url()));
        }
    }

    private static Throwable cutCompressed() {
        try (Loopback server = Loopback.cutsCompressed()) {
            return failureOf(() -> get(client(), server.url()));
        }
    }

    private static Throwable hung() {
        HttpGet request = new HttpGet("http://unused");
        request.setConfig(RequestConfig.custom()
                .setResponseTimeout(Timeout.ofMilliseconds(150))
                .build());
        try (Loopback server = Loopback.hangs()) {
            request.setUri(java.net.URI.create(server.url()));
            return failureOf(() -> client().execute(request, new BasicHttpClientResponseHandler()));
        }
    }

    private static Throwable full() {
        PoolingHttpClientConnectionManager pool = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnTotal(1)
                .setMaxConnPerRoute(1)
                .build();
        CloseableHttpClient client = HttpClients.custom()
                .disableAutomaticRetries()
                .setConnectionManager(pool)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(Timeout.of(100, TimeUnit.MILLISECONDS))
                        .build())
                .build();
        try (Loopback server = Loopback.sends(CUT_CHUNK)) {
            return failureOf(() -> client.execute(new HttpGet(server.url()), unread -> get(client, server.url())));
        }
    }

    private static Throwable closed() {
        CloseableHttpClient client = client();
        return failureOf(() -> {
            client.close();
            return get(client, "http://127.0.0.1:1");
        });
    }

    private static Throwable tunnel(String answer) {
        try (Loopback proxy = Loopback.sends(answer)) {
            CloseableHttpClient client = HttpClients.custom()
                    .disableAutomaticRetries()
                    .setProxy(new HttpHost("127.0.0.1", proxy.port()))
                    .build();
            return failureOf(() -> get(client, "https://unknown.invalid"));
        }
    }

    /** Its constructors aren't public. */
    private static Throwable wasAborted(Throwable cause) {
        try {
            var constructor = Class.forName("org.apache.hc.client5.http.impl.classic.RequestAbortedException")
                    .getDeclaredConstructor(String.class, Throwable.class);
            constructor.setAccessible(true);
            return (Throwable) constructor.newInstance("Request aborted", cause);
        } catch (ReflectiveOperationException renamed) {
            throw new AssertionError(renamed);
        }
    }
}
