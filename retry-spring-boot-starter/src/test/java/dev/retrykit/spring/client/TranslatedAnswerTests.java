package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.spring.registry.Retries;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.ResponseErrorHandler;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;
import reactor.core.publisher.Mono;

/** An answer counts, whatever the application makes of it: its status, its time, its veto. Over real sockets. */
@Tag("server")
class TranslatedAnswerTests {

    private static final String YML = """
            retrykit:
              policies:
                plain: { budget: { unlimited: true } }
                named:
                  retry-on: ["dev.retrykit.spring.client.TranslatedAnswerTests$Own"]
                  budget: { unlimited: true }
                guard: { budget: { unlimited: true } }
              circuits:
                products: { window: { type: count, size: 20 }, minimum-calls: 20 }
            spring.http.clients: { connect-timeout: 2s, read-timeout: 2s }
            """;

    private static final String GUARDED = YML + """
            retrykit.http.guards: [{ host: localhost, policy: guard }]
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

    static class Own extends RuntimeException {
        private static final long serialVersionUID = 1;

        Own() {}

        Own(Throwable cause) {
            super(cause);
        }
    }

    interface Service {

        @GetExchange
        String get(URI uri);

        @PostExchange
        String post(URI uri);
    }

    /** Ways to send a request and to make something else of a bad answer. */
    static class Ways {

        final Map<String, BiFunction<HttpMethod, String, String>> blocking = new LinkedHashMap<>();
        final Map<String, BiFunction<HttpMethod, String, Mono<String>>> reactive = new LinkedHashMap<>();

        private final RestClient client;
        private final RestClient handled;
        private final WebClient webClient;

        Ways(RestClient.Builder builder, RestTemplateBuilder templates, WebClient.Builder reactiveBuilder) {
            client = builder.clone().build();
            handled = builder.clone()
                    .defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {
                        throw new Own();
                    })
                    .build();
            webClient = reactiveBuilder.build();
            blocking.put("the client's own exception", this::plain);
            blocking.put("onStatus", (method, url) -> onStatus(method, url, new Own()));
            blocking.put(
                    "ResponseStatusException",
                    (method, url) -> onStatus(method, url, new ResponseStatusException(HttpStatusCode.valueOf(418))));
            blocking.put(
                    "IllegalArgumentException",
                    (method, url) -> onStatus(method, url, new IllegalArgumentException("bad answer")));
            blocking.put(
                    "status without headers",
                    (method, url) -> client.method(method).uri(url).exchange((request, response) -> {
                        int status = response.getStatusCode().value();
                        throw new RestClientResponseException("status", status, "", null, null, null);
                    }));
            blocking.put(
                    "defaultStatusHandler",
                    (method, url) -> handled.method(method).uri(url).retrieve().body(String.class));
            RestClient intercepted = builder.clone()
                    .requestInterceptor((request, body, execution) -> {
                        ClientHttpResponse response = execution.execute(request, body);
                        if (response.getStatusCode().isError()) {
                            response.close();
                            throw new Own();
                        }
                        return response;
                    })
                    .build();
            blocking.put(
                    "interceptor",
                    (method, url) ->
                            intercepted.method(method).uri(url).retrieve().body(String.class));
            blocking.put(
                    "exchange",
                    (method, url) -> client.method(method).uri(url).exchange((request, response) -> {
                        throw new Own();
                    }));
            RestTemplate template = templates.errorHandler(new Handler()).build();
            blocking.put(
                    "ResponseErrorHandler",
                    (method, url) ->
                            template.exchange(url, method, null, String.class).getBody());
            Service service = HttpServiceProxyFactory.builderFor(RestClientAdapter.create(handled))
                    .build()
                    .createClient(Service.class);
            blocking.put(
                    "HTTP service interface",
                    (method, url) -> method.equals(HttpMethod.POST)
                            ? service.post(URI.create(url))
                            : service.get(URI.create(url)));
            blocking.put("with cause", (method, url) -> rethrow(method, url, true));
            blocking.put("without cause", (method, url) -> rethrow(method, url, false));
            reactive.put(
                    "the client's own exception",
                    (method, url) -> retrieve(method, url).bodyToMono(String.class));
            reactive.put(
                    "onStatus",
                    (method, url) -> retrieve(method, url)
                            .onStatus(HttpStatusCode::isError, response -> Mono.error(new Own()))
                            .bodyToMono(String.class));
            reactive.put(
                    "exchangeToMono",
                    (method, url) -> webClient
                            .method(method)
                            .uri(url)
                            .exchangeToMono(response -> response.releaseBody().then(Mono.error(new Own()))));
            reactive.put(
                    "onErrorMap",
                    (method, url) -> retrieve(method, url)
                            .bodyToMono(String.class)
                            .onErrorMap(WebClientResponseException.class, failure -> new Own()));
        }

        private WebClient.ResponseSpec retrieve(HttpMethod method, String url) {
            return webClient.method(method).uri(url).retrieve();
        }

        private String plain(HttpMethod method, String url) {
            return client.method(method).uri(url).retrieve().body(String.class);
        }

        private String onStatus(HttpMethod method, String url, RuntimeException thrown) {
            return client.method(method)
                    .uri(url)
                    .retrieve()
                    .onStatus(HttpStatusCode::isError, (request, response) -> {
                        throw thrown;
                    })
                    .body(String.class);
        }

        private String rethrow(HttpMethod method, String url, boolean cause) {
            try {
                return plain(method, url);
            } catch (RestClientException failure) {
                throw cause ? new Own(failure) : new Own();
            }
        }
    }

    private static final class Handler implements ResponseErrorHandler {

        @Override
        public boolean hasError(ClientHttpResponse response) throws IOException {
            return response.getStatusCode().isError();
        }

        @Override
        public void handleError(URI url, HttpMethod method, ClientHttpResponse response) {
            throw new Own();
        }
    }

    static class Caller {

        private final Ways ways;

        Caller(Ways ways) {
            this.ways = ways;
        }

        @Retryable("plain")
        String plain(String way, HttpMethod method, String url) {
            return ways.blocking.get(way).apply(method, url);
        }

        @Retryable("named")
        String named(String way, HttpMethod method, String url) {
            return ways.blocking.get(way).apply(method, url);
        }

        @Retryable("plain")
        CompletableFuture<String> stage(String way, HttpMethod method, String url) {
            try {
                return CompletableFuture.completedFuture(ways.blocking.get(way).apply(method, url));
            } catch (RuntimeException failure) {
                return CompletableFuture.failedFuture(new CompletionException(failure));
            }
        }

        @Retryable("plain")
        Mono<String> reactive(String way, HttpMethod method, String url) {
            return ways.reactive.get(way).apply(method, url);
        }

        @CircuitGuarded("products")
        String product(String way, String url) {
            return ways.blocking.get(way).apply(HttpMethod.GET, url);
        }

        @Retryable("plain")
        String fallback(String first, String second) {
            try {
                return ways.blocking.get("onStatus").apply(HttpMethod.GET, first);
            } catch (Own failed) {
                return ways.blocking.get("onStatus").apply(HttpMethod.GET, second);
            }
        }

        @Retryable("plain")
        String thenParses(String url) {
            assertThat(ways.blocking.get("onStatus").apply(HttpMethod.GET, url)).isNull();
            throw new Own();
        }
    }

    private interface Sender {
        void send(Caller caller, String way, HttpMethod method, String url);
    }

    private ApplicationContextRunner app(String yml) {
        return HttpApps.with(yml, ended).withBean(Ways.class).withBean(Caller.class);
    }

    /** Requests seen, the stop reason, and whether the least delay was kept. */
    private String row(Caller caller, Sender sender, String way, HttpMethod method, String path) {
        ended.clear();
        int before = server.requests(path).size();
        quietly(() -> sender.send(caller, way, method, server.url(path)));
        RetryEvent.Ended last = ended.get(ended.size() - 1);
        int requests = server.requests(path).size() - before;
        boolean early =
                path.endsWith("after-2") && last.elapsed().compareTo(Duration.ofSeconds(2L * (requests - 1))) < 0;
        return requests + " " + last.reason() + (early ? " EARLY" : "");
    }

    private Map<String, String> rows(Caller caller, Sender sender, Iterable<String> ways) {
        Map<String, String> rows = new LinkedHashMap<>();
        for (String way : ways) {
            for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.POST)) {
                for (String path : List.of(
                        "/404",
                        "/503",
                        "/429",
                        "/503-after-2",
                        "/429-after-2",
                        "/403-after-2",
                        "/503-after-60",
                        "/503-veto",
                        "/409-invited")) {
                    rows.put(way + " " + method + " " + path, row(caller, sender, way, method, path));
                }
            }
        }
        return rows;
    }

    private void answers() {
        for (int status : new int[] {404, 503, 429}) {
            server.on("/" + status, (request, connection) -> connection.status(status));
        }
        for (int status : new int[] {403, 503, 429}) {
            server.on("/" + status + "-after-2", (request, connection) -> connection.status(status, "Retry-After: 2"));
        }
        server.on("/503-after-60", (request, connection) -> connection.status(503, "Retry-After: 60"));
        server.on("/503-veto", (request, connection) -> connection.status(503, "x-should-retry: false"));
        server.on("/409-invited", (request, connection) -> connection.status(409, "x-should-retry: true"));
    }

    private static Map<String, String> expected(Iterable<String> ways, boolean tellsRedirects) {
        Map<String, String> rows = new LinkedHashMap<>();
        String refused = tellsRedirects ? "3 EXHAUSTED" : "1 NOT_IDEMPOTENT";
        for (String way : ways) {
            rows.put(way + " GET /404", "1 NOT_RETRYABLE");
            rows.put(way + " GET /503", "3 EXHAUSTED");
            rows.put(way + " GET /429", "3 EXHAUSTED");
            rows.put(way + " GET /503-after-2", "3 EXHAUSTED");
            rows.put(way + " GET /429-after-2", "3 EXHAUSTED");
            rows.put(way + " GET /403-after-2", "3 EXHAUSTED");
            rows.put(way + " GET /503-after-60", "1 RETRY_AFTER_TOO_LONG");
            rows.put(way + " GET /503-veto", "1 VETOED");
            rows.put(way + " GET /409-invited", "3 EXHAUSTED");
            rows.put(way + " POST /404", "1 NOT_RETRYABLE");
            rows.put(way + " POST /503", "1 NOT_IDEMPOTENT");
            rows.put(way + " POST /429", refused);
            rows.put(way + " POST /503-after-2", refused);
            rows.put(way + " POST /429-after-2", refused);
            rows.put(way + " POST /403-after-2", refused);
            rows.put(way + " POST /503-after-60", tellsRedirects ? "1 RETRY_AFTER_TOO_LONG" : "1 NOT_IDEMPOTENT");
            rows.put(way + " POST /503-veto", "1 VETOED");
            rows.put(way + " POST /409-invited", "1 NOT_IDEMPOTENT");
        }
        return rows;
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "http-components", "jetty", "reactor"})
    void theAnswerCountsWhateverABlockingClientsAnswerIsMadeInto(String transport) {
        answers();
        app(YML).withPropertyValues("spring.http.clients.imperative.factory=" + transport)
                .run(context -> {
                    Caller caller = context.getBean(Caller.class);
                    Iterable<String> ways = context.getBean(Ways.class).blocking.keySet();
                    assertThat(rows(caller, Caller::plain, ways)).isEqualTo(expected(ways, true));
                });
    }

    @Test
    void soItDoesInAStage() {
        answers();
        app(YML).run(context -> {
            Caller caller = context.getBean(Caller.class);
            Iterable<String> ways = context.getBean(Ways.class).blocking.keySet();
            assertThat(rows(
                            caller,
                            (target, way, method, url) ->
                                    target.stage(way, method, url).join(),
                            ways))
                    .isEqualTo(expected(ways, true));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "http-components", "jetty", "reactor"})
    void soItDoesUnderAWebClient(String transport) {
        answers();
        app(YML).withPropertyValues("spring.http.clients.reactive.connector=" + transport)
                .run(context -> {
                    Caller caller = context.getBean(Caller.class);
                    Iterable<String> ways = context.getBean(Ways.class).reactive.keySet();
                    boolean tells = transport.equals("jetty") || transport.equals("reactor");
                    assertThat(rows(
                                    caller,
                                    (target, way, method, url) ->
                                            target.reactive(way, method, url).block(),
                                    ways))
                            .isEqualTo(expected(ways, tells));
                });
    }

    @Test
    void aTypeThatIsNamedWaitsAndIsVetoedToo() {
        answers();
        app(YML).run(context -> {
            Caller caller = context.getBean(Caller.class);
            for (String way : List.of("onStatus", "exchange", "ResponseErrorHandler", "without cause")) {
                assertThat(row(caller, Caller::named, way, HttpMethod.GET, "/503-after-2"))
                        .isEqualTo("3 EXHAUSTED");
                assertThat(row(caller, Caller::named, way, HttpMethod.POST, "/503-after-2"))
                        .isEqualTo("3 EXHAUSTED");
                assertThat(row(caller, Caller::named, way, HttpMethod.GET, "/404"))
                        .isEqualTo("3 EXHAUSTED");
                assertThat(row(caller, Caller::named, way, HttpMethod.GET, "/503-after-60"))
                        .isEqualTo("1 RETRY_AFTER_TOO_LONG");
                assertThat(row(caller, Caller::named, way, HttpMethod.GET, "/503-veto"))
                        .isEqualTo("1 VETOED");
            }
        });
    }

    @Test
    void whatAGuardHasGivenUpOnEndsTheMethodWhateverIsMadeOfIt() {
        answers();
        app(GUARDED).run(context -> {
            Caller caller = context.getBean(Caller.class);
            for (String way : List.of("interceptor", "onStatus", "exchange", "with cause", "without cause")) {
                assertThat(row(caller, Caller::plain, way, HttpMethod.GET, "/503-after-2"))
                        .isEqualTo("3 NESTED");
                assertThat(row(caller, Caller::plain, way, HttpMethod.GET, "/404"))
                        .isEqualTo("1 NOT_RETRYABLE");
                assertThat(row(caller, Caller::plain, way, HttpMethod.POST, "/503"))
                        .isEqualTo("1 NOT_IDEMPOTENT");
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "http-components", "reactor"})
    void anAnswerWhoseBodyIsCutIsTheAnswer(String transport) {
        for (String header : List.of("Retry-After: 2", "x-should-retry: false")) {
            server.on(
                    header.startsWith("R") ? "/cut-after-2" : "/cut-veto",
                    (request, connection) -> connection.write(
                            "HTTP/1.1 503 Status\r\nContent-Type: application/json\r\nContent-Length: 100\r\n" + header
                                    + "\r\nConnection: close\r\n\r\n{\"a\""));
        }
        app(YML).withPropertyValues(
                        "spring.http.clients.imperative.factory=" + transport,
                        "spring.http.clients.reactive.connector=" + transport)
                .run(context -> {
                    Caller caller = context.getBean(Caller.class);
                    String own = "the client's own exception";
                    assertThat(row(caller, Caller::plain, own, HttpMethod.GET, "/cut-after-2"))
                            .isEqualTo("3 EXHAUSTED");
                    assertThat(row(caller, Caller::plain, own, HttpMethod.GET, "/cut-veto"))
                            .isEqualTo("1 VETOED");
                    Sender reactive = (target, way, method, url) ->
                            target.reactive(way, method, url).block();
                    assertThat(row(caller, reactive, own, HttpMethod.GET, "/cut-after-2"))
                            .isEqualTo("3 EXHAUSTED");
                    assertThat(row(caller, reactive, own, HttpMethod.GET, "/cut-veto"))
                            .isEqualTo("1 VETOED");
                });
    }

    @Test
    void questionsForUnknownProductsLeaveACircuitAsItIsWhateverTheException() {
        answers();
        app(YML).run(context -> {
            Caller caller = context.getBean(Caller.class);
            for (String way : context.getBean(Ways.class).blocking.keySet()) {
                for (int i = 0; i < 25; i++) {
                    quietly(() -> caller.product(way, server.url("/404")));
                }
                assertThat(context.getBean(Retries.class).circuit("products").snapshot())
                        .satisfies(circuit -> {
                            assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
                            assertThat(circuit.failures()).isZero();
                        });
            }
            quietly(() -> caller.product("onStatus", server.url("/503")));
            assertThat(context.getBean(Retries.class)
                            .circuit("products")
                            .snapshot()
                            .failures())
                    .isEqualTo(1);
        });
    }

    @Test
    void whatFailsAfterAnAnswerThatWasHandledIsItsOwnMatter() {
        answers();
        server.on("/gone", (request, connection) -> connection.reset());
        app(YML).run(context -> {
            Caller caller = context.getBean(Caller.class);
            quietly(() -> caller.fallback(server.url("/404"), server.url("/gone")));
            quietly(() -> caller.fallback(server.url("/503-veto"), server.url("/404")));
            quietly(() -> caller.thenParses(server.url("/fine")));
        });
        assertThat(ended)
                .extracting(end -> end.attempts() + " " + end.reason())
                .containsExactly("3 EXHAUSTED", "1 NOT_RETRYABLE", "1 NOT_RETRYABLE");
    }

    /** 0 for none: the connection is cut. */
    @ParameterizedTest
    @CsvSource({
        "429, 429, 3 EXHAUSTED",
        "503, 429, 1 NOT_IDEMPOTENT",
        "429, 503, 1 NOT_IDEMPOTENT",
        "200, 429, 1 NOT_IDEMPOTENT",
        "0, 429, 1 NOT_IDEMPOTENT"
    })
    void aPostThatAnInterceptorSendsTwiceIsRepeatedOnlyIfBothWereRefused(int first, int second, String end) {
        server.on("/twice", (request, connection) -> {
            int status = server.requests("/twice").size() % 2 == 1 ? first : second;
            if (status == 0) {
                connection.reset();
            } else {
                connection.status(status);
            }
        });
        app(YML).run(context -> {
            RestClient twice = context.getBean(RestClient.Builder.class)
                    .requestInterceptor((request, body, execution) -> {
                        quietly(() -> failed(execution.execute(request, body)));
                        throw failed(execution.execute(request, body));
                    })
                    .build();
            context.getBean(Ways.class)
                    .blocking
                    .put(
                            "twice",
                            (method, url) ->
                                    twice.method(method).uri(url).retrieve().body(String.class));
            quietly(() -> context.getBean(Caller.class).plain("twice", HttpMethod.POST, server.url("/twice")));
        });
        assertThat(ended)
                .extracting(last -> last.attempts() + " " + last.reason())
                .containsExactly(end);
    }

    private static Own failed(ClientHttpResponse response) {
        response.close();
        throw new Own();
    }

    private static void quietly(ThrowingCallable call) {
        assertThat(catchThrowable(call)).isNotNull();
    }
}
