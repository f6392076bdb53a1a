package dev.retrykit.sample.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.sample.LoadedDice;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultyServiceTests {

    private final HttpClient http = HttpClient.newHttpClient();
    private final LoadedDice dice = new LoadedDice();
    private final FaultyService service = new FaultyService("test", 0, "/item/", item -> '"' + item + '"', dice);

    @BeforeEach
    void start() {
        service.start();
    }

    @AfterEach
    void stop() {
        service.stop();
    }

    @Test
    void answersWithoutFaults() throws Exception {
        HttpResponse<String> answer = get("/item/apple");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("\"apple\"");
        assertThat(service.report()).isEqualTo(new FaultReport("test", 0, 0, 503, 1, 0));
    }

    @Test
    void failsWhenTheRollIsBelowTheRate() throws Exception {
        service.faults(new Faults(0.8, 0, 429));
        dice.load(0.0, 0.79, 0.8, 0.99);

        assertThat(get("/item/a").statusCode()).isEqualTo(429);
        assertThat(get("/item/a").statusCode()).isEqualTo(429);
        assertThat(get("/item/a").statusCode()).isEqualTo(200);
        assertThat(get("/item/a").statusCode()).isEqualTo(200);
        assertThat(service.report()).isEqualTo(new FaultReport("test", 0.8, 0, 429, 4, 2));
    }

    @Test
    void takesItsTime() throws Exception {
        service.faults(new Faults(0, 150, 503));

        long start = System.nanoTime();
        get("/item/a");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(150));
    }

    @Test
    void resetsFaultsAndCounters() throws Exception {
        service.faults(new Faults(1, 0, 500));
        get("/item/a");

        service.reset();

        assertThat(service.report()).isEqualTo(new FaultReport("test", 0, 0, 503, 0, 0));
        assertThat(get("/item/a").statusCode()).isEqualTo(200);
    }

    @Test
    void countsNothingThatIsNoQuestion() throws Exception {
        HttpRequest post = HttpRequest.newBuilder(uri("/item/a"))
                .POST(BodyPublishers.noBody())
                .build();

        assertThat(http.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
        assertThat(get("/item/").statusCode()).isEqualTo(404);
        assertThat(get("/other").statusCode()).isEqualTo(404);
        assertThat(service.report().received()).isZero();
    }

    @Test
    void startsAgainAfterAStop() throws Exception {
        service.stop();
        assertThat(service.isRunning()).isFalse();
        assertThatThrownBy(service::url).isInstanceOf(IllegalStateException.class);

        service.start();

        assertThat(get("/item/a").statusCode()).isEqualTo(200);
    }

    @Test
    void namesThePropertyOfAPortThatIsTaken() {
        FaultyService second =
                new FaultyService("second", URI.create(service.url()).getPort(), "/", item -> item, dice);

        assertThatThrownBy(second::start)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("Set shop.second.port");
        assertThat(second.isRunning()).isFalse();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create(service.url() + path);
    }
}
