package dev.retrykit.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.SharedReactorResources;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** One exception instance ends calls of several requests: each is answered by what became of its own calls. */
@Tag("startup")
class SharedFailureTests {

    private static final Map<String, Object> SETTINGS = Map.of(
            "server.port", "0",
            "server.address", "127.0.0.1",
            "spring.autoconfigure.exclude", "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "retrykit.defaults.policy.backoff.delay", "1ms",
            "retrykit.defaults.policy.budget.unlimited", "true",
            "retrykit.policies.stock.retry-on", Bare.class.getName(),
            "retrykit.policies.careful.abort-on", Exception.class.getName());

    private final HttpClient client = HttpClient.newHttpClient();

    @ParameterizedTest
    @CsvSource({
        "SERVLET, plain",
        "SERVLET, stage",
        "SERVLET, mono",
        "REACTIVE, plain",
        "REACTIVE, stage",
        "REACTIVE, mono"
    })
    void whatAnotherCallGaveUpOnIsNoAnswerOfThisOne(WebApplicationType type, String style) throws Exception {
        try (ConfigurableApplicationContext app = new SpringApplicationBuilder(Application.class)
                .web(type)
                .bannerMode(Banner.Mode.OFF)
                .initializers(new SharedReactorResources())
                .properties(SETTINGS)
                .run()) {
            for (String failure : new String[] {"shared", "bare"}) {
                for (int round = 1; round <= 2; round++) {
                    assertThat(status(app, "retried", style, failure)).isEqualTo(502);
                    assertThat(status(app, "unretried", style, failure)).isEqualTo(500);
                    assertThat(status(app, "permanent", style, failure)).isEqualTo(500);
                }
            }
        }
    }

    private int status(ConfigurableApplicationContext app, String kind, String style, String failure) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + app.getEnvironment().getRequiredProperty("local.server.port") + "/"
                + kind + "/" + style + "/" + failure);
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** As libraries make it that throw one instance again and again. */
    static final class Bare extends RuntimeException {
        private static final long serialVersionUID = 1;

        Bare() {
            super("down", null, false, false);
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import({Stocks.class, Controller.class})
    static class Application {}

    static class Stocks {

        private static final Map<String, Exception> FAILURES =
                Map.of("shared", new ConnectException("down"), "bare", new Bare());

        static Exception failure(String name) {
            return FAILURES.get(name);
        }

        @Retryable("stock")
        public String retried(String failure) throws Exception {
            throw failure(failure);
        }

        @Retryable("careful")
        public String permanent(String failure) throws Exception {
            throw failure(failure);
        }

        @Retryable("stock")
        public CompletableFuture<String> retriedLater(String failure) {
            return CompletableFuture.failedFuture(failure(failure));
        }

        @Retryable("careful")
        public CompletableFuture<String> permanentLater(String failure) {
            return CompletableFuture.failedFuture(failure(failure));
        }

        @Retryable("stock")
        public Mono<String> retriedMono(String failure) {
            return Mono.error(failure(failure));
        }

        @Retryable("careful")
        public Mono<String> permanentMono(String failure) {
            return Mono.error(failure(failure));
        }
    }

    @RestController
    static class Controller {

        private final Stocks stocks;

        Controller(Stocks stocks) {
            this.stocks = stocks;
        }

        @GetMapping("{kind}/plain/{failure}")
        String plain(@PathVariable("kind") String kind, @PathVariable("failure") String failure) throws Exception {
            return switch (kind) {
                case "retried" -> stocks.retried(failure);
                case "permanent" -> stocks.permanent(failure);
                default -> throw Stocks.failure(failure);
            };
        }

        @GetMapping("{kind}/stage/{failure}")
        CompletableFuture<String> stage(@PathVariable("kind") String kind, @PathVariable("failure") String failure) {
            return switch (kind) {
                case "retried" -> stocks.retriedLater(failure);
                case "permanent" -> stocks.permanentLater(failure);
                default -> CompletableFuture.failedFuture(Stocks.failure(failure));
            };
        }

        @GetMapping("{kind}/mono/{failure}")
        Mono<String> mono(@PathVariable("kind") String kind, @PathVariable("failure") String failure) {
            return switch (kind) {
                case "retried" -> stocks.retriedMono(failure);
                case "permanent" -> stocks.permanentMono(failure);
                default -> Mono.error(Stocks.failure(failure));
            };
        }
    }
}
