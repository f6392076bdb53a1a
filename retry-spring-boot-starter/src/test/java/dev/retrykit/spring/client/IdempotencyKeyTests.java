package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryEvent;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** What makes a POST one that can be sent again. Over real sockets. */
@Tag("server")
@ExtendWith(OutputCaptureExtension.class)
class IdempotencyKeyTests {

    private static final String UUID = "[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

    private static final String YML = """
            retrykit:
              policies:
                keyed: { budget: { unlimited: true }, idempotency-key: auto }
                plain: { budget: { unlimited: true } }
                trusting: { budget: { unlimited: true }, unsafe-methods: always }
                careful: { budget: { unlimited: true }, idempotency-key: auto, unsafe-methods: never }
                by-order: { budget: { unlimited: true }, idempotency-key: '#order' }
            spring.http.clients: { connect-timeout: 2s, read-timeout: 250ms }
            """;

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
    private FaultServer server;

    static class Payments {

        private final RestClient blocking;
        private final WebClient reactive;
        private final FaultServer server;

        Payments(RestClient.Builder blocking, WebClient.Builder reactive, FaultServer server) {
            this.blocking = blocking.build();
            this.reactive = reactive.build();
            this.server = server;
        }

        @Retryable("keyed")
        void keyed() {
            post("/pay");
        }

        @Retryable("keyed")
        Mono<Void> keyedLater() {
            return postLater("/pay");
        }

        @Retryable("keyed")
        void two() {
            post("/ok");
            post("/ok");
            post("/pay");
        }

        @Retryable("keyed")
        Mono<Void> twoLater() {
            return postLater("/ok").then(postLater("/ok")).then(postLater("/pay"));
        }

        @Retryable("plain")
        void plain() {
            post("/pay");
        }

        @Retryable("plain")
        void reads() {
            post("/ok");
            blocking.get().uri(server.url("/pay")).retrieve().toBodilessEntity();
        }

        @Retryable("trusting")
        void trusting() {
            post("/pay");
        }

        @Retryable("careful")
        void careful() {
            post("/pay");
        }

        @Retryable(value = "plain", idempotencyKey = "#order")
        void byArgument(String order) {
            post("/pay");
        }

        @Retryable("by-order")
        void byPolicy(String order) {
            post("/pay");
        }

        @Retryable(value = "plain", idempotencyKey = "auto")
        void besideAName() {
            post("/pay");
        }

        @Retryable(idempotencyKey = "auto")
        void ofItsOwn() {
            post("/pay");
        }

        @Retryable("plain")
        void withOwnHeader() {
            blocking.post()
                    .uri(server.url("/pay"))
                    .header("Idempotency-Key", "mine")
                    .body("1 EUR")
                    .retrieve()
                    .toBodilessEntity();
        }

        @Retryable("keyed")
        void withOwnHeaderToo() {
            withOwnHeader();
        }

        private void post(String path) {
            blocking.post().uri(server.url(path)).body("1 EUR").retrieve().toBodilessEntity();
        }

        private Mono<Void> postLater(String path) {
            return reactive.post()
                    .uri(server.url(path))
                    .bodyValue("1 EUR")
                    .retrieve()
                    .toBodilessEntity()
                    .then();
        }
    }

    /** The answers to payments are lost. */
    @BeforeEach
    void start() {
        server = new FaultServer().on("/pay", (request, connection) -> connection.reset());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private ApplicationContextRunner app() {
        return HttpApps.with(YML, ended)
                .withBean(FaultServer.class, () -> server, definition -> definition.setDestroyMethodName(""))
                .withBean(Payments.class);
    }

    /** A call of it fails. */
    private interface Call {
        void on(Payments payments);
    }

    private void fails(ApplicationContextRunner app, Call call) {
        app.run(context -> assertThat(catchThrowable(() -> call.on(context.getBean(Payments.class))))
                .isNotNull());
    }

    private List<String> keys(String path) {
        return server.requests(path).stream()
                .map(request -> request.headers().getOrDefault("idempotency-key", "none"))
                .toList();
    }

    @Test
    void onePaymentHasOneKeyOverAllAttempts() {
        fails(app(), Payments::keyed);
        fails(app(), payments -> payments.keyedLater().block());

        List<String> keys = keys("/pay");
        assertThat(keys).hasSize(6).doesNotContain("none");
        assertThat(keys.subList(0, 3)).containsOnly(keys.get(0));
        assertThat(keys.subList(3, 6)).containsOnly(keys.get(3)).doesNotContain(keys.get(0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoPaymentsOfACallHaveTwoKeys(boolean later) {
        fails(app(), later ? payments -> payments.twoLater().block() : Payments::two);

        List<String> keys = keys("/ok");
        assertThat(keys).hasSize(6);
        assertThat(keys.get(0)).isNotEqualTo(keys.get(1));
        assertThat(keys).containsExactly(keys.get(0), keys.get(1), keys.get(0), keys.get(1), keys.get(0), keys.get(1));
        assertThat(keys("/pay")).hasSize(3).containsOnly(keys("/pay").get(0)).doesNotContain(keys.get(0), keys.get(1));
    }

    @Test
    void withoutAKeyAPaymentThatTimedOutIsTriedOnceAndTheLogSaysHowToAllowMore(CapturedOutput output) {
        server.on("/pay", (request, connection) -> connection.hang());
        fails(app(), Payments::plain);

        assertThat(keys("/pay")).containsExactly("none");
        assertThat(output)
                .contains("Policy 'plain': NOT_IDEMPOTENT after 1 attempt in ")
                .contains("; POST " + server.url("/pay")
                        + " may have been executed, and is not sent again without an idempotency key. If the server"
                        + " supports idempotency keys, set"
                        + " retrykit.policies.plain.idempotency-key: auto; if a second request does no harm, set"
                        + " retrykit.policies.plain.unsafe-methods: always")
                .doesNotContain("classified by a request");
    }

    @Test
    void whateverFailsAfterAPaymentItIsNotPaidAgain() {
        server.on("/pay", (request, connection) -> connection.hang());
        fails(app(), Payments::reads);

        assertThat(server.requests("/ok")).hasSize(1);
        assertThat(server.requests("/pay")).hasSize(1);
    }

    @Test
    void thePolicyCanAllowMoreOrLess() {
        fails(app(), Payments::trusting);
        assertThat(server.requests("/pay")).hasSize(3);
        fails(app(), Payments::careful);
        assertThat(server.requests("/pay")).hasSize(4);
    }

    @Test
    void anArgumentGivesTheSameKeyToAnotherCall() {
        fails(app(), payments -> payments.byArgument("order-17"));
        fails(app(), payments -> payments.byPolicy("order-17"));
        fails(app(), payments -> payments.byPolicy("order-18"));

        List<String> keys = keys("/pay");
        assertThat(keys).hasSize(9);
        assertThat(keys.subList(0, 6)).containsOnly("e3ef220f-d571-508f-b9fb-713862dd4f24");
        assertThat(keys.subList(6, 9)).containsOnly(keys.get(6)).doesNotContain(keys.get(0));
    }

    @Test
    void noValueOfAnArgumentIsSent() {
        fails(app(), payments -> payments.byArgument("17\r\nX-Admin: yes"));
        fails(app(), payments -> payments.byArgument("\u00fcber, \"7\""));
        fails(app(), payments -> payments.byArgument("x".repeat(5000)));

        assertThat(keys("/pay")).hasSize(9).allMatch(key -> key.matches(UUID));
        assertThat(Set.copyOf(keys("/pay"))).hasSize(3);
        assertThat(server.requests("/pay"))
                .allSatisfy(request -> assertThat(request.headers()).doesNotContainKey("x-admin"));
    }

    @Test
    void aBlankOneIsNone() {
        app().run(context -> {
            Payments payments = context.getBean(Payments.class);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> payments.byArgument(" "))
                    .withMessageEndingWith("is blank, so the method was not called.");
        });

        assertThat(server.requests("/pay")).isEmpty();
    }

    @Test
    void theAnnotationCanAskForKeys() {
        fails(app(), Payments::besideAName);
        fails(app(), Payments::ofItsOwn);

        List<String> keys = keys("/pay");
        assertThat(keys).hasSize(6).doesNotContain("none");
        assertThat(keys.subList(0, 3)).containsOnly(keys.get(0));
        assertThat(keys.subList(3, 6)).containsOnly(keys.get(3));
    }

    /** Then no interceptor was added when the client was built: the innermost adds them, and sees conflicts with them. */
    @Test
    void theAnnotationAloneCanAskForKeys() {
        server.on("/pay", (request, connection) -> connection.status(409, "Retry-After: 1"));
        fails(
                HttpApps.with(YML.replaceAll(", idempotency-key: [^ ,}]+", ""), ended)
                        .withBean(FaultServer.class, () -> server, definition -> definition.setDestroyMethodName(""))
                        .withBean(Payments.class),
                Payments::besideAName);

        assertThat(keys("/pay"))
                .hasSize(3)
                .doesNotContain("none")
                .containsOnly(keys("/pay").get(0));
    }

    @Test
    void clientsThatAreLeftAloneSendNoKeysAndTellNothing() {
        fails(app().withPropertyValues("retrykit.http.clients=none"), Payments::keyed);

        assertThat(keys("/pay")).containsExactly("none", "none", "none");
    }

    @Test
    void theCallersOwnHeaderWins() {
        fails(app(), Payments::withOwnHeader);
        fails(app(), Payments::withOwnHeaderToo);

        assertThat(keys("/pay")).hasSize(6).containsOnly("mine");
    }

    @Test
    void nameAndQuotesCanBeChosen() {
        fails(
                app().withPropertyValues(
                                "retrykit.http.idempotency-key.name=X-Request-Key",
                                "retrykit.http.idempotency-key.quoted=true"),
                payments -> payments.byArgument("17"));

        assertThat(server.requests("/pay"))
                .hasSize(3)
                .allSatisfy(request ->
                        assertThat(request.headers().get("x-request-key")).matches("\"" + UUID + "\""));
    }

    @Test
    void theKeyIsThereBeforeOthersSignTheRequest() {
        fails(
                app().withBean(
                                RestClientCustomizer.class,
                                () -> builder -> builder.requestInterceptor((request, body, execution) -> {
                                    request.getHeaders()
                                            .set(
                                                    "X-Signed",
                                                    request.getHeaders().getFirst("Idempotency-Key"));
                                    return execution.execute(request, body);
                                })),
                Payments::keyed);

        assertThat(server.requests("/pay"))
                .hasSize(3)
                .allSatisfy(request -> assertThat(request.headers().get("x-signed"))
                        .isEqualTo(request.headers().get("idempotency-key")));
    }

    @Test
    void aHeaderNameThatIsNoneFailsTheStart() {
        HttpApps.with("retrykit.http.idempotency-key.name: 'Idempotency Key'", ended)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageStartingWith("'retrykit.http.idempotency-key.name' = 'Idempotency Key' (")
                        .hasMessageEndingWith("): it must be a valid header name."));
    }
}
