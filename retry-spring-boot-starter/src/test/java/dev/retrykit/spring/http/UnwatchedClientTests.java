package dev.retrykit.spring.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.RetryEvent;
import dev.retrykit.StopReason;
import dev.retrykit.annotation.Retryable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
                .contains("came from an HTTP client that isn't watched, so no key was sent")
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
                .contains("a POST or PATCH that it sends is repeated as well");
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
        assertThat(output).contains("came from an HTTP client that isn't watched, so no key was sent");
    }

    /** The statuses are equal, but what was read had no POST among it. The failure of a RestClient doesn't tell its method. */
    @ParameterizedTest
    @ValueSource(strings = {"RestTemplate", "WebClient"})
    void areNotRepeatedWhereAWatchedRequestWasAnsweredAlike(String client) {
        HttpApps.with(YML, ended).withBean(Calls.class).run(context -> {
            RestClient watched = context.getBean(RestClient.Builder.class).build();
            fails(() -> context.getBean(Calls.class).keyed(() -> {
                fails(() ->
                        watched.get().uri(server.url("/unavailable")).retrieve().toBodilessEntity());
                return post(client, "/broken").call();
            }));
        });

        assertThat(server.requests("/unavailable")).hasSize(1);
        assertThat(server.requests("/broken")).hasSize(1);
        assertThat(ended).extracting(RetryEvent.Ended::reason).containsExactly(StopReason.NOT_IDEMPOTENT);
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
