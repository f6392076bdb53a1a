package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.StopReason;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** Interceptors and filters that fetch tokens by requests of their own, as those of OAuth2 clients do. */
@Tag("server")
class TokenFetchTests {

    private static final String GUARDED = """
            retrykit:
              policies: { stock: { max-attempts: 3, budget: { unlimited: true } } }
              http.guards: [ { host: localhost, policy: stock } ]
            """;

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
    private final AtomicInteger tokens = new AtomicInteger();
    private FaultServer server;

    @BeforeEach
    void start() {
        server = new FaultServer();
        server.on("/down", (request, connection) -> connection.status(503));
        server.on("/token", (request, connection) -> {
            String token = "token" + tokens.incrementAndGet();
            connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + token.length()
                    + "\r\nConnection: close\r\n\r\n" + token);
        });
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static MultiValueMap<String, String> grant() {
        MultiValueMap<String, String> form = new LinkedMultiValueMap<>();
        form.add("grant_type", "client_credentials");
        return form;
    }

    private String tokenUrl() {
        return "http://127.0.0.1:" + server.port() + "/token";
    }

    private ClientHttpRequestInterceptor fetching(RestClient client) {
        return (request, body, execution) -> {
            String token =
                    client.post().uri(tokenUrl()).body(grant()).retrieve().body(String.class);
            request.getHeaders().setBearerAuth(String.valueOf(token));
            return execution.execute(request, body);
        };
    }

    private ExchangeFilterFunction fetching(WebClient client) {
        return (request, next) -> client.post()
                .uri(tokenUrl())
                .body(BodyInserters.fromFormData(grant()))
                .retrieve()
                .bodyToMono(String.class)
                .flatMap(token -> next.exchange(ClientRequest.from(request)
                        .headers(headers -> headers.setBearerAuth(token))
                        .build()));
    }

    private ApplicationContextRunner app(String yml, String transport) {
        return HttpApps.with(yml, ended)
                .withPropertyValues(
                        "spring.http.clients.imperative.factory=" + transport,
                        "spring.http.clients.reactive.connector=" + (transport.equals("simple") ? "jdk" : transport));
    }

    private void assertEachAttemptHasItsToken() {
        assertThat(server.requests("/down"))
                .extracting(request -> request.headers().get("authorization"))
                .containsExactly("Bearer token1", "Bearer token2", "Bearer token3");
        assertThat(ended).extracting(RetryEvent.Ended::reason).contains(StopReason.EXHAUSTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "http-components", "jetty", "reactor", "simple"})
    void aGuardedReadIsRetried(String transport) {
        app(GUARDED, transport).run(context -> {
            RestClient.Builder builder = context.getBean(RestClient.Builder.class);
            RestClient client = builder.clone()
                    .requestInterceptor(fetching(builder.clone().build()))
                    .build();
            assertThat(catchThrowable(() ->
                            client.get().uri(server.url("/down")).retrieve().toBodilessEntity()))
                    .isNotNull();
        });
        assertEachAttemptHasItsToken();
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jdk"})
    void soIsThatOfAWebClient(String transport) {
        app(GUARDED, transport).run(context -> {
            WebClient.Builder builder = context.getBean(WebClient.Builder.class);
            WebClient client =
                    builder.clone().filter(fetching(builder.clone().build())).build();
            assertThat(catchThrowable(() -> client.get()
                            .uri(server.url("/down"))
                            .retrieve()
                            .toBodilessEntity()
                            .block()))
                    .isNotNull();
        });
        assertEachAttemptHasItsToken();
    }

    /** The application's own code. */
    static class Calls {

        private final RestClient client;
        private final WebClient reactive;

        Calls(RestClient client, WebClient reactive) {
            this.client = client;
            this.reactive = reactive;
        }

        @Retryable("stock")
        void read(String url) {
            client.get().uri(url).retrieve().toBodilessEntity();
        }

        @Retryable("stock")
        Mono<?> readLater(String url) {
            return reactive.get().uri(url).retrieve().toBodilessEntity();
        }

        @Retryable(value = "stock", idempotencyKey = "auto")
        void pay(String url) {
            client.post().uri(url).body("1 EUR").retrieve().toBodilessEntity();
        }

        @Retryable(value = "stock", idempotencyKey = "auto")
        Mono<?> payLater(String url) {
            return reactive.post().uri(url).bodyValue("1 EUR").retrieve().toBodilessEntity();
        }
    }

    /** What a client does before it sends a request. */
    record Before(Function<RestClient, ClientHttpRequestInterceptor> blocking) {}

    @Configuration(proxyBeanMethods = false)
    static class Clients {

        @Bean
        Calls calls(Before before, RestClient.Builder builder, WebClient.Builder reactive, TokenFetchTests tests) {
            return new Calls(
                    builder.clone()
                            .requestInterceptor(
                                    before.blocking().apply(builder.clone().build()))
                            .build(),
                    reactive.clone()
                            .filter(tests.fetching(reactive.clone().build()))
                            .build());
        }
    }

    private interface Call {
        void on(Calls calls, String url);
    }

    private void fails(Function<RestClient, ClientHttpRequestInterceptor> before, Call call) {
        app("retrykit.policies.stock: { max-attempts: 3, budget: { unlimited: true } }", "jdk")
                .withBean(TokenFetchTests.class, () -> this)
                .withBean(Before.class, () -> new Before(before))
                .withUserConfiguration(Clients.class)
                .run(context -> assertThat(
                                catchThrowable(() -> call.on(context.getBean(Calls.class), server.url("/down"))))
                        .isNotNull());
    }

    @Test
    void aMethodThatReadsIsRetried() {
        fails(this::fetching, Calls::read);
        assertEachAttemptHasItsToken();
    }

    @Test
    void soIsAReactiveOne() {
        fails(this::fetching, (calls, url) -> calls.readLater(url).block());
        assertEachAttemptHasItsToken();
    }

    @Test
    void aMethodWithKeysSendsNoneWithItsTokens() {
        fails(this::fetching, Calls::pay);
        assertEachAttemptHasItsToken();
        assertThatThePaymentAloneHasAKey();
    }

    @Test
    void neitherDoesAReactiveOne() {
        fails(this::fetching, (calls, url) -> calls.payLater(url).block());
        assertEachAttemptHasItsToken();
        assertThatThePaymentAloneHasAKey();
    }

    private void assertThatThePaymentAloneHasAKey() {
        List<String> keys = server.requests("/down").stream()
                .map(request -> request.headers().get("idempotency-key"))
                .toList();
        assertThat(keys).doesNotContainNull().containsOnly(keys.get(0));
        assertThat(server.requests("/token"))
                .allSatisfy(request -> assertThat(request.headers()).doesNotContainKey("idempotency-key"));
    }

    /** The answer to an outage of the token's server would be the same. */
    @Test
    void aTokenThatCouldNotBeFetchedIsFetchedAgain() {
        server.on("/token", (request, connection) -> connection.status(503));
        fails(this::fetching, Calls::read);

        assertThat(server.requests("/token")).hasSize(3);
        assertThat(server.requests("/down")).isEmpty();
        assertThat(ended).extracting(RetryEvent.Ended::reason).containsExactly(StopReason.EXHAUSTED);
    }

    @Test
    void whateverElseAnInterceptorPostsIsNotSentAgain() {
        fails(
                client -> (request, body, execution) -> {
                    client.post().uri(tokenUrl()).body("an entry").retrieve().toBodilessEntity();
                    return execution.execute(request, body);
                },
                Calls::read);

        assertThat(server.requests("/token")).hasSize(1);
        assertThat(ended).extracting(RetryEvent.Ended::reason).containsExactly(StopReason.NOT_IDEMPOTENT);
    }

    @Test
    void aFormThatAsksForNoTokenIsNotSentAgain() {
        MultiValueMap<String, String> entry = new LinkedMultiValueMap<>();
        entry.add("entry", "read");
        fails(
                client -> (request, body, execution) -> {
                    client.post().uri(tokenUrl()).body(entry).retrieve().toBodilessEntity();
                    return execution.execute(request, body);
                },
                Calls::read);

        assertThat(server.requests("/token")).hasSize(1);
        assertThat(ended).extracting(RetryEvent.Ended::reason).containsExactly(StopReason.NOT_IDEMPOTENT);
    }

    /** A request that an interceptor makes anew has no attributes, by which it would be known. */
    @Test
    void aFormThatAnInterceptorSendsInPlaceOfAnotherIsNotSentAgain() {
        app(GUARDED, "jdk").run(context -> {
            RestClient.Builder builder = context.getBean(RestClient.Builder.class);
            RestClient inner = builder.clone().build();
            RestClient client = builder.clone()
                    .requestInterceptor((request, body, execution) -> {
                        inner.post()
                                .uri(request.getURI())
                                .body(grant())
                                .retrieve()
                                .toBodilessEntity();
                        return execution.execute(request, body);
                    })
                    .build();
            assertThat(catchThrowable(() -> client.post()
                            .uri(server.url("/down"))
                            .body(grant())
                            .retrieve()
                            .toBodilessEntity()))
                    .isNotNull();
        });

        assertThat(server.requests("/down")).hasSize(1);
    }
}
