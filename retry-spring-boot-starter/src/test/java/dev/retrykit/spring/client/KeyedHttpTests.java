package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.RetryContext;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.RequestMismatchException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.MediaType;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Which requests of two attempts are the same, and what becomes of those that aren't. Over real sockets. */
@Tag("server")
@ExtendWith(OutputCaptureExtension.class)
class KeyedHttpTests {

    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private static final String YML = """
            retrykit:
              policies:
                p: { budget: { unlimited: true } }
            """;

    private static final String GUARD = """
            retrykit.policies.keyed: { budget: { unlimited: true }, idempotency-key: auto }
            retrykit.http.guards: [ { host: localhost, policy: keyed } ]
            """;

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> seen = new ConcurrentHashMap<>();
    private final FaultServer server = new FaultServer();

    /** A request with a body, to a path. */
    interface Bank {
        @PostExchange("/pay")
        String pay(@RequestBody String body);
    }

    /** What a method does in its n-th attempt. */
    @FunctionalInterface
    interface Steps {
        void run(Clients clients, int attempt) throws Exception;
    }

    /** As {@link Steps}. */
    @FunctionalInterface
    interface ReactiveSteps {
        Mono<?> run(Clients clients, int attempt);
    }

    static class Clients {

        private final RestClient blocking;
        private final RestTemplate template;
        private final WebClient reactive;
        private final Bank bank;
        private final FaultServer server;

        Clients(
                RestClient.Builder blocking,
                RestTemplateBuilder template,
                WebClient.Builder reactive,
                FaultServer server) {
            this.blocking = blocking.baseUrl(server.url("")).build();
            this.template = template.build();
            this.reactive = reactive.build();
            this.bank = HttpServiceProxyFactory.builderFor(RestClientAdapter.create(this.blocking))
                    .build()
                    .createClient(Bank.class);
            this.server = server;
        }

        void post(String path, Object body) {
            postTo(server.url(path), body);
        }

        void postTo(String url, Object body) {
            blocking.post().uri(url).body(body).retrieve().toBodilessEntity();
        }

        Mono<Void> postLater(String path, String body) {
            return reactive.post()
                    .uri(server.url(path))
                    .bodyValue(body)
                    .retrieve()
                    .toBodilessEntity()
                    .then();
        }
    }

    static class Service {

        private final Clients clients;

        Service(Clients clients) {
            this.clients = clients;
        }

        @Retryable(value = "p", idempotencyKey = "auto")
        void auto(Steps steps) throws Exception {
            steps.run(clients, attempt());
        }

        @Retryable(value = "p", idempotencyKey = "#id")
        void byId(String id, Steps steps) throws Exception {
            steps.run(clients, attempt());
        }

        @Retryable("p")
        void plain(Steps steps) throws Exception {
            steps.run(clients, attempt());
        }

        void outside(Steps steps) throws Exception {
            steps.run(clients, 1);
        }

        @Retryable(value = "p", idempotencyKey = "auto")
        Mono<?> autoLater(ReactiveSteps steps) {
            return steps.run(clients, attempt());
        }

        private static int attempt() {
            return RetryContext.current().orElseThrow().attempt();
        }
    }

    @FunctionalInterface
    private interface Call {
        void on(Service service) throws Exception;
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    /** Runs a call, and gives what it throws. */
    private Throwable run(Call call, String... yml) {
        Throwable[] thrown = new Throwable[1];
        HttpApps.with(
                        String.join(
                                "\n",
                                Stream.concat(Stream.of(YML), Stream.of(yml)).toList()),
                        ended)
                .withBean(FaultServer.class, () -> server, definition -> definition.setDestroyMethodName(""))
                .withBean(Clients.class)
                .withBean(Service.class)
                .run(context -> thrown[0] = catchThrowable(() -> call.on(context.getBean(Service.class))));
        return thrown[0];
    }

    /** The first requests to a path with a body fail. */
    private void fail(int times, String path, String body) {
        server.on(path, (request, connection) -> {
            int count = request.body().equals(body) ? seen.merge(path + body, 1, Integer::sum) : times + 1;
            connection.status(count <= times ? 500 : 200);
        });
    }

    private void failOnce(String path) {
        server.on(path, (request, connection) -> connection.status(seen.merge(path, 1, Integer::sum) == 1 ? 500 : 200));
    }

    private String key(String path, int index) {
        return server.requests(path).get(index).headers().getOrDefault("idempotency-key", "none");
    }

    private List<String> keys(String path) {
        return server.requests(path).stream()
                .map(request -> request.headers().getOrDefault("idempotency-key", "none"))
                .toList();
    }

    private StopReason reason() {
        return ended.get(ended.size() - 1).reason();
    }

    @Test
    void theQueryMayChange() {
        failOnce("/pay?ts=1");

        assertThat(run(service -> service.auto((clients, attempt) -> clients.post("/pay?ts=" + attempt, "1 EUR"))))
                .isNull();

        assertThat(key("/pay?ts=1", 0)).matches(UUID).isEqualTo(key("/pay?ts=2", 0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theHostMayChange(boolean byId) {
        failOnce("/pay");
        Steps steps = (clients, attempt) -> clients.postTo(
                attempt == 1 ? server.url("/pay") : "http://127.0.0.1:" + server.port() + "/pay", "1 EUR");

        assertThat(run(service -> {
                    if (byId) {
                        service.byId("order-17", steps);
                    } else {
                        service.auto(steps);
                    }
                }))
                .isNull();

        assertThat(keys("/pay")).hasSize(2).containsOnly(key("/pay", 0));
        assertThat(server.requests("/pay").get(0).headers().get("host"))
                .isNotEqualTo(server.requests("/pay").get(1).headers().get("host"));
        if (byId) {
            assertThat(key("/pay", 0)).isEqualTo("e3ef220f-d571-508f-b9fb-713862dd4f24");
        }
    }

    /** The first one is done: the next attempt knows that, and leaves it out. */
    @Test
    void aStepThatIsSkippedGivesItsKeyToNoOther() {
        fail(1, "/pay", "B");

        assertThat(run(service -> service.auto((clients, attempt) -> {
                    if (attempt == 1) {
                        clients.post("/pay", "A");
                    }
                    clients.post("/pay", "B");
                    clients.post("/confirm", "A and B");
                })))
                .isNull();

        List<String> keys = keys("/pay");
        assertThat(keys).hasSize(3);
        assertThat(keys.get(1)).isEqualTo(keys.get(2)).isNotEqualTo(keys.get(0));
        assertThat(keys("/confirm")).hasSize(1).doesNotContainAnyElementsOf(keys);
    }

    @Test
    void aStepOnAnotherPathKeepsItsKeyIfOneIsSkipped() {
        failOnce("/b");

        assertThat(run(service -> service.auto((clients, attempt) -> {
                    if (attempt == 1) {
                        clients.post("/a", "1 EUR");
                    }
                    clients.post("/b", "1 EUR");
                })))
                .isNull();

        assertThat(keys("/b")).hasSize(2).containsOnly(key("/b", 0)).doesNotContain(key("/a", 0));
    }

    @Test
    void aMethodThatComesFurtherInItsNextAttemptGoesOn() {
        failOnce("/b");

        assertThat(run(service -> service.auto((clients, attempt) -> {
                    clients.post("/a", "1 EUR");
                    clients.post("/b", "1 EUR");
                    clients.post("/a", "2 EUR");
                    clients.post("/c", "1 EUR");
                })))
                .isNull();

        assertThat(keys("/a")).hasSize(3);
        assertThat(key("/a", 0)).isEqualTo(key("/a", 1)).isNotEqualTo(key("/a", 2));
        assertThat(keys("/c")).hasSize(1);
    }

    @Test
    void aPathThatIsMadeInEachAttemptIsNotSentAgain(CapturedOutput output) {
        failOnce("/pay/1?secret=hunter2");

        Throwable failure = run(service ->
                service.auto((clients, attempt) -> clients.post("/pay/" + attempt + "?secret=hunter2", "1 EUR")));

        assertThat(failure).isInstanceOf(RequestMismatchException.class);
        assertThat(reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
        assertThat(server.requests("/pay/2?secret=hunter2")).isEmpty();
        assertThat(output)
                .contains("NOT_IDEMPOTENT after 2 attempts in ")
                .contains(
                        "RequestMismatchException: POST /pay/2 was not sent: an earlier attempt sent POST /pay/1, which"
                                + " this attempt has not repeated")
                .contains("POST /pay/1 may have been executed. Create the parts of paths, bodies and keys before"
                        + " the retried method is called")
                .contains("retrykit.policies.p.unsafe-methods: always")
                .doesNotContain("hunter2");
    }

    @Test
    void aBodyThatIsMadeInEachAttemptIsSentAgainAfterAFailure() {
        failOnce("/pay");

        assertThat(run(service -> service.auto((clients, attempt) -> clients.post("/pay", "at " + attempt))))
                .isNull();
        assertThat(keys("/pay")).hasSize(2).containsOnly(key("/pay", 0));
    }

    /** What was paid isn't asked to be paid under the same key with another amount. */
    @Test
    void anotherBodyIsNotSentUnderTheKeyOfOneThatWasCarriedOut() {
        failOnce("/get");

        Throwable failure = run(service -> service.auto((clients, attempt) -> {
            clients.post("/pay", attempt == 1 ? "A" : "B");
            clients.blocking.get().uri(server.url("/get")).retrieve().toBodilessEntity();
        }));

        assertThat(failure).isInstanceOf(RequestMismatchException.class);
        assertThat(server.requests("/pay")).hasSize(1);
        assertThat(reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
    }

    @Test
    void multipartBodiesAreNotToldApartByTheirSeparators() {
        failOnce("/get");

        assertThat(run(service -> service.auto((clients, attempt) -> {
                    MultipartBodyBuilder parts = new MultipartBodyBuilder();
                    parts.part("name", "value");
                    clients.blocking
                            .post()
                            .uri(server.url("/pay"))
                            .contentType(MediaType.MULTIPART_FORM_DATA)
                            .body(parts.build())
                            .retrieve()
                            .toBodilessEntity();
                    clients.blocking.get().uri(server.url("/get")).retrieve().toBodilessEntity();
                })))
                .isNull();

        assertThat(keys("/pay")).hasSize(2).containsOnly(key("/pay", 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", GUARD})
    void severalAtTheSameTimeAreToldApartByTheirBodies(String guard) {
        fail(1, "/get", "");
        CountDownLatch both = new CountDownLatch(4);
        server.on("/pay", (request, connection) -> {
            both.countDown();
            connection.status(200);
        });

        assertThat(run(
                        service -> service.auto((clients, attempt) -> {
                            RetryContext context = RetryContext.current().orElseThrow();
                            List<String> bodies = attempt == 1 ? List.of("A", "B") : List.of("B", "A");
                            List<Thread> threads = bodies.stream()
                                    .map(body -> new Thread(() -> context.call(() -> {
                                        clients.post("/pay", body);
                                        return null;
                                    })))
                                    .toList();
                            threads.forEach(Thread::start);
                            for (Thread thread : threads) {
                                thread.join();
                            }
                            clients.blocking
                                    .get()
                                    .uri(unguarded("/get"))
                                    .retrieve()
                                    .toBodilessEntity();
                        }),
                        guard))
                .isNull();

        assertThat(server.requests("/pay")).hasSize(4);
        assertThat(server.requests("/pay").stream()
                        .map(request -> request.body() + request.headers().get("idempotency-key"))
                        .distinct())
                .hasSize(2);
    }

    /** A body of a {@code WebClient} is made when it is sent. */
    @ParameterizedTest
    @ValueSource(strings = {"", GUARD})
    void severalAtTheSameTimeAreNotSentAgainIfTheirBodiesArentKnown(String guard, CapturedOutput output) {
        CountDownLatch both = new CountDownLatch(2);
        server.on("/pay", (request, connection) -> {
            both.countDown();
            try {
                both.await();
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
            connection.status(request.body().equals("A") ? 400 : 200);
        });
        fail(1, "/get", "");

        Throwable failure = run(
                service -> service.autoLater((clients, attempt) -> Flux.just("A", "B")
                                .flatMap(body -> clients.postLater("/pay", body).onErrorResume(bad -> Mono.empty()))
                                .then(clients.reactive
                                        .get()
                                        .uri(unguarded("/get"))
                                        .retrieve()
                                        .toBodilessEntity()))
                        .block(),
                guard);

        assertThat(failure).isNotNull();
        assertThat(server.requests("/pay")).hasSize(2);
        assertThat(reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
        assertThat(output)
                .contains("POST /pay was sent several times concurrently, so it is unknown which request has which"
                        + " idempotency key, and none is sent again. Send them one after the other");
    }

    @Test
    void severalPathsAtTheSameTimeAreSentAgain() {
        failOnce("/b");

        assertThat(run(service -> service.autoLater((clients, attempt) -> Flux.just("/a", "/b", "/c")
                                .flatMap(path -> clients.postLater(path, "1 EUR"))
                                .then())
                        .block()))
                .isNull();

        assertThat(keys("/b")).hasSize(2).containsOnly(key("/b", 0));
    }

    @Test
    void oneAfterTheOtherIsNotAtTheSameTime() {
        fail(1, "/pay", "B");

        assertThat(run(service -> service.autoLater((clients, attempt) -> Flux.just("A", "B", "C")
                                .concatMap(body -> clients.postLater("/pay", body))
                                .then())
                        .block()))
                .isNull();

        List<String> keys = keys("/pay");
        assertThat(keys).hasSize(5);
        assertThat(keys.subList(2, 4)).isEqualTo(keys.subList(0, 2));
        assertThat(keys.subList(2, 5)).doesNotHaveDuplicates();
    }

    /** The method around is retried for another reason, and its guard's request goes with the same key. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRetryAroundAGuardRepeatsTheGuardsKey(boolean later) {
        failOnce("/get");

        assertThat(run(
                        service -> service.plain((clients, attempt) -> {
                            if (later) {
                                clients.postLater("/pay", "1 EUR").block();
                            } else {
                                clients.post("/pay", "1 EUR");
                            }
                            clients.blocking
                                    .get()
                                    .uri(unguarded("/get"))
                                    .retrieve()
                                    .toBodilessEntity();
                        }),
                        GUARD))
                .isNull();

        assertThat(keys("/pay")).hasSize(2).containsOnly(key("/pay", 0)).doesNotContain("none");
    }

    @Test
    void aGuardsKeysAreForItsHostsAlone() {
        failOnce("/get");

        assertThat(run(
                        service -> service.plain((clients, attempt) -> {
                            clients.post("/pay", "1 EUR");
                            clients.postTo(unguarded("/other"), "1 EUR");
                            clients.blocking
                                    .get()
                                    .uri(unguarded("/get"))
                                    .retrieve()
                                    .toBodilessEntity();
                        }),
                        GUARD))
                .isNotNull();

        assertThat(keys("/pay")).hasSize(1).doesNotContain("none");
        assertThat(keys("/other")).containsExactly("none");
    }

    private String unguarded(String path) {
        return "http://127.0.0.1:" + server.port() + path;
    }

    /** A new one for each attempt would be none. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aKeyOfTheCallersThatIsMadeInEachAttemptIsNotSentAgain(boolean later, CapturedOutput output) {
        failOnce("/pay");

        Throwable failure = run(service -> service.plain((clients, attempt) -> {
            if (later) {
                clients.reactive
                        .post()
                        .uri(server.url("/pay"))
                        .header("Idempotency-Key", "mine-" + attempt)
                        .retrieve()
                        .toBodilessEntity()
                        .block();
            } else {
                clients.blocking
                        .post()
                        .uri(server.url("/pay"))
                        .header("Idempotency-Key", "mine-" + attempt)
                        .retrieve()
                        .toBodilessEntity();
            }
        }));

        assertThat(failure).isInstanceOf(RequestMismatchException.class);
        assertThat(keys("/pay")).containsExactly("mine-1");
        assertThat(reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
        assertThat(output).doesNotContain("mine-");
    }

    /** Mangopay takes 36 characters, Adyen 64; those who want quotes take 38. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keysAreShort(boolean quoted) {
        server.on("/pay", (request, connection) -> connection.status(500));
        List<String> ids = List.of("17", "x".repeat(1000), "17\r\nX-Admin: yes", "\u00fcber, \"7\"", "\ud800", "a'b;c");
        List<Steps> ways = List.of(
                (clients, attempt) -> clients.post("/pay", "1 EUR"),
                (clients, attempt) -> clients.template.postForObject(server.url("/pay"), "1 EUR", String.class),
                (clients, attempt) -> clients.postLater("/pay", "1 EUR").block(),
                (clients, attempt) -> clients.bank.pay("1 EUR"));
        String quotes = "retrykit.http.idempotency-key.quoted: " + quoted;

        run(
                service -> {
                    for (Steps way : ways) {
                        assertThat(catchThrowable(() -> service.auto(way))).isNotNull();
                        for (String id : ids) {
                            assertThat(catchThrowable(() -> service.byId(id, way)))
                                    .isNotNull();
                        }
                    }
                },
                quotes);
        assertThat(server.requests("/pay")).hasSize(ways.size() * (1 + ids.size()) * 3);
        run(
                service -> {
                    for (Steps way : ways) {
                        assertThat(catchThrowable(() -> service.outside(way))).isNotNull();
                    }
                },
                quotes,
                GUARD);

        assertThat(server.requests("/pay")).hasSize(ways.size() * (2 + ids.size()) * 3);
        assertThat(keys("/pay")).allMatch(key -> key.matches(quoted ? "\"" + UUID + "\"" : UUID));
        assertThat(keys("/pay").stream().distinct()).hasSize(2 * ways.size() + ids.size());
    }
}
