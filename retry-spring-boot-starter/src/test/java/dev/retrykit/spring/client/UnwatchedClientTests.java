package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.StopReason;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

/** Clients that nobody can see: those that an application makes in a constructor, and those of other libraries. */
@Tag("server")
@ExtendWith(OutputCaptureExtension.class)
class UnwatchedClientTests {

    private static final String YML = "retrykit.policies.plain: { max-attempts: 3, budget: { unlimited: true } }\n";

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
    private FaultServer server;

    /** The application's own code. */
    static class Calls {

        @Retryable("plain")
        Object plain(Callable<?> call) throws Exception {
            return call.call();
        }

        @Retryable(value = "plain", idempotencyKey = "auto")
        Object keyed(Callable<?> call) throws Exception {
            return call.call();
        }
    }

    @BeforeEach
    void start() {
        server = new FaultServer();
        server.on("/broken", (request, connection) -> connection.status(500));
        server.on("/unavailable", (request, connection) -> connection.status(500));
        server.on("/gateway", (request, connection) -> connection.status(502));
        server.on("/busy", (request, connection) -> connection.status(503));
        server.on("/busy-too", (request, connection) -> connection.status(503));
        server.on("/throttled", (request, connection) -> connection.status(429));
        server.on("/throttled-too", (request, connection) -> connection.status(429));
        server.on("/lost", (request, connection) -> connection.reset());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static void fails(ThrowingCallable call) {
        assertThat(catchThrowable(call)).isNotNull();
    }

    private Callable<?> post(String client, String path) {
        URI uri = URI.create(server.url(path));
        return switch (client) {
            case "RestClient" ->
                () -> RestClient.create().post().uri(uri).body("x").retrieve().body(String.class);
            case "WebClient" ->
                () -> WebClient.create()
                        .post()
                        .uri(uri)
                        .bodyValue("x")
                        .retrieve()
                        .bodyToMono(String.class)
                        .block();
            case "RestTemplate" -> () -> new RestTemplate().postForObject(uri, "x", String.class);
            default ->
                () -> HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(uri)
                                        .POST(HttpRequest.BodyPublishers.ofString("x"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
        };
    }

    private Callable<?> get(String client, String path) {
        URI uri = URI.create(server.url(path));
        return switch (client) {
            case "RestClient" ->
                () -> RestClient.create().get().uri(uri).retrieve().body(String.class);
            case "WebClient" ->
                () -> WebClient.create()
                        .get()
                        .uri(uri)
                        .retrieve()
                        .bodyToMono(String.class)
                        .block();
            default -> () -> new RestTemplate().getForObject(uri, String.class);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"RestClient", "RestTemplate", "JDK"})
    void areNotRepeatedWhereKeysWereAskedFor(String client, CapturedOutput output) {
        HttpApps.with(YML, ended).withBean(Calls.class).run(context -> {
            Calls calls = context.getBean(Calls.class);
            fails(() -> calls.keyed(post(client, "/lost")));
            fails(() -> calls.keyed(post(client, "/lost")));
        });

        assertThat(server.requests("/lost")).hasSize(2);
        assertThat(ended)
                .extracting(RetryEvent.Ended::reason)
                .containsExactly(StopReason.NOT_IDEMPOTENT, StopReason.NOT_IDEMPOTENT);
        assertThat(output)
                .containsOnlyOnce("NOT_IDEMPOTENT")
                .contains("was sent by an HTTP client that is not instrumented, so it carried no key")
                .contains("Declare the client as a bean");
    }

    @Test
    void areNotRepeatedForAnAnswerEither() {
        HttpApps.with(YML, ended)
                .withBean(Calls.class)
                .run(context -> fails(() -> context.getBean(Calls.class).keyed(post("RestClient", "/broken"))));

        assertThat(server.requests("/broken")).hasSize(1);
        assertThat(ended).extracting(RetryEvent.Ended::reason).containsExactly(StopReason.NOT_IDEMPOTENT);
    }

    @Test
    void areRepeatedWithAWarningWhereNoKeyWasAskedFor(CapturedOutput output) {
        HttpApps.with(YML, ended).withBean(Calls.class).run(context -> {
            Calls calls = context.getBean(Calls.class);
            fails(() -> calls.plain(post("RestTemplate", "/broken")));
            fails(() -> calls.plain(post("RestTemplate", "/broken")));
        });

        assertThat(server.requests("/broken")).hasSize(6);
        assertThat(output)
                .containsOnlyOnce("Policy 'plain' retries " + UnwatchedClientTests.class.getName())
                .contains("a POST or PATCH request of the client is repeated as well");
    }

    @Test
    void areRepeatedWithoutAWordIfTheSettingsSaySo(CapturedOutput output) {
        HttpApps.with(YML.replace("max-attempts: 3", "max-attempts: 3, unsafe-methods: always"), ended)
                .withBean(Calls.class)
                .run(context -> {
                    Calls calls = context.getBean(Calls.class);
                    fails(() -> calls.keyed(post("JDK", "/lost")));
                    fails(() -> calls.plain(post("JDK", "/lost")));
                });

        assertThat(server.requests("/lost")).hasSize(6);
        assertThat(output).doesNotContain("isn't watched");
    }

    @Test
    void aFailureOfSomethingElseIsRetriedWithKeysToo() {
        HttpApps.with(YML, ended)
                .withBean(Calls.class)
                .run(context -> fails(() -> context.getBean(Calls.class).keyed(() -> {
                    throw new SQLTransientConnectionException("no connection is free");
                })));

        assertThat(ended).extracting(RetryEvent.Ended::attempts).containsExactly(3);
    }

    /** What they write must not be repeated because something else was read, however that went. */
    @ParameterizedTest
    @CsvSource({"RestClient, /broken", "RestClient, /lost", "RestTemplate, /broken", "RestTemplate, /lost", "JDK, /lost"
    })
    void areNotRepeatedBesideAWatchedRequestEither(String client, String path, CapturedOutput output) {
        HttpApps.with(YML, ended).withBean(Calls.class).run(context -> {
            RestClient watched = context.getBean(RestClient.Builder.class).build();
            fails(() -> context.getBean(Calls.class).keyed(() -> {
                watched.get().uri(server.url("/token")).retrieve().toBodilessEntity();
                return post(client, path).call();
            }));
        });

        assertThat(server.requests(path)).hasSize(1);
        assertThat(ended).extracting(RetryEvent.Ended::reason).containsExactly(StopReason.NOT_IDEMPOTENT);
        assertThat(output).contains("was sent by an HTTP client that is not instrumented, so it carried no key");
    }

    /** What was read failed, too, and that was caught: be the statuses equal or not, the POST isn't what was read. */
    @ParameterizedTest
    @CsvSource({
        "RestClient, /unavailable, /broken",
        "RestClient, /busy, /broken",
        "RestClient, /gateway, /broken",
        "RestTemplate, /unavailable, /broken",
        "RestTemplate, /busy, /busy-too",
        "RestTemplate, /busy, /broken",
        "WebClient, /unavailable, /broken",
        "WebClient, /busy, /busy-too",
        "WebClient, /busy, /broken"
    })
    void areNotRepeatedWhereAWatchedRequestFailedBefore(String client, String read, String written) {
        HttpApps.with(YML, ended).withBean(Calls.class).run(context -> {
            RestClient watched = context.getBean(RestClient.Builder.class).build();
            WebClient reactive = context.getBean(WebClient.Builder.class).build();
            fails(() -> context.getBean(Calls.class).keyed(() -> {
                fails(() -> watched.get().uri(server.url(read)).retrieve().toBodilessEntity());
                return post(client, written).call();
            }));
            fails(() -> context.getBean(Calls.class).keyed(() -> {
                fails(() -> reactive.get()
                        .uri(server.url(read))
                        .retrieve()
                        .toBodilessEntity()
                        .block());
                return post(client, written).call();
            }));
        });

        assertThat(server.requests(read)).hasSize(2);
        assertThat(server.requests(written)).hasSize(2);
        assertThat(ended)
                .extracting(RetryEvent.Ended::reason)
                .containsExactly(StopReason.NOT_IDEMPOTENT, StopReason.NOT_IDEMPOTENT);
    }

    /** A watched client that no attempt reaches, on a thread that doesn't know it. */
    @ParameterizedTest
    @CsvSource({"RestClient", "WebClient"})
    void areNotRepeatedWhereTheirThreadDoesNotKnowTheAttempt(String client) {
        HttpApps.with(YML, ended).withBean(Calls.class).run(context -> {
            RestClient watched = context.getBean(RestClient.Builder.class).build();
            WebClient reactive = context.getBean(WebClient.Builder.class).build();
            Callable<?> post = client.equals("RestClient")
                    ? () -> watched.post()
                            .uri(server.url("/broken"))
                            .body("x")
                            .retrieve()
                            .toBodilessEntity()
                    : () -> reactive.post()
                            .uri(server.url("/broken"))
                            .bodyValue("x")
                            .retrieve()
                            .toBodilessEntity()
                            .block();
            fails(() -> context.getBean(Calls.class).keyed(() -> {
                fails(() ->
                        watched.get().uri(server.url("/unavailable")).retrieve().toBodilessEntity());
                return onAnotherThread(post);
            }));
        });

        assertThat(server.requests("/broken")).hasSize(1);
        assertThat(ended).extracting(RetryEvent.Ended::reason).containsExactly(StopReason.NOT_IDEMPOTENT);
    }

    private static Object onAnotherThread(Callable<?> call) throws Exception {
        FutureTask<Object> task = new FutureTask<>(call::call);
        Thread thread = new Thread(task);
        thread.start();
        try {
            return task.get();
        } catch (ExecutionException failed) {
            throw (Exception) failed.getCause();
        }
    }

    /** What must not be done twice has a key, so what others read may be read again. */
    @ParameterizedTest
    @CsvSource({
        "RestClient, /unavailable, /broken",
        "RestClient, /unavailable, /gateway",
        "RestTemplate, /unavailable, /broken",
        "WebClient, /unavailable, /broken",
        "RestTemplate, /throttled, /throttled-too",
        "WebClient, /throttled, /throttled-too"
    })
    void areRepeatedBesideARequestWithAKey(String client, String written, String read) {
        HttpApps.with(YML, ended).withBean(Calls.class).run(context -> {
            RestClient watched = context.getBean(RestClient.Builder.class).build();
            fails(() -> context.getBean(Calls.class).keyed(() -> {
                fails(() -> watched.post()
                        .uri(server.url(written))
                        .body("x")
                        .retrieve()
                        .toBodilessEntity());
                return get(client, read).call();
            }));
        });

        assertThat(server.requests(written)).hasSize(3);
        assertThat(server.requests(read)).hasSize(3);
        assertThat(ended).extracting(RetryEvent.Ended::reason).containsExactly(StopReason.EXHAUSTED);
    }

    /** Nothing asks for keys, so POSTs can't be told from GETs, and the method is called again. */
    @ParameterizedTest
    @ValueSource(strings = {"RestClient", "RestTemplate", "WebClient"})
    void whatTheyReadIsReadAgainWhereNoKeyWasAskedFor(String client) {
        HttpApps.with(YML, ended).withBean(Calls.class).run(context -> {
            RestClient watched = context.getBean(RestClient.Builder.class).build();
            Calls calls = context.getBean(Calls.class);
            fails(() -> calls.plain(get(client, "/broken")));
            fails(() -> calls.plain(() -> {
                fails(() ->
                        watched.get().uri(server.url("/unavailable")).retrieve().toBodilessEntity());
                return get(client, "/broken").call();
            }));
        });

        assertThat(server.requests("/broken")).hasSize(6);
        assertThat(ended)
                .extracting(RetryEvent.Ended::reason)
                .containsExactly(StopReason.EXHAUSTED, StopReason.EXHAUSTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/broken", "/lost"})
    void anAttemptWithAWatchedRequestIsJudgedByThat(String path) {
        HttpApps.with(YML, ended).withBean(Calls.class).run(context -> {
            RestClient client = context.getBean(RestClient.Builder.class).build();
            fails(() -> context.getBean(Calls.class).keyed(() -> {
                client.get().uri(server.url("/token")).retrieve().toBodilessEntity();
                return client.get().uri(server.url(path)).retrieve().body(String.class);
            }));
        });

        assertThat(server.requests(path)).hasSize(3);
    }

    /** As a method does that reads from several servers, in another order each time. */
    @Test
    void aWatchedRequestThatFailedBeforeTheLastIsKnownToo() {
        HttpApps.with(YML, ended).withBean(Calls.class).run(context -> {
            RestClient client = context.getBean(RestClient.Builder.class).build();
            fails(() -> context.getBean(Calls.class).keyed(() -> {
                try {
                    return client.get().uri(server.url("/broken")).retrieve().body(String.class);
                } finally {
                    client.get().uri(server.url("/token")).retrieve().toBodilessEntity();
                }
            }));
        });

        assertThat(server.requests("/broken")).hasSize(3);
    }
}
