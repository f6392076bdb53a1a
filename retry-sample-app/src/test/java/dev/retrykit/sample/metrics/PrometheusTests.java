package dev.retrykit.sample.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.jayway.jsonpath.JsonPath;
import dev.retrykit.sample.Shop;
import dev.retrykit.sample.ShopTest;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;

/** With Prometheus itself, which scrapes the shop and is asked each query. Without one the tests are skipped, and say so. */
@Tag("server")
@ShopTest
@DirtiesContext
class PrometheusTests {

    @Autowired
    private Shop shop;

    @LocalServerPort
    private int port;

    @TempDir
    private Path folder;

    private static void assumeThereIs(String program) {
        assumeTrue(new File(program).canExecute(), program + " isn't here: nothing is tried in Prometheus itself");
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void promtoolAcceptsTheAlertsAndTheyFireWhenTheyShould() throws Exception {
        assumeThereIs("/usr/bin/promtool");
        assertThat(run("/usr/bin/promtool", "check", "rules", Queries.ALERTS.toString()))
                .contains("SUCCESS: 7 rules found");
        assertThat(run("/usr/bin/promtool", "test", "rules", "src/test/resources/prometheus/alerts-tests.yml"))
                .contains("SUCCESS");
    }

    @Test
    void eachQueryRunsAgainstTheShop() throws Exception {
        assumeThereIs("/usr/bin/prometheus");
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        Path config = Files.writeString(folder.resolve("prometheus.yml"), """
                global: { scrape_interval: 1s, evaluation_interval: 1s }
                rule_files: [ %s ]
                scrape_configs:
                  - job_name: shop
                    metrics_path: /actuator/prometheus
                    static_configs: [ { targets: [ "localhost:%d" ] } ]
                """.formatted(
                        Queries.ALERTS.toAbsolutePath().normalize(), port));
        Process prometheus = new ProcessBuilder(
                        "/usr/bin/prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + free)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        try {
            trafficUntilScraped(free);
            for (String query : Queries.all()) {
                assertThat(answer(free, query)).as(query).contains("\"status\":\"success\"");
            }
            List<String> empty = Queries.dashboard().stream()
                    .filter(query -> results(free, query) == 0)
                    .toList();
            assertThat(empty).as("queries of the dashboard without an answer").isEmpty();
        } finally {
            prometheus.destroy();
            assertThat(prometheus.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Rates need two scrapes with traffic between them. */
    private void trafficUntilScraped(int prometheus) throws Exception {
        long until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (results(
                        prometheus,
                        "rate(retrykit_calls_seconds_count{policy=\"inventory\",outcome=\"success\"}[1m]) > 0")
                == 0) {
            assertThat(System.nanoTime())
                    .as("nothing was scraped: " + Files.readString(folder.resolve("log")))
                    .isLessThan(until);
            shop.get("/orders/apple");
        }
    }

    private static int results(int prometheus, String query) {
        try {
            String answer = answer(prometheus, query);
            return answer.startsWith("{")
                    ? JsonPath.<List<?>>read(answer, "$.data.result").size()
                    : 0;
        } catch (IOException notYet) {
            return 0;
        }
    }

    private static String answer(int prometheus, String query) throws IOException {
        URI uri = URI.create("http://127.0.0.1:" + prometheus + "/api/v1/query?query="
                + URLEncoder.encode(query, StandardCharsets.UTF_8));
        try {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .body();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }
}
