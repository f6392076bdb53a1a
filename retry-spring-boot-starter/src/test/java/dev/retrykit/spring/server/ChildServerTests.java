package dev.retrykit.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryEvent.Retrying;
import dev.retrykit.event.RetryListener;
import dev.retrykit.spring.SharedReactorResources;
import dev.retrykit.spring.idempotency.AtOnce;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A child context with a web server of its own that closes while its parent goes on: on the real clock. */
@Tag("server")
@ExtendWith(OutputCaptureExtension.class)
class ChildServerTests {

    private static final Map<String, Object> SETTINGS = Map.of(
            "retrykit.defaults.policy.backoff.delay", "1h",
            "retrykit.defaults.policy.backoff.max-delay", "1h",
            "retrykit.defaults.policy.budget.time", "3h",
            "retrykit.policies.work.max-attempts", "3",
            "retrykit.circuits.work.minimum-calls", "100",
            "spring.lifecycle.timeout-per-shutdown-phase", "2s",
            "spring.autoconfigure.exclude", "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration");

    private final HttpClient client = HttpClient.newHttpClient();

    @ParameterizedTest
    @CsvSource({
        "SERVLET, plain",
        "SERVLET, stage",
        "SERVLET, mono",
        "SERVLET, keyed",
        "REACTIVE, stage",
        "REACTIVE, mono"
    })
    void itsCallsEndWithItAndTheParentsGoOn(WebApplicationType type, String style, CapturedOutput output)
            throws Exception {
        CountDownLatch delays = new CountDownLatch(2);
        CompletableFuture<String> parents;
        try (ConfigurableApplicationContext parent = start(delays)) {
            Work work = parent.getBean(Work.class);
            parents = AtOnce.start(() -> call(work));
            CompletableFuture<HttpResponse<String>> request;
            try (ConfigurableApplicationContext child = startChild(parent, type)) {
                request = get(child, style);
                assertThat(delays.await(30, TimeUnit.SECONDS)).isTrue();
            }

            HttpResponse<String> answer = request.get(30, TimeUnit.SECONDS);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(output)
                    .containsOnlyOnce(
                            "The application is shutting down, and the remaining time is too short for the retry");
            assertThat(parents).isNotDone();
        }
        assertThatThrownBy(() -> parents.get(30, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(SocketTimeoutException.class);
    }

    private static String call(Work work) {
        try {
            return work.plain();
        } catch (SocketTimeoutException cutOff) {
            throw new IllegalStateException(cutOff);
        }
    }

    private static ConfigurableApplicationContext start(CountDownLatch delays) {
        return new SpringApplicationBuilder(Parent.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .properties(SETTINGS)
                .initializers(
                        new SharedReactorResources(),
                        app -> app.getBeanFactory().registerSingleton("delays", delays))
                .run();
    }

    private static ConfigurableApplicationContext startChild(
            ConfigurableApplicationContext parent, WebApplicationType type) {
        return new SpringApplicationBuilder(Child.class)
                .parent(parent)
                .web(type)
                .bannerMode(Banner.Mode.OFF)
                .properties(
                        "server.port=0",
                        "server.address=127.0.0.1",
                        "server.shutdown=graceful",
                        "spring.lifecycle.timeout-per-shutdown-phase=2s")
                .run();
    }

    private CompletableFuture<HttpResponse<String>> get(ConfigurableApplicationContext child, String path) {
        URI uri = URI.create(
                "http://127.0.0.1:" + child.getEnvironment().getRequiredProperty("local.server.port") + "/" + path);
        return client.sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import(Work.class)
    static class Parent {

        @Bean
        RetryListener counting(CountDownLatch delays) {
            return event -> {
                if (event instanceof Retrying) {
                    delays.countDown();
                }
            };
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import({ChildWork.class, Controller.class})
    static class Child {}

    static class Work {

        @Retryable("work")
        public String plain() throws SocketTimeoutException {
            throw new SocketTimeoutException("Read timed out");
        }
    }

    /** Through the engines of the parent. */
    static class ChildWork {

        @Retryable("work")
        @CircuitGuarded("work")
        public String plain() throws SocketTimeoutException {
            throw new SocketTimeoutException("Read timed out");
        }

        @Retryable("work")
        @CircuitGuarded(value = "work", key = "#shard")
        public String keyed(String shard) throws SocketTimeoutException {
            throw new SocketTimeoutException("Read timed out");
        }

        @Retryable("work")
        public CompletableFuture<String> stage() {
            return CompletableFuture.failedFuture(new SocketTimeoutException("Read timed out"));
        }

        @Retryable("work")
        public Mono<String> mono() {
            return Mono.error(new SocketTimeoutException("Read timed out"));
        }
    }

    @RestController
    static class Controller {

        private final ChildWork work;

        Controller(ChildWork work) {
            this.work = work;
        }

        @GetMapping("stage")
        CompletableFuture<String> stage() {
            return work.stage();
        }

        @GetMapping("mono")
        Mono<String> mono() {
            return work.mono();
        }

        @GetMapping("plain")
        String plain() throws SocketTimeoutException {
            return work.plain();
        }

        @GetMapping("keyed")
        String keyed() throws SocketTimeoutException {
            return work.keyed("a");
        }
    }
}
