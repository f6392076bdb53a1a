package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.time.TimeSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** A burst over pooled connections that all died while they were idle, at a server that is well. On the real clock. */
@Tag("server")
@Timeout(60)
class StaleConnectionTests {

    private static final int CALLERS = 60;

    private static final String YML = """
            retrykit:
              policies.inventory.max-attempts: 3
              circuits.inventory.minimum-calls: 20
            spring.http.clients: { connect-timeout: 2s, read-timeout: 10s }
            """;

    static class Inventory {

        private final RestClient blocking;
        private final WebClient reactive;

        Inventory(RestClient.Builder blocking, WebClient.Builder reactive) {
            this.blocking = blocking.build();
            this.reactive = reactive.build();
        }

        @Retryable("inventory")
        @CircuitGuarded("inventory")
        String find(String url) {
            return blocking.get().uri(url).retrieve().body(String.class);
        }

        @Retryable("inventory")
        @CircuitGuarded("inventory")
        Mono<String> findLater(String url) {
            return reactive.get().uri(url).retrieve().bodyToMono(String.class);
        }
    }

    /** How connections die. */
    enum Death {
        RESET_WHILE_IDLE,
        FORGOTTEN
    }

    static Stream<Arguments> everyClientAndDeath() {
        return Stream.of(Transport.values())
                .flatMap(transport -> Stream.of(Death.values())
                        .flatMap(death -> (transport.isReactive() ? Stream.of(false, true) : Stream.of(false))
                                .map(reactive ->
                                        Arguments.of(transport, reactive ? "WebClient" : "RestClient", death))));
    }

    /** The first burst is answered when all of it is there, so that it has a connection for each caller. */
    private static final class Stock implements KeepAliveServer.Handler {

        private final CyclicBarrier all = new CyclicBarrier(CALLERS);
        private volatile boolean warm;

        @Override
        public void answer(OutputStream out) throws IOException, InterruptedException {
            try {
                if (warm) {
                    TimeSource.system().sleep(TimeUnit.MILLISECONDS.toNanos(80));
                } else {
                    all.await();
                }
            } catch (BrokenBarrierException impossible) {
                throw new IllegalStateException(impossible);
            }
            KeepAliveServer.ok(out);
        }
    }

    @ParameterizedTest(name = "{1} on {0}, {2}")
    @MethodSource("everyClientAndDeath")
    void aBurstOverDeadConnectionsIsAnswered(Transport transport, String client, Death death) throws Exception {
        Stock stock = new Stock();
        try (KeepAliveServer server = new KeepAliveServer(stock)) {
            app(transport).run(context -> {
                Inventory inventory = context.getBean(Inventory.class);
                Callable<String> call = client.equals("RestClient")
                        ? () -> inventory.find(server.url())
                        : () -> inventory.findLater(server.url()).block();
                assertThat(burst(call)).containsOnlyKeys("ok");
                assertThat(server.accepted()).isGreaterThanOrEqualTo(CALLERS);
                stock.warm = true;
                die(server, death);
                Map<String, Integer> first = burst(call);
                int dead = server.deadOnesUsed();
                Map<String, Integer> second = burst(call);
                CircuitState state =
                        context.getBean(Retries.class).circuit("inventory").state();
                write(transport, client, death, first + ", dead ones used " + dead + ", then " + second + ", " + state);
                if (transport != Transport.JDK) {
                    assertThat(first.getOrDefault("ok", 0)).as("%s", first).isGreaterThanOrEqualTo(57);
                    assertThat(second).containsOnlyKeys("ok");
                    assertThat(state).isEqualTo(CircuitState.CLOSED);
                }
            });
        }
    }

    private static void die(KeepAliveServer server, Death death) throws IOException {
        if (death == Death.FORGOTTEN) {
            server.forgetAll();
        } else {
            server.resetAll();
        }
    }

    /** How many calls came to what. */
    private static Map<String, Integer> burst(Callable<String> call) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        CyclicBarrier start = new CyclicBarrier(CALLERS);
        try {
            Map<String, Integer> results = new TreeMap<>();
            Callable<String> together = () -> {
                start.await();
                return outcome(call);
            };
            for (Future<String> future : threads.invokeAll(Collections.nCopies(CALLERS, together))) {
                results.merge(future.get(), 1, Integer::sum);
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    private static String outcome(Callable<String> call) {
        try {
            return call.call();
        } catch (Exception failure) {
            return NestedExceptionUtils.getMostSpecificCause(failure).getClass().getSimpleName();
        }
    }

    private static ApplicationContextRunner app(Transport transport) {
        ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> pool =
                builder -> builder.withConnectionManagerCustomizer(
                        manager -> manager.setMaxConnPerRoute(CALLERS).setMaxConnTotal(CALLERS));
        ClientHttpConnectorBuilderCustomizer<HttpComponentsClientHttpConnectorBuilder> asynchronousPool =
                builder -> builder.withConnectionManagerCustomizer(
                        manager -> manager.setMaxConnPerRoute(CALLERS).setMaxConnTotal(CALLERS));
        ApplicationContextRunner app = HttpApps.with(YML, new ArrayList<>())
                .withPropertyValues(transport.properties())
                .withAllowBeanDefinitionOverriding(true)
                .withBean("timeSource", TimeSource.class, TimeSource::system)
                .withBean(Inventory.class);
        return transport == Transport.HTTP_COMPONENTS
                ? app.withBean("pool", ClientHttpRequestFactoryBuilderCustomizer.class, () -> pool)
                        .withBean(
                                "asynchronousPool", ClientHttpConnectorBuilderCustomizer.class, () -> asynchronousPool)
                : app;
    }

    /** For people, and for the JDK's client, which has no hook. */
    private static void write(Transport transport, String client, Death death, String result) throws IOException {
        Path file = Path.of("target", "http", "stale-" + client + "-on-" + transport + "-" + death + ".txt");
        Files.createDirectories(file.getParent());
        Files.writeString(file, client + " on " + transport + ", " + death + ": " + result + '\n');
    }
}
