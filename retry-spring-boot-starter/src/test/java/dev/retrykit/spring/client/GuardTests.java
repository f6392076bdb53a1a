package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.RetryListener;
import dev.retrykit.event.StopReason;
import dev.retrykit.spring.registry.Retries;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.registry.HttpServiceGroup;
import org.springframework.web.service.registry.ImportHttpServices;
import reactor.core.publisher.Flux;

/** A policy and a circuit for all requests to a host or of a group, without any code. Over real sockets. */
@Tag("server")
class GuardTests {

    private static final String GUARDED = """
            retrykit:
              policies:
                stock: { budget: { unlimited: true } }
              circuits:
                stock: { window: { type: count, size: 10 }, minimum-calls: 10, half-open: { probes: 1 } }
              http:
                guards:
                  - { host: localhost, policy: stock, circuit: stock }
            spring.http.clients: { connect-timeout: 2s, read-timeout: 2s }
            """;

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
    private FaultServer server;

    @BeforeEach
    void start() {
        server = new FaultServer();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    /** Answers 503 so often, then 200 with a body. */
    private void failing(String path, int times, String... headers) {
        AtomicInteger requests = new AtomicInteger();
        server.on(path, (request, connection) -> {
            if (requests.incrementAndGet() <= times) {
                connection.status(503, headers);
            } else {
                connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n"
                        + "Connection: close\r\n\r\n7 pieces");
            }
        });
    }

    private ApplicationContextRunner app(String yml) {
        return HttpApps.with(yml, ended);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "http-components", "jetty", "reactor", "simple"})
    void aRestClientRetries(String transport) {
        failing("/stock", 2);
        app(GUARDED)
                .withPropertyValues("spring.http.clients.imperative.factory=" + transport)
                .run(context -> assertThat(restClient(context.getBean(RestClient.Builder.class), "/stock"))
                        .isEqualTo("7 pieces"));

        assertThat(server.requests("/stock")).hasSize(3);
        assertThat(ended).extracting(RetryEvent.Ended::reason).containsExactly(StopReason.SUCCESS);
    }

    private String restClient(RestClient.Builder builder, String path) {
        return builder.build().get().uri(server.url(path)).retrieve().body(String.class);
    }

    @Test
    void aRestTemplateRetries() {
        failing("/stock", 2);
        app(GUARDED)
                .run(context -> assertThat(context.getBean(RestTemplateBuilder.class)
                                .build()
                                .getForObject(server.url("/stock"), String.class))
                        .isEqualTo("7 pieces"));

        assertThat(server.requests("/stock")).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "http-components", "jetty", "reactor"})
    void aWebClientRetries(String transport) {
        failing("/stock", 2);
        app(GUARDED)
                .withPropertyValues("spring.http.clients.reactive.connector=" + transport)
                .run(context -> assertThat(webClient(context.getBean(WebClient.Builder.class), "/stock"))
                        .isEqualTo("7 pieces"));

        assertThat(server.requests("/stock")).hasSize(3);
    }

    private String webClient(WebClient.Builder builder, String path) {
        return builder.build()
                .get()
                .uri(server.url(path))
                .retrieve()
                .bodyToMono(String.class)
                .block();
    }

    @Test
    void anAnswerThatStaysBadArrivesAsItCame() {
        failing("/stock", 9, "X-Reason: closed");
        app(GUARDED).run(context -> {
            assertThatExceptionOfType(HttpServerErrorException.ServiceUnavailable.class)
                    .isThrownBy(() -> restClient(context.getBean(RestClient.Builder.class), "/stock"))
                    .satisfies(
                            failure -> assertThat(failure.getResponseHeaders().getFirst("X-Reason"))
                                    .isEqualTo("closed"));
            assertThatExceptionOfType(WebClientResponseException.ServiceUnavailable.class)
                    .isThrownBy(() -> webClient(context.getBean(WebClient.Builder.class), "/stock"));
        });

        assertThat(server.requests("/stock")).hasSize(6);
    }

    @Test
    void otherHostsAreLeftAlone() {
        failing("/stock", 9);
        app(GUARDED.replace("host: localhost", "host: elsewhere.example"))
                .withPropertyValues("spring.http.clients.imperative.factory=jdk")
                .run(context -> assertThatExceptionOfType(HttpServerErrorException.class)
                        .isThrownBy(() -> restClient(context.getBean(RestClient.Builder.class), "/stock")));

        assertThat(server.requests("/stock")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"guarded", "all"})
    void guardsHoldHoweverManyClientsTakePart(String clients) {
        failing("/stock", 2);
        app(GUARDED)
                .withPropertyValues("retrykit.http.clients=" + clients)
                .run(context -> assertThat(restClient(context.getBean(RestClient.Builder.class), "/stock"))
                        .isEqualTo("7 pieces"));

        assertThat(server.requests("/stock")).hasSize(3);
    }

    @Test
    void guardsForNoClientsFailTheStart() {
        app(GUARDED)
                .withPropertyValues("retrykit.http.clients=none")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageStartingWith("retrykit.http.clients (")
                        .hasMessageEndingWith(") is none, so no request would use the guards configured under"
                                + " retrykit.http.guards."));
    }

    @Test
    void theCircuitStopsRequests() {
        failing("/stock", 99);
        app(GUARDED).run(context -> {
            RestClient client = context.getBean(RestClient.Builder.class).build();
            Throwable failure = null;
            for (int i = 0; i < 6; i++) {
                failure = catchThrowable(
                        () -> client.get().uri(server.url("/stock")).retrieve().body(String.class));
            }
            assertThat(failure).isInstanceOf(CircuitOpenException.class);
            assertThat(context.getBean(Retries.class).circuit("stock").state()).isEqualTo(CircuitState.OPEN);
        });

        assertThat(server.requests("/stock")).hasSize(10);
    }

    /** The answer was closed when its retry was decided; the retry is rejected all the same. */
    @Test
    void anAnswerWhoseRetryIsRejectedStillArrives() {
        AtomicReference<Circuit> circuit = new AtomicReference<>();
        server.on(
                "/stock",
                (request, connection) -> connection.write(
                        "HTTP/1.1 503 Busy\r\nX-Reason: closed\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy"));
        RetryListener opening = event -> {
            if (event instanceof RetryEvent.Retrying) {
                circuit.get().forceOpen();
            }
        };
        app(GUARDED).withBean("opening", RetryListener.class, () -> opening).run(context -> {
            circuit.set(context.getBean(Retries.class).circuit("stock"));
            assertThatExceptionOfType(HttpServerErrorException.ServiceUnavailable.class)
                    .isThrownBy(() -> restClient(context.getBean(RestClient.Builder.class), "/stock"))
                    .satisfies(
                            failure -> assertThat(failure.getResponseHeaders().getFirst("X-Reason"))
                                    .isEqualTo("closed"));
            circuit.get().reset();
            assertThatExceptionOfType(WebClientResponseException.ServiceUnavailable.class)
                    .isThrownBy(() -> webClient(context.getBean(WebClient.Builder.class), "/stock"))
                    .satisfies(failure -> assertThat(failure.getHeaders().getFirst("X-Reason"))
                            .isEqualTo("closed"));
        });

        assertThat(server.requests("/stock")).hasSize(2);
        assertThat(ended).extracting(RetryEvent.Ended::reason).containsOnly(StopReason.CIRCUIT_OPEN);
    }

    @Test
    void aCircuitAloneMakesOneAttemptAndCountsAnswers() {
        failing("/stock", 99);
        app(GUARDED.replace("policy: stock, ", "")).run(context -> {
            for (int i = 0; i < 12; i++) {
                assertThat(catchThrowable(() -> restClient(context.getBean(RestClient.Builder.class), "/stock")))
                        .isInstanceOf(i < 10 ? HttpServerErrorException.class : CircuitOpenException.class);
            }
        });

        assertThat(server.requests("/stock")).hasSize(10);
    }

    @Test
    void aWildcardKeepsACircuitPerHost() {
        failing("/stock", 99);
        app(GUARDED.replace("host: localhost", "host: '*'")).run(context -> {
            RestClient client = context.getBean(RestClient.Builder.class).build();
            for (int i = 0; i < 6; i++) {
                assertThat(catchThrowable(() -> client.get()
                                .uri(server.url("/stock"))
                                .retrieve()
                                .body(String.class)))
                        .isNotNull();
            }
            String other = "http://127.0.0.1:" + server.port() + "/other";
            assertThat(client.get()
                            .uri(other)
                            .retrieve()
                            .toBodilessEntity()
                            .getStatusCode()
                            .value())
                    .isEqualTo(200);
            assertThat(context.getBean(Retries.class)
                            .findCircuit("stock")
                            .orElseThrow()
                            .keys())
                    .containsOnlyKeys("localhost", "127.0.0.1")
                    .satisfies(keys -> assertThat(keys.get("localhost").state()).isEqualTo(CircuitState.OPEN))
                    .satisfies(keys -> assertThat(keys.get("127.0.0.1").state()).isEqualTo(CircuitState.CLOSED));
        });
    }

    @Test
    void aWildcardWithoutACircuitKeepsABudgetPerHost() {
        failing("/stock", 99);
        app("""
            retrykit:
              policies: { stock: { budget: { reserve: 4 } } }
              http.guards: [ { host: '*', policy: stock } ]
            """).run(context -> {
            RestClient client = context.getBean(RestClient.Builder.class).build();
            for (int i = 0; i < 4; i++) {
                assertThat(catchThrowable(() -> client.get()
                                .uri(server.url("/stock"))
                                .retrieve()
                                .body(String.class)))
                        .isNotNull();
            }
            assertThat(server.requests("/stock")).hasSize(8);
            assertThat(catchThrowable(() -> client.get()
                            .uri("http://127.0.0.1:" + server.port() + "/stock")
                            .retrieve()
                            .body(String.class)))
                    .isNotNull();
            assertThat(server.requests("/stock")).hasSize(11);
        });
    }

    static class Caller {

        private final RestClient client;
        private final FaultServer server;

        Caller(RestClient.Builder builder, FaultServer server) {
            this.client = builder.build();
            this.server = server;
        }

        @Retryable("outer")
        String call() {
            return client.get().uri(server.url("/stock")).retrieve().body(String.class);
        }
    }

    @Test
    void anAnnotatedMethodDoesNotMultiplyWhatAGuardHasTried() {
        failing("/stock", 99);
        app(GUARDED.replace("policies:", "policies:\n    outer: { budget: { unlimited: true } }"))
                .withBean(FaultServer.class, () -> server, definition -> definition.setDestroyMethodName(""))
                .withBean(Caller.class)
                .run(context -> assertThat(catchThrowable(context.getBean(Caller.class)::call))
                        .isInstanceOf(HttpServerErrorException.ServiceUnavailable.class));

        assertThat(server.requests("/stock")).hasSize(3);
        assertThat(ended)
                .extracting(end -> end.policy() + " " + end.reason())
                .containsExactly("stock EXHAUSTED", "outer NESTED");
    }

    @Nested
    class Bodies {

        @ParameterizedTest
        @ValueSource(strings = {"jdk", "http-components", "jetty", "reactor"})
        void areSentAgain(String transport) {
            failing("/order", 2, "Retry-After: 1");
            app(GUARDED)
                    .withPropertyValues(
                            "spring.http.clients.imperative.factory=" + transport,
                            "spring.http.clients.reactive.connector=" + transport)
                    .run(context -> {
                        String blocking = context.getBean(RestClient.Builder.class)
                                .build()
                                .post()
                                .uri(server.url("/order"))
                                .body("three pieces, please")
                                .retrieve()
                                .body(String.class);
                        assertThat(blocking).isEqualTo("7 pieces");
                        failing("/order", 2, "Retry-After: 1");
                        String reactive = context.getBean(WebClient.Builder.class)
                                .build()
                                .put()
                                .uri(server.url("/order"))
                                .body(BodyInserters.fromPublisher(
                                        Flux.just("three ", "pieces, ", "please"), String.class))
                                .retrieve()
                                .bodyToMono(String.class)
                                .block();
                        assertThat(reactive).isEqualTo("7 pieces");
                    });

            assertThat(server.requests("/order"))
                    .hasSize(6)
                    .extracting(FaultServer.Request::body)
                    .containsOnly("three pieces, please");
            assertThat(server.requests("/order").subList(3, 6))
                    .extracting(request -> request.headers().get("content-type"))
                    .containsOnly("text/plain;charset=UTF-8");
        }

        @Test
        void thatAreStreamedAreSentOnce() {
            failing("/lines", 2);
            app(GUARDED)
                    .run(context -> assertThat(catchThrowable(() -> context.getBean(WebClient.Builder.class)
                                    .build()
                                    .put()
                                    .uri(server.url("/lines"))
                                    .contentType(MediaType.APPLICATION_NDJSON)
                                    .body(Flux.just(Map.of("a", 1), Map.of("b", 2)), Map.class)
                                    .retrieve()
                                    .bodyToMono(String.class)
                                    .block()))
                            .isInstanceOf(WebClientResponseException.class));

            assertThat(server.requests("/lines")).hasSize(1);
            assertThat(ended).extracting(RetryEvent.Ended::reason).containsExactly(StopReason.NOT_RETRYABLE);
        }

        @Test
        void ofAnswersAreNotTouched() {
            server.on("/large", (request, connection) -> {
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\nConnection: close\r\n\r\nfirst");
                connection.hang();
            });
            app(GUARDED)
                    .run(context -> context.getBean(RestClient.Builder.class)
                            .build()
                            .get()
                            .uri(server.url("/large"))
                            .exchange(
                                    (request, response) -> {
                                        InputStream body = response.getBody();
                                        assertThat(new String(body.readNBytes(5), StandardCharsets.UTF_8))
                                                .isEqualTo("first");
                                        return "";
                                    },
                                    false));

            assertThat(server.requests("/large")).hasSize(1);
        }
    }

    @Nested
    class Groups {

        private static final String YML = """
                retrykit:
                  policies: { stock: { budget: { unlimited: true } } }
                  http.guards: [ { group: stock, policy: stock } ]
                """;

        @HttpExchange
        interface Stocks {

            @GetExchange("/stock")
            String find();

            @PostExchange("/order")
            String order(String what);
        }

        @Configuration(proxyBeanMethods = false)
        @ImportHttpServices(group = "stock", types = Stocks.class)
        static class Blocking {}

        @Configuration(proxyBeanMethods = false)
        @ImportHttpServices(group = "stock", types = Stocks.class, clientType = HttpServiceGroup.ClientType.WEB_CLIENT)
        static class Reactive {}

        @ParameterizedTest
        @ValueSource(classes = {Blocking.class, Reactive.class})
        void areGuardedWithoutCode(Class<?> configuration) {
            failing("/stock", 2);
            app(YML).withUserConfiguration(configuration)
                    .withPropertyValues("spring.http.serviceclient.stock.base-url=" + server.url(""))
                    .run(context ->
                            assertThat(context.getBean(Stocks.class).find()).isEqualTo("7 pieces"));

            assertThat(server.requests("/stock")).hasSize(3);
        }

        @Test
        void comeBeforeHostsThatStandBelowThem() {
            failing("/stock", 99);
            app(YML.replace(
                            "policy: stock } ]",
                            "policy: stock }, { host: localhost, policy: other } ]\n  policies.other: { max-attempts:"
                                    + " 7 }"))
                    .withUserConfiguration(Blocking.class)
                    .withPropertyValues("spring.http.serviceclient.stock.base-url=" + server.url(""))
                    .run(context -> assertThat(catchThrowable(context.getBean(Stocks.class)::find))
                            .isInstanceOf(HttpServerErrorException.class));

            assertThat(server.requests("/stock")).hasSize(3);
        }

        @Test
        void thatThereAreNotFailTheStart() {
            app(YML.replace("group: stock", "group: stok"))
                    .withUserConfiguration(Blocking.class)
                    .run(context -> assertThat(context)
                            .getFailure()
                            .hasMessage(
                                    "A guard under retrykit.http.guards names the HTTP service group 'stok', which does"
                                            + " not exist. Did you mean 'stock'?"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ host: localhost, policy: stok } | 'retrykit.http.guards[0].policy' x names the policy"
                        + " 'stok', which is not"
                        + " configured. Did you mean 'stock'?",
                "{ host: localhost, circuit: stok } | names the circuit 'stok', which is not configured.",
                "{ host: 'http://localhost', policy: stock } | 'retrykit.http.guards[0].host' = 'http://localhost'",
                "{ host: 'localhost:8080', policy: stock } | it must be a host name or address without scheme and port",
                "{ host: 'a.*.internal', policy: stock } | it must be a host name or address without scheme and port",
                "{ policy: stock } | 'retrykit.http.guards[0]' must have either a host or a group.",
                "{ host: a, group: b, policy: stock } | 'retrykit.http.guards[0]' must have either a host or a group.",
                "{ host: a } | 'retrykit.http.guards[0]' has neither a policy nor a circuit.",
                "{ host: a, polizy: stock } | 'retrykit.http.guards[0]' has no key 'polizy'. Did you mean 'policy'?",
                "{ host: a, policy: keyed } | names the policy 'keyed', whose idempotency-key '#id' is an expression over"
                        + " method arguments; a request has no arguments."
            })
    void aGuardThatIsWrittenWronglyFailsTheStart(String guard, String message) {
        app("retrykit:\n  policies: { stock: { max-attempts: 3 }, keyed: { idempotency-key: '#id' }"
                        + " }\n  http.guards: [ "
                        + guard + " ]")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .message()
                        .contains(message.replaceFirst("^'(retrykit[^']*)' x", "")));
    }
}
