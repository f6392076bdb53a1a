package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.spring.client.RetriedCalls.Client;
import dev.retrykit.spring.idempotency.Waiting;
import dev.retrykit.time.TimeSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import reactor.core.publisher.Mono;

/**
 * A peer that sends the bodies of its bad answers by one byte every 250 ms: what a guard has no use for costs the application
 * nothing. On the real clock.
 */
@Tag("server")
@Timeout(30)
class DrippingPeerTests {

    private static final int CALLS = 8;

    private static final String YML = """
            retrykit:
              policies.stock: { backoff: { delay: 1ms, max-delay: 5ms }, budget: { unlimited: true } }
              http.guards: [ { host: localhost, policy: stock } ]
            spring.http.clients: { connect-timeout: 2s, read-timeout: 10s }
            """;

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class Asynchronous {}

    static class Jobs {

        @Async
        CompletableFuture<Long> start() {
            return CompletableFuture.completedFuture(System.nanoTime());
        }
    }

    /** Drips every other answer, for longer than any test, until the client hangs up. */
    private static final class Peer implements KeepAliveServer.Handler {

        private final AtomicInteger requests = new AtomicInteger();
        private final AtomicInteger dripping = new AtomicInteger();
        private final CountDownLatch over = new CountDownLatch(1);
        private final String headers;

        Peer(String headers) {
            this.headers = headers;
        }

        @Override
        public void answer(OutputStream out) throws IOException, InterruptedException {
            if (requests.incrementAndGet() % 2 == 0) {
                KeepAliveServer.ok(out);
                return;
            }
            dripping.incrementAndGet();
            try {
                KeepAliveServer.write(out, "HTTP/1.1 503 Busy\r\nContent-Type: text/plain\r\n" + headers + "\r\n\r\n");
                while (!over.await(250, TimeUnit.MILLISECONDS)) {
                    KeepAliveServer.write(out, headers.startsWith("Transfer") ? "1\r\nx\r\n" : "x");
                }
            } finally {
                dripping.decrementAndGet();
            }
        }
    }

    static Stream<Arguments> everyClient() {
        return Stream.of(Transport.values())
                .flatMap(transport -> (transport.isReactive()
                                ? Stream.of("RestClient", "RestTemplate", "WebClient")
                                : Stream.of("RestClient", "RestTemplate"))
                        .map(client -> Arguments.of(transport, client)));
    }

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("everyClient")
    void jobsStartAtOnceAndShutdownWaitsForNothing(Transport transport, String name) throws Exception {
        Peer peer = new Peer("Content-Length: 5000");
        try (KeepAliveServer server = new KeepAliveServer(peer)) {
            app(transport).run(context -> {
                Jobs jobs = context.getBean(Jobs.class);
                jobs.start().get();
                callAll(context, transport, name, server.url());
                long asked = System.nanoTime();
                long started = jobs.start().get(10, TimeUnit.SECONDS) - asked;
                long closing = System.nanoTime();
                context.close();
                long closed = System.nanoTime() - closing;
                write(transport + " " + name, started, closed);
                assertThat(Duration.ofNanos(started)).as("until the job starts").isLessThan(Duration.ofMillis(100));
                assertThat(Duration.ofNanos(closed)).as("shutdown").isLessThan(Duration.ofSeconds(2));
            });
        } finally {
            peer.over.countDown();
        }
        assertThat(peer.requests).hasValue(2 * CALLS);
    }

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("everyClient")
    void noAnswerIsReadOn(Transport transport, String name) throws Exception {
        Peer peer = new Peer("Transfer-Encoding: chunked");
        try (KeepAliveServer server = new KeepAliveServer(peer)) {
            app(transport).run(context -> {
                callAll(context, transport, name, server.url());
                // a peer learns that nobody reads on when it writes the byte after the next one
                for (int i = 0; i < 100 && peer.dripping.get() > 0; i++) {
                    Waiting.nanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
                assertThat(peer.dripping).hasValue(0);
            });
        } finally {
            peer.over.countDown();
        }
        assertThat(peer.requests).hasValue(2 * CALLS);
    }

    private static void callAll(ApplicationContext context, Transport transport, String name, String url) {
        Client client = ClientMade.BY_BOOT.clients(context, transport).stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        for (int i = 0; i < CALLS; i++) {
            Object answer = client.sender().send(HttpMethod.GET, url);
            assertThat(answer instanceof Mono<?> later ? later.block() : answer).isEqualTo("ok");
        }
    }

    private static ApplicationContextRunner app(Transport transport) {
        return HttpApps.with(YML, new ArrayList<>())
                .withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
                .withUserConfiguration(Asynchronous.class)
                .withPropertyValues(transport.properties())
                .withAllowBeanDefinitionOverriding(true)
                .withBean("timeSource", TimeSource.class, TimeSource::system)
                .withBean(ClientMade.Built.class)
                .withBean(Jobs.class);
    }

    /** For people. */
    private static void write(String title, long startedNanos, long closedNanos) throws IOException {
        Path file = Path.of("target", "http", "dripping-" + title.replace(' ', '-') + ".txt");
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                String.format(
                        Locale.ROOT,
                        "%s: a job started after %.1f ms, shutdown took %.1f ms%n",
                        title,
                        startedNanos / 1e6,
                        closedNanos / 1e6));
    }
}
