package dev.retrykit.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.circuit.CircuitState;
import dev.retrykit.spring.client.FaultServer;
import dev.retrykit.spring.registry.Retries;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;

/** Services that ask each other over real sockets, A B and B C: only one layer retries, and none for longer than the first. */
@Tag("process")
class ChainTests {

    private static final Map<String, Object> TRUSTING =
            Map.of("retrykit.http.trust[0]", "127.0.0.0/8", "retrykit.http.propagate", "127.0.0.1, localhost");

    private final HttpClient client = HttpClient.newHttpClient();
    private FaultServer c;

    @BeforeEach
    void start() {
        c = new FaultServer().on("/ask", (request, connection) -> connection.status(503));
    }

    @AfterEach
    void stop() throws IOException {
        c.close();
    }

    private HttpResponse<String> get(String url, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @CsvSource({"SERVLET, SERVLET", "SERVLET, REACTIVE", "REACTIVE, SERVLET", "REACTIVE, REACTIVE"})
    void theLastServiceSeesThreeRequestsAndNotTwentySeven(WebApplicationType typeOfA, WebApplicationType typeOfB)
            throws Exception {
        try (Node b = Node.start(typeOfB, c.url(""), Map.of());
                Node a = Node.start(typeOfA, b.url(""), Map.of());
                Node front = Node.start(typeOfA, a.url(""), Map.of())) {
            HttpResponse<String> answer = get(front.url("/ask"));

            assertThat(c.requests("/ask")).hasSize(3);
            assertThat(b.handled()).isOne();
            assertThat(a.handled()).isOne();
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
            assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
            assertThat(answer.body())
                    .isEqualTo(
                            "{\"type\":\"about:blank\",\"title\":\"Bad Gateway\",\"status\":502,"
                                    + "\"detail\":\"Do not retry this request: this service has handled the failure as far as it can.\"}");
        }
    }

    @ParameterizedTest
    @CsvSource({"SERVLET, SERVLET", "SERVLET, REACTIVE", "REACTIVE, SERVLET", "REACTIVE, REACTIVE"})
    void whoIsAskedHasNoMoreTimeThanWhoAsks(WebApplicationType typeOfA, WebApplicationType typeOfB) throws Exception {
        try (Node b = Node.start(typeOfB, c.url(""), TRUSTING);
                Node a = Node.start(typeOfA, b.url(""), TRUSTING)) {
            get(a.url("/ask")); // the first request of a service may take longer than that
            int before = c.requests("/ask").size();
            int beforeB = b.timesLeft().size();
            int beforeA = a.timesLeft().size();
            get(a.url("/ask"), "Request-Timeout-Ms", "200");

            List<Duration> leftOfA =
                    a.timesLeft().subList(beforeA, a.timesLeft().size());
            assertThat(leftOfA).isNotEmpty().allMatch(left -> left.compareTo(Duration.ofMillis(200)) <= 0);
            assertThat(b.timesLeft().subList(beforeB, b.timesLeft().size()))
                    .isNotEmpty()
                    .allMatch(left -> left.compareTo(leftOfA.get(0)) <= 0);
            List<FaultServer.Request> asked = c.requests("/ask");
            assertThat(asked.subList(before, asked.size())).isNotEmpty().allSatisfy(request -> {
                assertThat(Integer.parseInt(request.headers().get("request-timeout-ms")))
                        .isBetween(0, 200);
                assertThat(request.headers().get("retry-attempt")).isIn("1", "2", "3");
            });
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = WebApplicationType.class,
            names = {"SERVLET", "REACTIVE"})
    void aDeadlineThatIsPastIsAnsweredWithoutEnteringTheHandler(WebApplicationType type) throws Exception {
        try (Node b = Node.start(type, c.url(""), TRUSTING)) {
            for (String[] header : new String[][] {
                {"Request-Timeout-Ms", "0"}, {"grpc-timeout", "0m"}, {"x-envoy-expected-rq-timeout-ms", "-5"}
            }) {
                HttpResponse<String> answer = get(b.url("/ask"), header);
                assertThat(answer.statusCode()).isEqualTo(504);
                assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
                assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
            }
            assertThat(b.handled()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = WebApplicationType.class,
            names = {"SERVLET", "REACTIVE"})
    void aStrangersDeadlineIsNotBelieved(WebApplicationType type) throws Exception {
        Map<String, Object> others = Map.of("retrykit.http.trust[0]", "10.0.0.0/8");
        try (Node b = Node.start(type, c.url(""), others);
                Node nobody = Node.start(type, c.url(""), Map.of())) {
            assertThat(get(b.url("/ask"), "Request-Timeout-Ms", "0").statusCode())
                    .isEqualTo(502);
            assertThat(get(nobody.url("/ask"), "Request-Timeout-Ms", "0").statusCode())
                    .isEqualTo(502);
            assertThat(b.timesLeft()).hasSize(3);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = WebApplicationType.class,
            names = {"SERVLET", "REACTIVE"})
    void aSpentTimeBudgetIsATimeoutOfTheGateway(WebApplicationType type) throws Exception {
        try (Node b = Node.start(
                type,
                c.url(""),
                Map.of(
                        "retrykit.policies.downstream.budget.time",
                        "50ms",
                        "retrykit.policies.downstream.backoff.delay",
                        "60ms",
                        "retrykit.policies.downstream.jitter",
                        "none"))) {
            for (String path : new String[] {"/ask", "/later"}) {
                HttpResponse<String> answer = get(b.url(path));
                assertThat(answer.statusCode()).isEqualTo(504);
                assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = WebApplicationType.class,
            names = {"SERVLET", "REACTIVE"})
    void anOpenCircuitSaysWhenToComeBackAndAForcedOneNotTo(WebApplicationType type) throws Exception {
        try (Node b = Node.start(type, c.url(""), Map.of("retrykit.circuits.downstream.open.duration", "30s"))) {
            var circuit = b.bean(Retries.class).circuit("downstream");
            circuit.forceOpen();
            HttpResponse<String> forced = get(b.url("/ask"));
            assertThat(forced.statusCode()).isEqualTo(503);
            assertThat(forced.headers().firstValue("retry-after")).isEmpty();
            assertThat(forced.headers().firstValue("x-should-retry")).contains("false");

            circuit.reset();
            while (circuit.state() != CircuitState.OPEN) {
                get(b.url("/ask"));
            }
            HttpResponse<String> open = get(b.url("/ask"));
            assertThat(open.statusCode()).isEqualTo(503);
            assertThat(Integer.parseInt(open.headers().firstValue("retry-after").orElseThrow()))
                    .isBetween(1, 45);
            assertThat(open.headers().firstValue("x-should-retry")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = WebApplicationType.class,
            names = {"SERVLET", "REACTIVE"})
    void whatTheApplicationMapsKeepsItsStatusAndWhatNoPolicyGaveUpOnIsLeftAlone(WebApplicationType type)
            throws Exception {
        try (Node b = Node.start(type, c.url(""), Map.of());
                Node off = Node.start(type, c.url(""), Map.of("retrykit.http.server.enabled", "false"))) {
            HttpResponse<String> mapped = get(b.url("/mapped"));
            assertThat(mapped.statusCode()).isEqualTo(507);
            assertThat(mapped.headers().firstValue("x-should-retry")).contains("false");
            assertThat(get(b.url("/status")).statusCode()).isEqualTo(423);

            HttpResponse<String> permanent = get(b.url("/permanent"));
            assertThat(permanent.statusCode()).isEqualTo(500);
            assertThat(permanent.headers().firstValue("x-should-retry")).isEmpty();

            HttpResponse<String> untouched = get(off.url("/ask"));
            assertThat(untouched.statusCode()).isEqualTo(500);
            assertThat(untouched.headers().firstValue("x-should-retry")).isEmpty();
        }
    }
}
