package dev.retrykit.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.ChildJvm;
import dev.retrykit.spring.client.FaultServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;

/** Who is believed behind proxies: the peer, or what the container makes of a header. Over real sockets. */
@Tag("server")
class DeadlinePeerTests {

    private static final int BELIEVED = 504;
    private static final int NOT_BELIEVED = 502;

    private FaultServer downstream;

    @BeforeEach
    void start() {
        downstream = new FaultServer().on("/ask", (request, connection) -> connection.status(503));
    }

    @AfterEach
    void stop() throws IOException {
        downstream.close();
    }

    private static int status(Node node, String... headers) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(node.url("/ask")))
                .headers(headers)
                .header("Request-Timeout-Ms", "0")
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    private Node node(WebApplicationType type, String strategy, String trusted) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("retrykit.http.trust[0]", trusted);
        settings.put("server.forward-headers-strategy", strategy);
        return Node.start(type, downstream.url(""), settings);
    }

    @ParameterizedTest
    @CsvSource({
        "SERVLET, framework",
        "SERVLET, none",
        "REACTIVE, framework",
        "REACTIVE, none",
    })
    void aHeaderMakesNobodyTrusted(WebApplicationType type, String strategy) throws Exception {
        try (Node node = node(type, strategy, "10.0.0.0/8")) {
            assertThat(status(node, "X-Forwarded-For", "10.1.1.1")).isEqualTo(NOT_BELIEVED);
            assertThat(status(node, "Forwarded", "for=10.1.1.1")).isEqualTo(NOT_BELIEVED);
            assertThat(status(node, "X-Forwarded-For", "999.999.999.999")).isEqualTo(NOT_BELIEVED);
        }
    }

    @ParameterizedTest
    @CsvSource({"SERVLET, framework", "SERVLET, none", "REACTIVE, framework", "REACTIVE, none"})
    void aTrustedPeerIsBelievedForWhomeverItForwards(WebApplicationType type, String strategy) throws Exception {
        try (Node node = node(type, strategy, "127.0.0.0/8")) {
            assertThat(status(node, "X-Forwarded-For", "203.0.113.9")).isEqualTo(BELIEVED);
            assertThat(status(node, "Forwarded", "for=203.0.113.9;proto=https")).isEqualTo(BELIEVED);
            assertThat(status(node, "X-Forwarded-For", "unknown")).isEqualTo(BELIEVED);
        }
    }

    @ParameterizedTest
    @CsvSource({"SERVLET", "REACTIVE"})
    void whatTheContainerResolvesCounts(WebApplicationType type) throws Exception {
        try (Node node = node(type, "native", "10.0.0.0/8")) {
            assertThat(status(node, "X-Forwarded-For", "10.1.1.1")).isEqualTo(BELIEVED);
            assertThat(status(node, "X-Forwarded-For", "203.0.113.9")).isEqualTo(NOT_BELIEVED);
            assertThat(status(node, "X-Forwarded-For", "999.999.999.999")).isEqualTo(NOT_BELIEVED);
        }
    }

    private static final List<String> SERVERS =
            List.of("SERVLET framework", "SERVLET native", "REACTIVE framework", "REACTIVE native");

    /** Its hosts file says that the name is a trusted address. */
    @Tag("process")
    @Test
    void noNameIsLookedUp(@TempDir Path directory) throws Exception {
        Path hosts = Files.writeString(
                directory.resolve("hosts"),
                "127.0.0.1 localhost\n10.9.9.9 999.999.999.999\n10.9.9.9 trusted.example\n",
                StandardCharsets.UTF_8);
        String said = ChildJvm.run(Asked.class, List.of("-Djdk.net.hosts.file=" + hosts), downstream.url(""));
        assertThat(said).contains("999.999.999.999 is looked up as 10.9.9.9");
        assertThat(SERVERS).allSatisfy(server -> assertThat(said).contains(server + ": [502, 502, 502]"));
    }

    /** The process. */
    static final class Asked {

        private Asked() {}

        public static void main(String[] arguments) throws Exception {
            System.out.println("999.999.999.999 is looked up as "
                    + java.net.InetAddress.getByName("999.999.999.999").getHostAddress());
            for (String server : SERVERS) {
                String[] typeAndStrategy = server.split(" ");
                Map<String, Object> settings = Map.of(
                        "retrykit.http.trust[0]", "10.0.0.0/8", "server.forward-headers-strategy", typeAndStrategy[1]);
                try (Node node = Node.start(WebApplicationType.valueOf(typeAndStrategy[0]), arguments[0], settings)) {
                    System.out.println(server + ": "
                            + List.of(
                                    status(node, "X-Forwarded-For", "999.999.999.999"),
                                    status(node, "X-Forwarded-For", "trusted.example"),
                                    status(node, "Forwarded", "for=trusted.example")));
                }
            }
        }
    }
}
