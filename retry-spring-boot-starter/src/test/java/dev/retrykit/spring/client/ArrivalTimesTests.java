package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.time.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.client.RestClient;

/** When retries arrive at a server that asked for a second: on the real clock, of 200 calls at once. */
@Tag("server")
class ArrivalTimesTests {

    private static final int CALLS = 200;

    static class Caller {

        private final RestClient client;
        private final FaultServer server;

        Caller(RestClient.Builder builder, FaultServer server) {
            this.client = builder.build();
            this.server = server;
        }

        @Retryable("busy")
        String call(int number) {
            return client.get().uri(server.url("/busy/" + number)).retrieve().body(String.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "http-components", "jetty", "reactor"})
    void noneIsEarlyAndTheyAreSpread(String transport) throws Exception {
        Map<String, Long> answered = new ConcurrentHashMap<>();
        List<Long> waits;
        try (FaultServer server = new FaultServer()) {
            for (int i = 0; i < CALLS; i++) {
                server.on("/busy/" + i, (request, connection) -> {
                    boolean first = answered.putIfAbsent(request.path(), System.nanoTime()) == null;
                    connection.status(first ? 503 : 200, "Retry-After: 1");
                });
            }
            HttpApps.with("retrykit.policies.busy: { budget: { unlimited: true } }", new ArrayList<>())
                    .withPropertyValues("spring.http.clients.imperative.factory=" + transport)
                    .withAllowBeanDefinitionOverriding(true)
                    .withBean("timeSource", TimeSource.class, TimeSource::system)
                    .withBean(FaultServer.class, () -> server, definition -> definition.setDestroyMethodName(""))
                    .withBean(Caller.class)
                    .run(context -> callAll(context.getBean(Caller.class)));
            waits = answered.keySet().stream()
                    .map(path -> server.requests(path).get(1).nanos() - answered.get(path))
                    .sorted()
                    .toList();
        }
        write(transport, waits);
        assertThat(waits)
                .hasSize(CALLS)
                .allMatch(wait -> wait >= Duration.ofSeconds(1).toNanos());
        assertThat(waits.get(CALLS - 1) - waits.get(0))
                .isGreaterThan(Duration.ofMillis(50).toNanos());
    }

    private static void callAll(Caller caller) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CALLS);
        try {
            List<Future<String>> calls = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                int number = i;
                calls.add(threads.submit(() -> caller.call(number)));
            }
            for (Future<String> call : calls) {
                assertThat(call.get()).isNull();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** For people: how many arrived in which ten milliseconds after the second. */
    private static void write(String transport, List<Long> waits) throws IOException {
        Map<Long, Long> histogram = waits.stream()
                .collect(Collectors.groupingBy(
                        wait -> Duration.ofNanos(wait).toMillis() / 10 * 10,
                        java.util.TreeMap::new,
                        Collectors.counting()));
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, "least %.3f ms, most %.3f ms%n", waits.get(0) / 1e6, waits.get(CALLS - 1) / 1e6));
        histogram.forEach(
                (from, count) -> text.append(from).append(" ms: ").append(count).append('\n'));
        Path file = Path.of("target", "http", "arrivals-" + transport + ".txt");
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
