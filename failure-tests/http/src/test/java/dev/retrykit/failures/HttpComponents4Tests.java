package dev.retrykit.failures;

import static dev.retrykit.failures.Loopback.failureOf;

import java.io.IOException;
import java.net.SocketException;
import java.util.stream.Stream;
import org.apache.http.ConnectionClosedException;
import org.apache.http.ContentTooLongException;
import org.apache.http.HttpException;
import org.apache.http.MalformedChunkCodingException;
import org.apache.http.MessageConstraintException;
import org.apache.http.ParseException;
import org.apache.http.ProtocolException;
import org.apache.http.UnsupportedHttpVersionException;
import org.apache.http.auth.AuthenticationException;
import org.apache.http.auth.MalformedChallengeException;
import org.apache.http.client.CircularRedirectException;
import org.apache.http.client.ClientProtocolException;
import org.apache.http.client.HttpResponseException;
import org.apache.http.client.NonRepeatableRequestException;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.conn.ConnectTimeoutException;
import org.apache.http.conn.ConnectionPoolTimeoutException;
import org.apache.http.conn.UnsupportedSchemeException;
import org.apache.http.impl.client.BasicResponseHandler;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.conn.ConnectionShutdownException;
import org.apache.http.impl.execchain.RequestAbortedException;
import org.apache.http.impl.execchain.TunnelRefusedException;

/** What failures of Apache HttpComponents 4 mean. */
class HttpComponents4Tests extends BookTests {

    static Stream<Row> rows() {
        return Stream.concat(real(), types());
    }

    private static Stream<Row> real() {
        return Stream.of(
                row("HttpComponents 4: 503", answered(503), "transient status 503"),
                row("HttpComponents 4: 404", answered(404), "answered status 404"),
                row("HttpComponents 4: cut", sent("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"), "transient"),
                row("HttpComponents 4: cut inside of a compressed body", cutCompressed(), "transient"),
                row(
                        "HttpComponents 4: cut inside a chunk",
                        sent("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc"),
                        "transient"),
                row(
                        "HttpComponents 4: no chunk",
                        sent("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc"),
                        "transient"),
                row("HttpComponents 4: no answer", sent(""), "transient"),
                row("HttpComponents 4: refused", failureOf(() -> get(Loopback.closedPort())), "transient"),
                row("HttpComponents 4: read timeout", hung(), "transient"));
    }

    private static Stream<Row> types() {
        return Stream.of(
                row("HttpComponents 4: 429", new HttpResponseException(429, "x"), "throttled status 429"),
                row(
                        "HttpComponents 4: not repeatable after a failure",
                        new ClientProtocolException(
                                new NonRepeatableRequestException("x", new SocketException("Broken pipe"))),
                        "transient"),
                row("HttpComponents 4: not repeatable", new NonRepeatableRequestException("x"), "neutral"),
                row(
                        "HttpComponents 4: redirect loop",
                        new ClientProtocolException(new CircularRedirectException("x")),
                        "permanent"),
                row("HttpComponents 4: no protocol", new ClientProtocolException("x"), "permanent"),
                row("HttpComponents 4: protocol", new ProtocolException("x"), "permanent"),
                row("HttpComponents 4: unknown", new HttpException("x"), "permanent"),
                row("HttpComponents 4: aborted", new RequestAbortedException("Request aborted"), "neutral"),
                row(
                        "HttpComponents 4: interrupted",
                        new RequestAbortedException("Request aborted", new InterruptedException()),
                        "interrupted"),
                row(
                        "HttpComponents 4: proxy busy",
                        new TunnelRefusedException("CONNECT refused by proxy: HTTP/1.1 502 Bad Gateway", null),
                        "transient"),
                row(
                        "HttpComponents 4: proxy credentials",
                        new TunnelRefusedException("CONNECT refused by proxy: HTTP/1.1 407 No", null),
                        "neutral"),
                row(
                        "HttpComponents 4: proxy",
                        new TunnelRefusedException("CONNECT refused by proxy: HTTP/1.1 405 No", null),
                        "permanent"),
                row(
                        "HttpComponents 4: connect timeout",
                        new ConnectTimeoutException("Connect to a failed: connect timed out"),
                        "transient"),
                row(
                        "HttpComponents 4: pool timeout",
                        new ConnectionPoolTimeoutException("Timeout waiting for connection from pool"),
                        "transient"),
                row("HttpComponents 4: scheme", new UnsupportedSchemeException("x"), "neutral"),
                row("HttpComponents 4: credentials", new AuthenticationException("x"), "neutral"),
                row("HttpComponents 4: challenge", new MalformedChallengeException("x"), "neutral"),
                row("HttpComponents 4: closed", new ConnectionClosedException("Connection is closed"), "transient"),
                row("HttpComponents 4: chunk", new MalformedChunkCodingException("Bad chunk header"), "transient"),
                row("HttpComponents 4: not parsed", new ParseException("Invalid header"), "transient"),
                row("HttpComponents 4: version", new UnsupportedHttpVersionException("x"), "transient"),
                row(
                        "HttpComponents 4: header too long",
                        new MessageConstraintException("Maximum line length limit exceeded"),
                        "permanent"),
                row(
                        "HttpComponents 4: answer too long",
                        new ContentTooLongException("Entity content is too long"),
                        "answered"),
                row("HttpComponents 4: released", new ConnectionShutdownException(), "neutral"));
    }

    private static String get(String url) throws IOException {
        HttpGet request = new HttpGet(url);
        request.setConfig(RequestConfig.custom().setSocketTimeout(150).build());
        return HttpClients.custom().disableAutomaticRetries().build().execute(request, new BasicResponseHandler());
    }

    private static Throwable answered(int status) {
        try (Loopback server = Loopback.answers(status)) {
            return failureOf(() -> get(server.url()));
        }
    }

    private static Throwable sent(String bytes) {
        try (Loopback server = Loopback.sends(bytes)) {
            return failureOf(() -> get(server.url()));
        }
    }

    private static Throwable cutCompressed() {
        try (Loopback server = Loopback.cutsCompressed()) {
            return failureOf(() -> get(server.url()));
        }
    }

    private static Throwable hung() {
        try (Loopback server = Loopback.hangs()) {
            return failureOf(() -> get(server.url()));
        }
    }
}
