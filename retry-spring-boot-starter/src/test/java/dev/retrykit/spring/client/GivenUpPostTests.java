package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.RetryContext;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.failure.AttemptOverException;
import dev.retrykit.time.TimeSource;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.client.RestClient;

/** What an attempt that was given up sends after another one has begun. */
@Tag("server")
public class GivenUpPostTests {

    private static final String YML = """
            retrykit:
              policies:
                cut: { budget: { unlimited: true }, attempt-timeout: 1500ms, backoff: { delay: 1ms, max-delay: 2ms } }
            spring.task.execution.pool: { core-size: 8 }
            spring.http.clients: { imperative.factory: jdk, connect-timeout: 2s, read-timeout: 2s }
            """;

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
    private FaultServer server;

    public static class Service {

        private final RestClient client;
        private final FaultServer server;
        private final Executor executor;

        public Service(RestClient.Builder client, FaultServer server, Executor applicationTaskExecutor) {
            this.client = client.build();
            this.server = server;
            this.executor = applicationTaskExecutor;
        }

        /** The first attempt prepares for longer than it may take, and posts then. */
        @Retryable("cut")
        public CompletableFuture<String> pay(CountDownLatch over, CompletableFuture<Throwable> late) {
            int attempt = RetryContext.current().orElseThrow().attempt();
            return CompletableFuture.supplyAsync(
                    () -> {
                        if (attempt == 2) {
                            return post();
                        }
                        await(over);
                        late.complete(new IllegalStateException(catchThrowable(this::post)));
                        return "late";
                    },
                    executor);
        }

        private String post() {
            return String.valueOf(client.post()
                    .uri(server.url("/pay"))
                    .body("x")
                    .retrieve()
                    .toBodilessEntity()
                    .getStatusCode());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @BeforeEach
    void start() {
        server = new FaultServer().on("/pay", (request, connection) -> connection.status(200));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private ApplicationContextRunner app() {
        return HttpApps.with(YML, ended)
                .withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
                .withBean(FaultServer.class, () -> server)
                .withAllowBeanDefinitionOverriding(true)
                .withBean("timeSource", TimeSource.class, TimeSource::system)
                .withBean(Service.class);
    }

    @Test
    void aPostWithoutAKeyIsNotSentByAnAttemptThatWasGivenUp() {
        app().run(context -> {
            CountDownLatch over = new CountDownLatch(1);
            CompletableFuture<Throwable> late = new CompletableFuture<>();
            assertThat(context.getBean(Service.class).pay(over, late).get(10, TimeUnit.SECONDS))
                    .isEqualTo("200 OK");
            over.countDown();
            assertThat(late.get(10, TimeUnit.SECONDS)).hasRootCauseInstanceOf(AttemptOverException.class);
            assertThat(server.requests("/pay")).hasSize(1);
        });
    }
}
