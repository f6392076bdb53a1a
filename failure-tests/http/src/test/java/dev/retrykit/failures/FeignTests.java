package dev.retrykit.failures;

import static dev.retrykit.failures.Loopback.failureOf;

import feign.Client;
import feign.Feign;
import feign.Request;
import feign.Request.HttpMethod;
import feign.RequestLine;
import feign.RetryableException;
import feign.Retryer;
import feign.codec.DecodeException;
import feign.codec.Decoder;
import feign.codec.EncodeException;
import feign.codec.ErrorDecoder;
import feign.hc5.ApacheHttp5Client;
import feign.okhttp.OkHttpClient;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;

/** What failures of OpenFeign mean, of its own client and of two others under it. */
class FeignTests extends BookTests {

    private static final String CUT_CHUNK = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc";

    interface Api {

        @RequestLine("GET /things/1")
        String get();

        @RequestLine("PUT /things/1")
        String put(String body);

        @RequestLine("POST /things")
        String post(String body);

        @RequestLine("POST /things/run")
        String postNothing();

        @RequestLine("PATCH /things/1")
        String patch(String body);
    }

    static Stream<Row> rows() {
        return Stream.of(
                        answers(),
                        network(new Client.Default(null, null), "its own client"),
                        ownClient(),
                        okHttp(),
                        hc5(),
                        decoders())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> answers() {
        Client own = new Client.Default(null, null);
        return Stream.of(
                row(
                        "Feign: GET 503, Retry-After 1",
                        answered(own, Api::get, 503, "Retry-After", "1"),
                        "transient after 1s status 503"),
                row("Feign: GET 503", answered(own, Api::get, 503), "transient status 503"),
                row("Feign: GET 500", answered(own, Api::get, 500), "transient status 500"),
                row("Feign: GET 501", answered(own, Api::get, 501), "permanent status 501"),
                row("Feign: GET 404", answered(own, Api::get, 404), "answered status 404"),
                row(
                        "Feign: GET 404, Retry-After 1",
                        answered(own, Api::get, 404, "Retry-After", "1"),
                        "answered after 1s status 404"),
                row("Feign: GET 401", answered(own, Api::get, 401), "neutral status 401"),
                row("Feign: GET 403", answered(own, Api::get, 403), "neutral status 403"),
                row(
                        "Feign: GET 403, Retry-After 1",
                        answered(own, Api::get, 403, "Retry-After", "1"),
                        "throttled after 1s status 403"),
                row("Feign: GET 409", answered(own, Api::get, 409), "answered status 409"),
                row("Feign: GET 429", answered(own, Api::get, 429), "throttled status 429"),
                row(
                        "Feign: GET 503, no retry wanted",
                        answered(own, Api::get, 503, "x-should-retry", "false"),
                        "vetoed status 503"),
                row("Feign: PUT 503", answered(own, api -> api.put("{}"), 503), "transient status 503"),
                row("Feign: POST 503", answered(own, api -> api.post("{}"), 503), "unknown-effect status 503"),
                row(
                        "Feign: POST 503, Retry-After 1",
                        answered(own, api -> api.post("{}"), 503, "Retry-After", "1"),
                        "transient after 1s status 503"),
                row("Feign: POST 500", answered(own, api -> api.post("{}"), 500), "unknown-effect status 500"),
                row(
                        "Feign: POST 500, Retry-After 1",
                        answered(own, api -> api.post("{}"), 500, "Retry-After", "1"),
                        "unknown-effect after 1s status 500"),
                row("Feign: POST 429", answered(own, api -> api.post("{}"), 429), "throttled status 429"),
                row(
                        "Feign: POST 429, Retry-After 1",
                        answered(own, api -> api.post("{}"), 429, "Retry-After", "1"),
                        "throttled after 1s status 429"),
                row("Feign: POST 400", answered(own, api -> api.post("{}"), 400), "answered status 400"),
                row(
                        "Feign: PATCH 502",
                        answered(new OkHttpClient(), api -> api.patch("{}"), 502),
                        "unknown-effect status 502"),
                row(
                        "Feign: POST 503 in a wrapper",
                        new RuntimeException("The order failed", answered(own, api -> api.post("{}"), 503)),
                        "unknown-effect status 503"),
                row(
                        "Feign: GET 404 of a future",
                        new CompletionException(answered(own, Api::get, 404)),
                        "answered status 404"));
    }

    /** What all clients have in common. */
    private static Stream<Row> network(Client client, String name) {
        return Stream.of(
                row("Feign, " + name + ": GET read timeout", hung(client, Api::get), "transient"),
                row("Feign, " + name + ": POST read timeout", hung(client, api -> api.post("{}")), "unknown-effect"),
                row("Feign, " + name + ": GET cut inside a chunk", sent(client, Api::get, CUT_CHUNK), "transient"),
                row(
                        "Feign, " + name + ": POST cut inside a chunk",
                        sent(client, api -> api.post("{}"), CUT_CHUNK),
                        "unknown-effect"),
                row("Feign, " + name + ": GET no answer", sent(client, Api::get, ""), "transient"),
                row("Feign, " + name + ": GET refused", refused(client, Api::get), "transient"),
                row(
                        "Feign, " + name + ": POST 503",
                        answered(client, api -> api.post("{}"), 503),
                        "unknown-effect status 503"));
    }

    private static Stream<Row> ownClient() {
        Client own = new Client.Default(null, null);
        return Stream.of(
                row("Feign: POST refused", refused(own, api -> api.post("{}")), "transient"),
                row("Feign: POST without a body refused", refused(own, Api::postNothing), "transient"),
                row(
                        "Feign: POST to an unknown host",
                        failureOf(() -> api(own, "http://unknown.invalid").post("{}")),
                        "transient"),
                row(
                        "Feign: POST without a body, done, redirected to where nothing listens",
                        answered(own, Api::postNothing, 303, "Location", Loopback.closedPort()),
                        "unknown-effect"),
                row("Feign: no HTTP", sent(own, Api::get, "SSH-2.0-OpenSSH_9.2\r\n\r\n"), "transient"),
                row(
                        "Feign: no handshake",
                        new RetryableException(
                                -1,
                                "x",
                                HttpMethod.POST,
                                new SSLHandshakeException("Received fatal alert: handshake_failure"),
                                (Long) null,
                                request(HttpMethod.POST)),
                        "unknown-effect"));
    }

    private static Stream<Row> okHttp() {
        OkHttpClient client = new OkHttpClient(new okhttp3.OkHttpClient());
        OkHttpClient impatient = new OkHttpClient(new okhttp3.OkHttpClient.Builder()
                .callTimeout(100, TimeUnit.MILLISECONDS)
                .build());
        return Stream.concat(
                network(client, "OkHttp"),
                Stream.of(
                        row("Feign, OkHttp: GET call timeout", hung(impatient, Api::get), "transient"),
                        row(
                                "Feign, OkHttp: POST call timeout",
                                hung(impatient, api -> api.post("{}")),
                                "unknown-effect"),
                        row(
                                "Feign, OkHttp: POST refused, perhaps after a redirect",
                                refused(client, api -> api.post("{}")),
                                "unknown-effect"),
                        row(
                                "Feign, OkHttp: canceled",
                                new RetryableException(
                                        -1,
                                        "Canceled executing GET http://a",
                                        HttpMethod.GET,
                                        new IOException("Canceled"),
                                        (Long) null,
                                        request(HttpMethod.GET)),
                                "neutral")));
    }

    private static Stream<Row> hc5() {
        ApacheHttp5Client client = new ApacheHttp5Client(
                HttpClientBuilder.create().disableAutomaticRetries().build());
        return Stream.concat(
                network(client, "HttpComponents"),
                Stream.of(row(
                        "Feign, HttpComponents: POST refused, perhaps after a redirect",
                        refused(client, api -> api.post("{}")),
                        "unknown-effect")));
    }

    private static Stream<Row> decoders() {
        Request get = request(HttpMethod.GET);
        Request post = request(HttpMethod.POST);
        return Stream.of(
                row(
                        "Feign: a decoder's own wish",
                        new RetryableException(409, "busy", HttpMethod.GET, (Long) null, get),
                        "transient status 409"),
                row(
                        "Feign: a decoder's own wish for a POST",
                        new RetryableException(409, "busy", HttpMethod.POST, (Long) null, post),
                        "unknown-effect status 409"),
                row(
                        "Feign: a decoder's own wish, later",
                        new RetryableException(503, "busy", HttpMethod.POST, System.currentTimeMillis() - 5000, post),
                        "unknown-effect after 0s status 503"),
                row(
                        "Feign: a decoder's own limit",
                        new RetryableException(429, "slow", HttpMethod.POST, (Long) null, post),
                        "throttled status 429"),
                row("Feign: can't be read", new DecodeException(200, "no JSON", get), "permanent"),
                row(
                        "Feign: can't be read, since it was cut",
                        new DecodeException(200, "x", get, new IOException("Premature EOF")),
                        "transient"),
                row(
                        "Feign: can't be read, since it was cut, of a POST",
                        new DecodeException(200, "x", post, new SocketTimeoutException("Read timed out")),
                        "unknown-effect"),
                row("Feign: can't be written", new EncodeException("no encoder"), "neutral"),
                row(
                        "Feign: POST done, its decoder can't connect to another service",
                        decodedByAnother(api -> api.post("{}"), false),
                        "unknown-effect"),
                row(
                        "Feign: POST done, its decoder can't connect, in a wrapper",
                        decodedByAnother(api -> api.post("{}"), true),
                        "unknown-effect"),
                row(
                        "Feign: GET done, its decoder can't connect to another service",
                        decodedByAnother(Api::get, true),
                        "transient"));
    }

    /** The decoder calls a service that isn't there, by the client that tells that it never connected. */
    private static Throwable decodedByAnother(Function<Api, String> call, boolean wrapped) {
        Decoder decoder = (response, type) -> {
            try {
                return URI.create(Loopback.closedPort()).toURL().openStream().toString();
            } catch (IOException refused) {
                if (wrapped) {
                    throw new IllegalStateException(refused);
                }
                throw refused;
            }
        };
        try (Loopback server = Loopback.answers(200)) {
            return failureOf(() -> call.apply(Feign.builder()
                    .retryer(Retryer.NEVER_RETRY)
                    .decoder(decoder)
                    .target(Api.class, server.url())));
        }
    }

    private static Throwable answered(Client client, Function<Api, String> call, int status, String... headers) {
        try (Loopback server = Loopback.answers(status, headers)) {
            return failureOf(() -> call.apply(api(client, server.url())));
        }
    }

    private static Throwable hung(Client client, Function<Api, String> call) {
        try (Loopback server = Loopback.hangs()) {
            return failureOf(() -> call.apply(api(client, server.url(), 150)));
        }
    }

    private static Throwable sent(Client client, Function<Api, String> call, String bytes) {
        try (Loopback server = Loopback.sends(bytes)) {
            return failureOf(() -> call.apply(api(client, server.url())));
        }
    }

    private static Throwable refused(Client client, Function<Api, String> call) {
        return failureOf(() -> call.apply(api(client, Loopback.closedPort())));
    }

    private static Api api(Client client, String url) {
        return api(client, url, 5000);
    }

    private static Api api(Client client, String url, int readTimeout) {
        return Feign.builder()
                .client(client)
                .retryer(Retryer.NEVER_RETRY)
                .errorDecoder(new ErrorDecoder.Default())
                .options(new Request.Options(5000, TimeUnit.MILLISECONDS, readTimeout, TimeUnit.MILLISECONDS, true))
                .target(Api.class, url);
    }

    private static Request request(HttpMethod method) {
        return Request.create(method, "http://localhost", Map.of(), null, null, null);
    }
}
