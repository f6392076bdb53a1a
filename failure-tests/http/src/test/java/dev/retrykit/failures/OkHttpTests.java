package dev.retrykit.failures;

import static dev.retrykit.failures.Loopback.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.ResponseBody;
import okhttp3.internal.http2.ConnectionShutdownException;
import okhttp3.internal.http2.ErrorCode;
import okhttp3.internal.http2.StreamResetException;
import retrofit2.Retrofit;
import retrofit2.http.Body;
import retrofit2.http.GET;
import retrofit2.http.POST;

/** What failures of OkHttp and Retrofit mean. */
class OkHttpTests extends BookTests {

    private static final String CUT = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc";
    private static final String CUT_CHUNK = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc";

    interface Api {

        @GET("things/1")
        CompletableFuture<ResponseBody> get();

        @POST("things")
        CompletableFuture<ResponseBody> post(@Body RequestBody body);
    }

    static Stream<Row> rows() {
        return Stream.of(okHttp(), types(), retrofit()).flatMap(rows -> rows);
    }

    private static Stream<Row> okHttp() {
        Throwable callTimeout = hung(client -> client.callTimeout(100, TimeUnit.MILLISECONDS));
        return Stream.of(
                row("OkHttp: call timeout", callTimeout, "transient"),
                row(
                        "OkHttp: call timeout in a wrapper",
                        new RuntimeException("Request failed", callTimeout),
                        "transient"),
                row(
                        "OkHttp: read timeout",
                        hung(client -> client.readTimeout(100, TimeUnit.MILLISECONDS)),
                        "transient"),
                row("OkHttp: no answer", sent(""), "transient"),
                row("OkHttp: cut", sent(CUT), "transient"),
                row("OkHttp: cut inside a chunk", sent(CUT_CHUNK), "transient"),
                row("OkHttp: cut inside of a compressed body", cutCompressed(), "transient"),
                row("OkHttp: a proxy that can't connect", tunnel("503 Service Unavailable"), "transient status 503"),
                row("OkHttp: a proxy that refuses", tunnel("403 Forbidden"), "neutral status 403"),
                row("OkHttp: no HTTP", sent("SSH-2.0-OpenSSH_9.2\r\n\r\n"), "transient"),
                row("OkHttp: refused", failureOf(() -> read(new OkHttpClient(), Loopback.closedPort())), "transient"),
                row(
                        "OkHttp: unknown host",
                        failureOf(() -> read(new OkHttpClient(), "http://unknown.invalid")),
                        "transient"),
                row("OkHttp: canceled before", canceled(), "neutral"),
                row("OkHttp: canceled on the way, which looks like a lost connection", canceledOnTheWay(), "transient"),
                row("OkHttp: redirect loop", looped(), "permanent"),
                row(
                        "OkHttp: no content of some length",
                        sent("HTTP/1.1 204 No\r\nContent-Length: 3\r\n\r\nabc"),
                        "unknown"));
    }

    private static Stream<Row> types() {
        return Stream.of(
                row("OkHttp: stream refused", new StreamResetException(ErrorCode.REFUSED_STREAM), "transient"),
                row("OkHttp: stream canceled", new StreamResetException(ErrorCode.CANCEL), "transient"),
                row("OkHttp: calm", new StreamResetException(ErrorCode.ENHANCE_YOUR_CALM), "throttled"),
                row("OkHttp: wants 1.1", new StreamResetException(ErrorCode.HTTP_1_1_REQUIRED), "permanent"),
                row("OkHttp: connection going", new ConnectionShutdownException(), "transient"),
                row("OkHttp: deadline", new InterruptedIOException("deadline reached"), "transient"),
                row("OkHttp: call timeout between two steps", callTimeoutBetweenSteps(), "transient"),
                row(
                        "OkHttp: call timeout between two steps, in a wrapper",
                        new CompletionException(callTimeoutBetweenSteps()),
                        "transient"),
                row("OkHttp: interrupted", new InterruptedIOException("interrupted"), "interrupted"),
                row("OkHttp: canceled", new IOException("Canceled"), "neutral"),
                row("OkHttp: canceled in a wrapper", new CompletionException(new IOException("Canceled")), "neutral"),
                row("an input without more words", new IOException("Cancelled by the other side"), "unknown"),
                row(
                        "OkHttp: too many redirects",
                        new ProtocolException("Too many follow-up requests: 21"),
                        "permanent"),
                row(
                        "HttpURLConnection: too many redirects",
                        new ProtocolException("Server redirected too many  times (20)"),
                        "permanent"),
                row("OkHttp: status line", new ProtocolException("Unexpected status line: x"), "transient"),
                row("OkHttp: another protocol failure", new ProtocolException("network interface"), "unknown"));
    }

    private static Stream<Row> retrofit() {
        RequestBody body = RequestBody.create(new byte[0]);
        return Stream.of(
                row("Retrofit: GET 503", answered(Api::get, 503), "transient status 503"),
                row(
                        "Retrofit: GET 503, Retry-After 1",
                        answered(Api::get, 503, "Retry-After", "1"),
                        "transient after 1s status 503"),
                row("Retrofit: GET 404", answered(Api::get, 404), "answered status 404"),
                row("Retrofit: GET 401", answered(Api::get, 401), "neutral status 401"),
                row("Retrofit: GET 429", answered(Api::get, 429), "throttled status 429"),
                row("Retrofit: GET 501", answered(Api::get, 501), "permanent status 501"),
                row("Retrofit: POST 503", answered(api -> api.post(body), 503), "unknown-effect status 503"),
                row(
                        "Retrofit: POST 503, Retry-After 1",
                        answered(api -> api.post(body), 503, "Retry-After", "1"),
                        "transient after 1s status 503"),
                row("Retrofit: POST 429", answered(api -> api.post(body), 429), "throttled status 429"),
                row("Retrofit: POST 400", answered(api -> api.post(body), 400), "answered status 400"),
                row(
                        "Retrofit: POST redirected to what fails",
                        redirected(api -> api.post(body)),
                        "unknown-effect status 503"),
                row("Retrofit: GET redirected to what fails", redirected(Api::get), "transient status 503"),
                row(
                        "Retrofit: POST redirected three times to what refuses",
                        redirectedOften(api -> api.post(body)),
                        "unknown-effect after 1s status 503"),
                row(
                        "Retrofit: GET redirected three times to what refuses",
                        redirectedOften(Api::get),
                        "transient after 1s status 503"));
    }

    private static String read(OkHttpClient client, String url) throws IOException {
        try (okhttp3.Response response =
                client.newCall(new Request.Builder().url(url).build()).execute()) {
            return response.body().string();
        }
    }

    private static Throwable hung(UnaryOperator<OkHttpClient.Builder> limits) {
        OkHttpClient client = limits.apply(new OkHttpClient.Builder()).build();
        try (Loopback server = Loopback.hangs()) {
            return failureOf(() -> read(client, server.url()));
        }
    }

    private static Throwable sent(String bytes) {
        try (Loopback server = Loopback.sends(bytes)) {
            return failureOf(() -> read(new OkHttpClient(), server.url()));
        }
    }

    /** An interceptor is slow, so the call is canceled before it has a connection. */
    private static Throwable callTimeoutBetweenSteps() {
        OkHttpClient client = new OkHttpClient.Builder()
                .callTimeout(20, TimeUnit.MILLISECONDS)
                .addInterceptor(chain -> {
                    while (!chain.call().isCanceled()) {
                        Thread.onSpinWait();
                    }
                    return chain.proceed(chain.request());
                })
                .build();
        Throwable failure = failureOf(() -> read(client, "http://127.0.0.1:1"));
        assertThat(failure).hasMessage("timeout").hasRootCauseMessage("Canceled");
        return failure;
    }

    private static Throwable cutCompressed() {
        try (Loopback server = Loopback.cutsCompressed()) {
            return failureOf(() -> read(new OkHttpClient(), server.url()));
        }
    }

    private static Throwable tunnel(String status) {
        try (Loopback server = Loopback.sends("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n")) {
            Proxy proxy =
                    new Proxy(Proxy.Type.HTTP, new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            OkHttpClient client = new OkHttpClient.Builder().proxy(proxy).build();
            return failureOf(() -> read(client, "https://unknown.invalid/"));
        }
    }

    private static Throwable canceled() {
        Call call = new OkHttpClient()
                .newCall(new Request.Builder().url("http://127.0.0.1:1").build());
        call.cancel();
        return failureOf(call::execute);
    }

    private static Throwable canceledOnTheWay() {
        OkHttpClient client = new OkHttpClient.Builder()
                .eventListener(new EventListener() {
                    @Override
                    public void requestHeadersEnd(Call call, Request request) {
                        call.cancel();
                    }
                })
                .build();
        try (Loopback server = Loopback.hangs()) {
            return failureOf(() -> read(client, server.url()));
        }
    }

    private static Throwable looped() {
        try (Loopback server = Loopback.answers(302, "Location", "/again")) {
            return failureOf(() -> read(new OkHttpClient(), server.url()));
        }
    }

    private static Throwable answered(Function<Api, Future<?>> call, int status, String... headers) {
        try (Loopback server = Loopback.answers(status, headers)) {
            return failureOf(() -> call.apply(api(server)).get());
        }
    }

    /** A POST that was done, and led to an address where the service is busy. */
    private static Throwable redirected(Function<Api, Future<?>> call) {
        try (Loopback busy = Loopback.answers(503);
                Loopback first = Loopback.answers(303, "Location", busy.url())) {
            return failureOf(() -> call.apply(api(first)).get());
        }
    }

    private static Throwable redirectedOften(Function<Api, Future<?>> call) {
        try (Loopback busy = Loopback.answers(503, "Retry-After", "1");
                Loopback third = Loopback.answers(302, "Location", busy.url());
                Loopback second = Loopback.answers(301, "Location", third.url());
                Loopback first = Loopback.answers(303, "Location", second.url())) {
            return failureOf(() -> call.apply(api(first)).get());
        }
    }

    private static Api api(Loopback server) {
        return new Retrofit.Builder().baseUrl(server.url()).build().create(Api.class);
    }
}
