package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.anything;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withServerError;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.RetryListener;
import dev.retrykit.event.StopReason;
import dev.retrykit.spring.registry.Retries;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.BufferingClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.test.web.client.ExpectedCount;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResponseErrorHandler;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;
import reactor.core.publisher.Mono;

/**
 * A failure of a watched client is known by what marks its answer, whatever stands between the client and its caller. What
 * isn't known would be taken for another client's, and end a call with keys after one attempt.
 */
@Tag("server")
class AnswerMarkTests {

    private static final String YML = """
            retrykit:
              policies.plain: { max-attempts: 3, nested: multiply, budget: { unlimited: true } }
              policies.once: { max-attempts: 1, budget: { unlimited: true } }
            """;

    private static final String GUARDED = YML + """
              policies.guard: { max-attempts: 1, budget: { unlimited: true } }
              http.guards: [ { host: localhost, policy: guard } ]
            """;

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
    private FaultServer server;

    /** The application's own code. */
    static class Calls {

        @Retryable(value = "plain", idempotencyKey = "auto")
        Object keyed(Callable<?> call) throws Exception {
            return call.call();
        }

        @Retryable(value = "plain", idempotencyKey = "auto")
        Mono<?> keyedMono(Supplier<Mono<?>> call) {
            return call.get();
        }

        @Retryable(value = "plain", idempotencyKey = "auto")
        CompletableFuture<?> keyedStage(Supplier<CompletableFuture<?>> call) {
            return call.get();
        }
    }

    /** Called by other annotated beans. */
    static class Inner {

        @Retryable("once")
        Object once(Callable<?> call) throws Exception {
            return call.call();
        }
    }

    /** A client without an implementation. */
    interface Stock {

        @GetExchange("/broken")
        String read();
    }

    /** A client of an application that does something about it. */
    interface Client {

        Object read(ApplicationContext context, String url) throws Exception;
    }

    @BeforeEach
    void start() {
        server = new FaultServer();
        server.on("/broken", (request, connection) -> connection.status(500, "X-Reason: none"));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static RestClient.Builder builder(ApplicationContext context) {
        return context.getBean(RestClient.Builder.class);
    }

    private static WebClient.Builder reactive(ApplicationContext context) {
        return context.getBean(WebClient.Builder.class);
    }

    private static Object get(RestClient.Builder builder, String url) {
        return builder.build().get().uri(url).retrieve().body(String.class);
    }

    private static Object get(WebClient.Builder builder, String url) {
        return builder.build()
                .get()
                .uri(url)
                .retrieve()
                .bodyToMono(String.class)
                .block();
    }

    private static Object get(RestTemplate template, String url) {
        return template.getForObject(url, String.class);
    }

    private static HttpServerErrorException copied(ClientHttpResponse response) throws IOException {
        HttpHeaders copy = new HttpHeaders();
        response.getHeaders().forEach(copy::put);
        return HttpServerErrorException.create(
                response.getStatusCode(),
                response.getStatusText(),
                copy,
                response.getBody().readAllBytes(),
                StandardCharsets.UTF_8);
    }

    /** As Spring's own handlers may be extended. */
    private static final class CopyingHandler implements ResponseErrorHandler {

        @Override
        public boolean hasError(ClientHttpResponse response) throws IOException {
            return response.getStatusCode().isError();
        }

        @Override
        public void handleError(URI url, HttpMethod method, ClientHttpResponse response) throws IOException {
            throw copied(response);
        }
    }

    private static Arguments client(String name, Client client) {
        return Arguments.of(name, client);
    }

    private static Stream<Arguments> clients() {
        return Stream.of(
                client("RestClient", (context, url) -> get(builder(context), url)),
                client("RestTemplate", (context, url) -> get(template(context), url)),
                client("WebClient", (context, url) -> get(reactive(context), url)),
                client(
                        "interface",
                        (context, url) -> stock(builder(context), url).read()),
                client(
                        "interceptors",
                        (context, url) -> get(
                                builder(context)
                                        .requestInterceptor((request, body, next) -> next.execute(request, body))
                                        .bufferContent((uri, method) -> true),
                                url)),
                client("interceptors of a template", (context, url) -> {
                    RestTemplate template = template(context);
                    template.getInterceptors().add((request, body, next) -> next.execute(request, body));
                    return get(template, url);
                }),
                client(
                        "buffering",
                        (context, url) -> get(
                                builder(context)
                                        .requestFactory(new BufferingClientHttpRequestFactory(
                                                new SimpleClientHttpRequestFactory())),
                                url)),
                client(
                        "observed",
                        (context, url) -> get(builder(context).observationRegistry(ObservationRegistry.create()), url)),
                client(
                        "handler of a RestClient",
                        (context, url) -> get(builder(context).defaultStatusHandler(new CopyingHandler()), url)),
                client("handler of a template", (context, url) -> {
                    RestTemplate template = template(context);
                    template.setErrorHandler(new CopyingHandler());
                    return get(template, url);
                }),
                client(
                        "onStatus",
                        (context, url) -> builder(context)
                                .build()
                                .get()
                                .uri(url)
                                .retrieve()
                                .onStatus(status -> status.isError(), (request, response) -> {
                                    throw copied(response);
                                })
                                .toBodilessEntity()),
                client(
                        "exchange",
                        (context, url) -> builder(context)
                                .build()
                                .get()
                                .uri(url)
                                .exchange((request, response) -> {
                                    throw copied(response);
                                })),
                client(
                        "without headers",
                        (context, url) -> builder(context)
                                .build()
                                .get()
                                .uri(url)
                                .exchange((request, response) -> {
                                    throw new HttpServerErrorException(response.getStatusCode());
                                })));
    }

    private static Stream<Arguments> clientsInCompany() {
        return Stream.of(
                client(
                        "answers that a filter made",
                        (context, url) -> get(
                                reactive(context)
                                        .filter((request, next) -> next.exchange(request)
                                                .map(response -> ClientResponse.create(response.statusCode())
                                                        .build())),
                                url)),
                client(
                        "requests that a filter made",
                        (context, url) -> get(
                                reactive(context)
                                        .filter((request, next) ->
                                                next.exchange(ClientRequest.create(request.method(), request.url())
                                                        .build())),
                                url)),
                client(
                        "failures that a filter made",
                        (context, url) -> get(
                                reactive(context)
                                        .filter((request, next) ->
                                                next.exchange(request).flatMap(response -> response.createError())),
                                url)),
                client(
                        "exchangeToMono",
                        (context, url) -> reactive(context)
                                .build()
                                .get()
                                .uri(url)
                                .exchangeToMono(response -> response.createError())
                                .block()),
                client(
                        "a failure without its request",
                        (context, url) -> reactive(context)
                                .build()
                                .get()
                                .uri(url)
                                .retrieve()
                                .bodyToMono(String.class)
                                .onErrorMap(failure -> WebClientResponseException.create(
                                        500, "Status", new HttpHeaders(), new byte[0], null))
                                .block()),
                client("wrapped", (context, url) -> {
                    try {
                        return get(builder(context), url);
                    } catch (RestClientResponseException failure) {
                        throw new IllegalStateException(new RuntimeException(failure));
                    }
                }),
                client(
                        "an inner call",
                        (context, url) -> context.getBean(Inner.class).once(() -> get(builder(context), url))));
    }

    private static RestTemplate template(ApplicationContext context) {
        return context.getBean(RestTemplate.class);
    }

    private static Stock stock(RestClient.Builder builder, String url) {
        RestClient client = builder.baseUrl(url.replace("/broken", "")).build();
        return HttpServiceProxyFactory.builderFor(RestClientAdapter.create(client))
                .build()
                .createClient(Stock.class);
    }

    private void retries(String yml, Function<ApplicationContext, Object> call, String... properties) {
        HttpApps.with(yml, ended)
                .withPropertyValues(properties)
                .withBean(Calls.class)
                .withBean(Inner.class)
                .withBean(RestTemplate.class, RestTemplate::new)
                .run(context ->
                        assertThat(catchThrowable(() -> call.apply(context))).isNotNull());

        RetryEvent.Ended last = ended.get(ended.size() - 1);
        assertThat(last.reason()).isEqualTo(StopReason.EXHAUSTED);
        assertThat(last.attempts()).isEqualTo(3);
    }

    private static Object keyed(ApplicationContext context, Callable<?> call) {
        try {
            return context.getBean(Calls.class).keyed(call);
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"clients", "clientsInCompany"})
    void aWatchedFailureIsKnown(String name, Client client) {
        retries(YML, context -> keyed(context, () -> client.read(context, server.url("/broken"))));

        assertThat(server.requests("/broken")).hasSize(3);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"clients", "clientsInCompany"})
    void aWatchedFailureIsKnownBehindAGuard(String name, Client client) {
        retries(GUARDED, context -> keyed(context, () -> client.read(context, server.url("/broken"))));

        assertThat(server.requests("/broken")).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aWatchedFailureIsKnownOverEachTransport(Transport transport) {
        retries(
                YML,
                context -> keyed(context, () -> get(builder(context), server.url("/broken"))),
                transport.properties());
        if (transport.isReactive()) {
            retries(
                    YML,
                    context -> keyed(context, () -> get(reactive(context), server.url("/broken"))),
                    transport.properties());
        }
    }

    /** A guard closes an answer before it waits, and hands on what is left of it where a circuit has opened meanwhile. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsLeftOfAnAnswerIsKnown(boolean interceptors) {
        HttpApps.with(YML + """
                                  policies.guard: { max-attempts: 2, budget: { unlimited: true } }
                                  circuits.guard: { minimum-calls: 100 }
                                  http.guards: [ { host: localhost, policy: guard, circuit: guard } ]
                                """, ended)
                .withBean(Calls.class)
                .withBean(Opening.class)
                .run(context -> {
                    RestClient.Builder builder = builder(context);
                    if (interceptors) {
                        builder.requestInterceptor((request, body, next) -> next.execute(request, body));
                    }
                    assertThat(catchThrowable(() -> keyed(context, () -> get(builder, server.url("/broken")))))
                            .isNotNull();
                });

        assertThat(server.requests("/broken")).hasSize(3);
        assertThat(ended)
                .extracting(RetryEvent.Ended::reason)
                .containsExactly(
                        StopReason.CIRCUIT_OPEN,
                        StopReason.CIRCUIT_OPEN,
                        StopReason.CIRCUIT_OPEN,
                        StopReason.EXHAUSTED);
    }

    /** Opens the circuit of the guard while that waits, and closes it while the method does. */
    private static final class Opening implements RetryListener {

        private final ObjectProvider<Retries> retries;

        Opening(ObjectProvider<Retries> retries) {
            this.retries = retries;
        }

        @Override
        public void onEvent(RetryEvent event) {
            if (event instanceof RetryEvent.Retrying retrying) {
                Circuit circuit = retries.getObject().circuit("guard");
                if (retrying.policy().equals("guard")) {
                    circuit.forceOpen();
                } else {
                    circuit.reset();
                }
            }
        }
    }

    /** As all answers over HTTP/2 are. */
    @ParameterizedTest
    @EnumSource(Transport.class)
    void aWatchedFailureIsKnownByAnEmptyText(Transport transport) {
        server.on(
                "/mute",
                (request, connection) ->
                        connection.write("HTTP/1.1 500 \r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));

        retries(
                YML,
                context -> keyed(context, () -> get(builder(context), server.url("/mute"))),
                transport.properties());

        assertThat(server.requests("/mute")).hasSize(3);
    }

    @Test
    void aWatchedFailureOfAPublisherIsKnown() {
        retries(
                YML,
                context -> context.getBean(Calls.class)
                        .keyedMono(() -> reactive(context)
                                .build()
                                .get()
                                .uri(server.url("/broken"))
                                .retrieve()
                                .bodyToMono(String.class))
                        .block());
    }

    @Test
    void aWatchedFailureOfAStageIsKnown() {
        retries(
                YML,
                context -> context.getBean(Calls.class)
                        .keyedStage(() -> reactive(context)
                                .build()
                                .get()
                                .uri(server.url("/broken"))
                                .retrieve()
                                .bodyToMono(String.class)
                                .toFuture())
                        .join());
    }

    @Test
    void oneOfManyFailuresIsKnown() {
        retries(
                YML,
                context -> keyed(context, () -> {
                    RestClient client = builder(context).build();
                    RuntimeException first = null;
                    for (int i = 0; i < 20; i++) {
                        try {
                            client.get().uri(server.url("/broken")).retrieve().toBodilessEntity();
                        } catch (RestClientResponseException failure) {
                            first = first == null ? failure : first;
                        }
                    }
                    throw first;
                }));
    }

    @Test
    void aFakeServerOfATestIsKnown() {
        retries(YML, context -> {
            RestClient.Builder builder = builder(context);
            MockRestServiceServer fake = MockRestServiceServer.bindTo(builder).build();
            fake.expect(ExpectedCount.manyTimes(), anything()).andRespond(withServerError());
            RestClient client = builder.build();
            return keyed(
                    context,
                    () -> client.get().uri("http://localhost/").retrieve().body(String.class));
        });
    }

    /** Nothing of the answer is in it but the headers. */
    @Test
    void aFailureWithATextOfTheApplicationsIsTakenForAnother() {
        HttpApps.with(YML, ended).withBean(Calls.class).run(context -> {
            RestClient client = builder(context).build();
            Throwable failure = catchThrowable(() -> keyed(
                    context,
                    () -> client.get().uri(server.url("/broken")).exchange((request, response) -> {
                        throw HttpServerErrorException.create(
                                HttpStatus.INTERNAL_SERVER_ERROR,
                                "none in stock",
                                response.getHeaders(),
                                new byte[0],
                                StandardCharsets.UTF_8);
                    })));
            assertThat(failure).isNotNull();
        });

        assertThat(ended).extracting(RetryEvent.Ended::reason).containsExactly(StopReason.NOT_IDEMPOTENT);
    }
}
