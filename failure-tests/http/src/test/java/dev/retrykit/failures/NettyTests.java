package dev.retrykit.failures;

import static dev.retrykit.failures.Loopback.failureOf;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.EncoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.http.TooLongHttpContentException;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslClosedEngineException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.handler.timeout.WriteTimeoutException;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.asynchttpclient.AsyncHttpClient;
import org.asynchttpclient.Dsl;
import org.asynchttpclient.exception.ChannelClosedException;
import org.asynchttpclient.exception.FilterException;
import org.asynchttpclient.exception.PoolAlreadyClosedException;
import org.asynchttpclient.exception.RemotelyClosedException;
import org.asynchttpclient.exception.TooManyConnectionsException;
import org.asynchttpclient.exception.TooManyConnectionsPerHostException;
import org.asynchttpclient.handler.MaxRedirectException;
import reactor.core.Exceptions;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.client.HttpClient;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;
import reactor.netty.internal.shaded.reactor.pool.PoolShutdownException;

/** What failures of Netty mean, and of the clients over it: Reactor Netty, AsyncHttpClient, Vert.x. */
class NettyTests extends BookTests {

    private static final String CUT = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc";

    static Stream<Row> rows() {
        return Stream.of(netty(), streams(), reactorNetty(), reactor(), asyncHttpClient(), vertx())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> netty() {
        return Stream.of(
                row("Netty: read timeout", ReadTimeoutException.INSTANCE, "transient"),
                row("Netty: write timeout", WriteTimeoutException.INSTANCE, "transient"),
                row(
                        "Netty: connect timeout",
                        new ConnectTimeoutException("connection timed out: a/1.2.3.4:80"),
                        "transient"),
                row("Netty: proxy", new ProxyConnectException("timeout"), "transient"),
                row(
                        "Netty: handshake timeout",
                        new SslHandshakeTimeoutException("handshake timed out after 10000ms"),
                        "transient"),
                row(
                        "Netty: no TLS",
                        new DecoderException(new NotSslRecordException("not an SSL/TLS record: 48545450")),
                        "permanent"),
                row("Netty: TLS closed", new SslClosedEngineException("SSLEngine closed already"), "transient"),
                row(
                        "Netty: certificate",
                        new DecoderException(handshake(new CertificateException("unknown"))),
                        "permanent"),
                row(
                        "Netty: no name in time",
                        new DnsNameResolverTimeoutException(
                                new InetSocketAddress("127.0.0.1", 53),
                                new DefaultDnsQuestion("a", DnsRecordType.A),
                                "query timed out"),
                        "transient"),
                row(
                        "Netty: closed too early",
                        new PrematureChannelClosureException("channel gone inactive"),
                        "transient"),
                row("Netty: answer too long", new TooLongHttpContentException("Response entity too large"), "answered"),
                row("Netty: frame", new CorruptedFrameException("x"), "transient"),
                row("Netty: can't be decoded", new DecoderException("x"), "permanent"),
                row("Netty: can't be encoded", new EncoderException("x"), "neutral"),
                row("Netty: can't be sent", new EncoderException(new IOException("Broken pipe")), "transient"));
    }

    private static Throwable handshake(Throwable cause) {
        return new SSLHandshakeException("PKIX path building failed").initCause(cause);
    }

    private static Stream<Row> streams() {
        return Stream.of(
                row(
                        "Netty, HTTP/2: refused",
                        Http2Exception.streamError(3, Http2Error.REFUSED_STREAM, "x"),
                        "transient"),
                row(
                        "Netty, HTTP/2: calm",
                        Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "x"),
                        "throttled"),
                row(
                        "Netty, HTTP/2: wants 1.1",
                        Http2Exception.streamError(3, Http2Error.HTTP_1_1_REQUIRED, "x"),
                        "permanent"),
                row(
                        "Netty, HTTP/2: header too large",
                        Http2Exception.headerListSizeError(3, Http2Error.PROTOCOL_ERROR, true, "x"),
                        "permanent"),
                row(
                        "Netty, HTTP/2: frame",
                        new Http2FrameStreamException(new Stub(), Http2Error.INTERNAL_ERROR, new Exception("x")),
                        "transient"),
                row(
                        "Netty, HTTP/2: frame, calm",
                        new Http2FrameStreamException(new Stub(), Http2Error.ENHANCE_YOUR_CALM, new Exception("x")),
                        "throttled"));
    }

    private static Stream<Row> reactorNetty() {
        return Stream.of(
                row("Reactor Netty: no answer", sent(""), "transient"),
                row("Reactor Netty: cut", sent(CUT), "transient"),
                row("Reactor Netty: no HTTP", sent("SSH-2.0-OpenSSH_9.2\r\n\r\n"), "transient"),
                row("Reactor Netty: timeout", hung(), "transient"),
                row(
                        "Reactor Netty: refused",
                        failureOf(() -> get(HttpClient.create(), Loopback.closedPort())),
                        "transient"),
                row("Reactor Netty: closed before it was sent", AbortedException.beforeSend(), "transient"),
                row(
                        "Reactor Netty: no connection in time",
                        new PoolAcquireTimeoutException(Duration.ofSeconds(1)),
                        "transient"),
                row("Reactor Netty: too many wait", new PoolAcquirePendingLimitException(10), "neutral"),
                row("Reactor Netty: pool closed", new PoolShutdownException(), "neutral"));
    }

    private static Stream<Row> reactor() {
        Throwable refused = new java.net.ConnectException("Connection refused");
        return Stream.of(
                row("Reactor: in its wrapper", Exceptions.propagate(new IOException("Connection reset")), "transient"),
                row("Reactor: several", Exceptions.multiple(refused, new RejectedExecutionException()), "neutral"),
                row("Reactor: several of the network", Exceptions.multiple(refused, refused), "transient"),
                row("Reactor: too slow for the signals", Exceptions.failWithOverflow("x"), "neutral"),
                row("Reactor: scheduler disposed", Exceptions.failWithRejected(), "neutral"),
                row(
                        "Reactor: retried to the end",
                        Exceptions.retryExhausted("Retries exhausted: 3/3", refused),
                        "nested"));
    }

    private static Stream<Row> asyncHttpClient() {
        return Stream.of(
                row("AsyncHttpClient: no answer", asked(""), "transient"),
                row("AsyncHttpClient: cut", asked(CUT), "transient"),
                row("AsyncHttpClient: refused", failureOf(() -> ask(Loopback.closedPort())), "transient"),
                row("AsyncHttpClient: timeout", asked(), "transient"),
                row("AsyncHttpClient: closed", RemotelyClosedException.INSTANCE, "transient"),
                row("AsyncHttpClient: channel closed", ChannelClosedException.INSTANCE, "transient"),
                row("AsyncHttpClient: pool closed", PoolAlreadyClosedException.INSTANCE, "neutral"),
                row("AsyncHttpClient: too many", new TooManyConnectionsException(1), "neutral"),
                row("AsyncHttpClient: too many to a host", new TooManyConnectionsPerHostException(1), "neutral"),
                row(
                        "AsyncHttpClient: no slot",
                        new FilterException("No slot available for processing Request"),
                        "neutral"),
                row(
                        "AsyncHttpClient: redirect loop",
                        new MaxRedirectException("Maximum redirect reached: 5"),
                        "permanent"));
    }

    private static Stream<Row> vertx() {
        return Stream.of(
                row("Vert.x: closed", new HttpClosedException("Connection was closed"), "transient"),
                row(
                        "Vert.x: closed under a wrapper",
                        new IOException(new HttpClosedException("Connection was closed")),
                        "transient"),
                row("Vert.x: reset", new StreamResetException(7), "transient"),
                row("Vert.x: calm", new StreamResetException(11), "throttled"),
                row("Vert.x: wants 1.1", new StreamResetException(13), "permanent"),
                row(
                        "Vert.x: too busy",
                        new ConnectionPoolTooBusyException("Connection pool reached max wait queue size of 1"),
                        "neutral"));
    }

    private static Object get(HttpClient client, String url) {
        return client.get().uri(url).responseContent().aggregate().asString().block(Duration.ofSeconds(5));
    }

    private static Throwable sent(String bytes) {
        try (Loopback server = Loopback.sends(bytes)) {
            return failureOf(() -> get(HttpClient.create().disableRetry(true), server.url()));
        }
    }

    private static Throwable hung() {
        try (Loopback server = Loopback.hangs()) {
            return failureOf(() -> get(HttpClient.create().responseTimeout(Duration.ofMillis(150)), server.url()));
        }
    }

    private static Object ask(String url) throws Exception {
        try (AsyncHttpClient client = Dsl.asyncHttpClient(Dsl.config()
                .setMaxRequestRetry(0)
                .setShutdownQuietPeriod(Duration.ZERO)
                .setRequestTimeout(Duration.ofMillis(400)))) {
            return client.prepareGet(url).execute().get();
        }
    }

    private static Throwable asked(String bytes) {
        try (Loopback server = Loopback.sends(bytes)) {
            return failureOf(() -> ask(server.url()));
        }
    }

    private static Throwable asked() {
        try (Loopback server = Loopback.hangs()) {
            return failureOf(() -> ask(server.url()));
        }
    }

    /** A stream of HTTP/2 that is nothing but a number. */
    private static final class Stub implements io.netty.handler.codec.http2.Http2FrameStream {

        @Override
        public int id() {
            return 3;
        }

        @Override
        public io.netty.handler.codec.http2.Http2Stream.State state() {
            return io.netty.handler.codec.http2.Http2Stream.State.OPEN;
        }
    }
}
