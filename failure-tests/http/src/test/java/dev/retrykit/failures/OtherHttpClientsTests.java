package dev.retrykit.failures;

import static dev.retrykit.failures.Loopback.failureOf;
import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.HttpRequest;
import com.google.api.client.http.javanet.NetHttpTransport;
import io.ktor.client.call.NoTransformationFoundException;
import io.ktor.client.engine.ClientEngineClosedException;
import io.ktor.client.engine.cio.FailToConnectException;
import io.ktor.client.plugins.ClientRequestException;
import io.ktor.client.plugins.HttpRequestTimeoutException;
import io.ktor.client.plugins.SendCountExceedException;
import io.ktor.client.plugins.ServerResponseException;
import io.ktor.client.statement.HttpResponse;
import io.ktor.http.Headers;
import io.ktor.http.HttpMethod;
import io.ktor.http.HttpStatusCode;
import io.ktor.http.cio.ParserException;
import io.ktor.utils.io.ClosedByteChannelException;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.client.exceptions.ContentLengthExceededException;
import io.micronaut.http.client.exceptions.EmptyResponseException;
import io.micronaut.http.client.exceptions.HttpClientException;
import io.micronaut.http.client.exceptions.HttpClientResponseException;
import io.micronaut.http.client.exceptions.NoHostException;
import io.micronaut.http.client.exceptions.ReadTimeoutException;
import io.micronaut.http.client.exceptions.ResponseClosedException;
import io.micronaut.http.exceptions.ConnectionClosedException;
import io.micronaut.http.exceptions.HttpStatusException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import kong.unirest.core.Unirest;
import kong.unirest.core.UnirestConfigException;
import kong.unirest.core.UnirestInstance;
import kong.unirest.core.UnirestParsingException;
import kotlin.jvm.JvmClassMappingKt;
import org.jsoup.Jsoup;
import org.jsoup.UnsupportedMimeTypeException;

/** What failures of other HTTP clients mean: the JDK's, Google's, Unirest, Micronaut's, Ktor's, jsoup. */
class OtherHttpClientsTests extends BookTests {

    private static final String CUT = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc";

    static Stream<Row> rows() {
        return Stream.of(jdk(), urlConnection(), google(), unirest(), micronaut(), ktor(), jsoup())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> jdk() {
        return Stream.of(
                row("JDK client: no answer", sent(""), "transient"),
                row("JDK client: cut", sent(CUT), "transient"),
                row(
                        "JDK client: cut inside a chunk",
                        sent("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc"),
                        "transient"),
                row("JDK client: no HTTP", sent("SSH-2.0-OpenSSH_9.2\r\n\r\n"), "transient"),
                row("JDK client: refused", failureOf(() -> get(Loopback.closedPort(), 1000)), "transient"),
                row("JDK client: timeout", hung(), "transient"),
                row(
                        "JDK client: WebSocket refused by 503",
                        webSocket(503, "Retry-After", "1"),
                        "transient after 1s status 503"),
                row("JDK client: WebSocket refused by 404", webSocket(404), "answered status 404"));
    }

    private static Stream<Row> urlConnection() {
        return Stream.of(
                row("HttpURLConnection: 404", opened(404), "answered"),
                row("HttpURLConnection: 410", opened(410), "answered"),
                row(
                        "HttpURLConnection: 404 in a wrapper",
                        new UncheckedIOException((IOException) opened(404)),
                        "answered"),
                row("HttpURLConnection: 503", opened(503), "transient status 503"),
                row("HttpURLConnection: 500", opened(500), "transient status 500"),
                row("HttpURLConnection: 501", opened(501), "permanent status 501"),
                row("HttpURLConnection: 401", opened(401), "neutral status 401"),
                row("HttpURLConnection: 429", opened(429), "throttled status 429"),
                row("HttpURLConnection: 401 to a stream", streamed(401), "neutral status 401"),
                row("HttpURLConnection: a stream redirected", streamed(302, "Location", "/next"), "permanent"),
                row("HttpURLConnection: a proxy that can't connect", tunnel(), "transient status 502"));
    }

    private static Throwable opened(int status) {
        try (Loopback server = Loopback.answers(status)) {
            return failureOf(() -> URI.create(server.url()).toURL().openStream());
        }
    }

    private static Throwable streamed(int status, String... headers) {
        try (Loopback server = Loopback.answers(status, headers)) {
            return failureOf(() -> {
                HttpURLConnection connection =
                        (HttpURLConnection) URI.create(server.url()).toURL().openConnection();
                connection.setDoOutput(true);
                connection.setFixedLengthStreamingMode(1);
                connection.getOutputStream().write(1);
                return connection.getInputStream();
            });
        }
    }

    private static Throwable tunnel() {
        try (Loopback server = Loopback.sends("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")) {
            Proxy proxy =
                    new Proxy(Proxy.Type.HTTP, new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            return failureOf(() -> URI.create("https://unknown.invalid/")
                    .toURL()
                    .openConnection(proxy)
                    .getInputStream());
        }
    }

    private static Stream<Row> google() {
        return Stream.of(
                row("Google: 503", google(503, 0), "transient status 503"),
                row("Google: 503, Retry-After 1", google(503, 0, "Retry-After", "1"), "transient after 1s status 503"),
                row("Google: 404", google(404, 0), "answered status 404"),
                row("Google: 429", google(429, 0), "throttled status 429"),
                row("Google: 403", google(403, 0), "neutral status 403"),
                row("Google: 503 after two retries", google(503, 2), "nested status 503"),
                row("Google: 404 after two retries", google(404, 2), "answered status 404"),
                row("Google: refused", failureOf(() -> google(Loopback.closedPort(), 0)), "transient"));
    }

    private static Stream<Row> unirest() {
        UnirestInstance client = Unirest.spawnInstance();
        client.config().retryAfter(false).connectTimeout(2000).requestTimeout(150);
        return Stream.of(
                row(
                        "Unirest: refused",
                        failureOf(() -> client.get(Loopback.closedPort()).asString()),
                        "transient"),
                row("Unirest: timeout", hung(client), "transient"),
                row("Unirest: configured wrongly", new UnirestConfigException("x"), "neutral"),
                row(
                        "Unirest: can't be parsed",
                        new UnirestParsingException("x", new IllegalStateException("x")),
                        "permanent"));
    }

    private static Stream<Row> micronaut() {
        return Stream.of(
                row("Micronaut: 503", micronaut(HttpStatus.SERVICE_UNAVAILABLE), "transient status 503"),
                row(
                        "Micronaut: 503, Retry-After 1",
                        micronaut(HttpStatus.SERVICE_UNAVAILABLE, "Retry-After", "1"),
                        "transient after 1s status 503"),
                row("Micronaut: 404", micronaut(HttpStatus.NOT_FOUND), "answered status 404"),
                row(
                        "Micronaut: 429 in a wrapper",
                        new RuntimeException(micronaut(HttpStatus.TOO_MANY_REQUESTS)),
                        "throttled status 429"),
                row("Micronaut: read timeout", ReadTimeoutException.TIMEOUT_EXCEPTION, "transient"),
                row("Micronaut: response closed", new ResponseClosedException("x"), "transient"),
                row("Micronaut: connection closed", new ConnectionClosedException("x"), "transient"),
                row(
                        "Micronaut: refused",
                        new HttpClientException("Connect Error", new ConnectException("refused")),
                        "transient"),
                row("Micronaut: no instance", new NoHostException("No available services for ID: a"), "transient"),
                row("Micronaut: an empty answer", new EmptyResponseException(), "permanent"),
                row("Micronaut: answer too long", new ContentLengthExceededException(10), "answered"),
                row(
                        "Micronaut: content too long",
                        new io.micronaut.http.exceptions.ContentLengthExceededException("x"),
                        "answered"),
                row(
                        "Micronaut: a controller's 404",
                        new HttpStatusException(HttpStatus.NOT_FOUND, "x"),
                        "answered status 404"),
                row("Micronaut: something else", new HttpClientException("x"), "unknown"));
    }

    private static Stream<Row> ktor() {
        return Stream.of(
                row("Ktor: GET 503", new ServerResponseException(answer(503, "GET"), "x"), "transient status 503"),
                row(
                        "Ktor: GET 503, Retry-After 1",
                        new ServerResponseException(answer(503, "GET", "1"), "x"),
                        "transient after 1s status 503"),
                row(
                        "Ktor: POST 503",
                        new ServerResponseException(answer(503, "POST"), "x"),
                        "unknown-effect status 503"),
                row("Ktor: POST 429", new ClientRequestException(answer(429, "POST"), "x"), "throttled status 429"),
                row("Ktor: GET 404", new ClientRequestException(answer(404, "GET"), "x"), "answered status 404"),
                row("Ktor: timeout", new HttpRequestTimeoutException("http://a", 100L, null), "transient"),
                row("Ktor: no connection", new FailToConnectException(), "transient"),
                row("Ktor: channel closed", new ClosedByteChannelException((Throwable) null), "transient"),
                row("Ktor: no HTTP", new ParserException("x"), "transient"),
                row("Ktor: redirect loop", new SendCountExceedException("x"), "permanent"),
                row("Ktor: nothing reads it", unread(), "permanent"),
                row("Ktor: engine closed", new ClientEngineClosedException((Throwable) null), "neutral"));
    }

    private static Stream<Row> jsoup() {
        return Stream.of(
                row("jsoup: 503", page(503), "transient status 503"),
                row("jsoup: 404", page(404), "answered status 404"),
                row(
                        "jsoup: no page",
                        new UnsupportedMimeTypeException("Unhandled content type", "image/png", "http://a"),
                        "answered"));
    }

    private static Object get(String url, int timeout) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        java.net.http.HttpRequest.newBuilder(URI.create(url))
                                .timeout(Duration.ofMillis(timeout))
                                .method("GET", BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofString());
    }

    private static Throwable sent(String bytes) {
        try (Loopback server = Loopback.sends(bytes)) {
            return failureOf(() -> get(server.url(), 2000));
        }
    }

    private static Throwable hung() {
        try (Loopback server = Loopback.hangs()) {
            return failureOf(() -> get(server.url(), 150));
        }
    }

    private static Throwable webSocket(int status, String... headers) {
        try (Loopback server = Loopback.answers(status, headers)) {
            return failureOf(() -> HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + server.port()), new WebSocket.Listener() {})
                    .get());
        }
    }

    private static Object google(String url, int retries) throws IOException {
        HttpRequest request = new NetHttpTransport().createRequestFactory().buildGetRequest(new GenericUrl(url));
        request.setNumberOfRetries(retries);
        request.setUnsuccessfulResponseHandler((sent, answer, retrySupported) -> retrySupported);
        return request.execute();
    }

    private static Throwable google(int status, int retries, String... headers) {
        try (Loopback server = Loopback.answers(status, headers)) {
            return failureOf(() -> google(server.url(), retries));
        }
    }

    private static Throwable hung(UnirestInstance client) {
        try (Loopback server = Loopback.hangs()) {
            return failureOf(() -> client.get(server.url()).asString());
        }
    }

    private static Throwable micronaut(HttpStatus status, String... header) {
        MutableHttpResponse<?> answer = io.micronaut.http.HttpResponse.status(status);
        if (header.length > 0) {
            answer.header(header[0], header[1]);
        }
        return new HttpClientResponseException("x", answer);
    }

    /** Only Ktor's own client makes one. */
    private static HttpResponse answer(int status, String method, String... retryAfter) {
        HttpResponse answer = mock(HttpResponse.class, RETURNS_DEEP_STUBS);
        when(answer.getStatus()).thenReturn(new HttpStatusCode(status, "x"));
        when(answer.getCall().getRequest().getMethod()).thenReturn(new HttpMethod(method));
        Headers headers = mock(Headers.class);
        when(headers.getAll("retry-after")).thenReturn(retryAfter.length == 0 ? null : List.of(retryAfter));
        when(answer.getHeaders()).thenReturn(headers);
        return answer;
    }

    private static Throwable unread() {
        return new NoTransformationFoundException(
                answer(200, "GET"),
                JvmClassMappingKt.getKotlinClass(String.class),
                JvmClassMappingKt.getKotlinClass(Row.class));
    }

    private static Throwable page(int status) {
        try (Loopback server = Loopback.answers(status)) {
            return failureOf(() -> Jsoup.connect(server.url()).get());
        }
    }
}
