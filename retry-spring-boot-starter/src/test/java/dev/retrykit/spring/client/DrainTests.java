package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.event.RetryEvent;
import dev.retrykit.spring.idempotency.Waiting;
import dev.retrykit.time.TimeSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/** What servers can do to those who retry an answer that doesn't end: nothing. */
@Tag("server")
class DrainTests {

    private static final String YML = """
            retrykit:
              policies: { p: { max-attempts: 3, backoff: { delay: 1ms }, budget: { unlimited: true } } }
              http.guards: [ { host: localhost, policy: p } ]
            """;

    private static final int CALLS = 8;

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();

    /** Of each call the first two answers never end, in one way or another. */
    private static final class Endless implements KeptServer.Script {

        final String kind;
        final Map<String, AtomicInteger> seen = new ConcurrentHashMap<>();
        final CountDownLatch over = new CountDownLatch(2 * CALLS);

        Endless(String kind) {
            this.kind = kind;
        }

        @Override
        public boolean answer(String request, KeptServer.Out out) throws IOException, InterruptedException {
            if (seen.computeIfAbsent(request, ignored -> new AtomicInteger()).incrementAndGet() > 2) {
                return out.answer(200, "ok");
            }
            try {
                switch (kind) {
                    case "drips" -> drip(out, "");
                    case "drips length" -> dripLength(out);
                    case "drips gzip" -> drip(out, "Content-Encoding: gzip\r\n");
                    case "floods" -> flood(out);
                    default -> silence(out);
                }
            } finally {
                over.countDown();
            }
            return false;
        }

        private static void drip(KeptServer.Out out, String header) throws IOException, InterruptedException {
            out.write("HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n" + header + "\r\n");
            byte[] bytes = header.isEmpty() ? new byte[1000] : zipped();
            for (int i = 0; ; i = (i + 1) % bytes.length) {
                out.write("1\r\n" + (char) (bytes[i] & 0xff) + "\r\n");
                Waiting.nanos(20_000_000);
            }
        }

        private static void dripLength(KeptServer.Out out) throws IOException, InterruptedException {
            out.write("HTTP/1.1 503 Busy\r\nContent-Length: 1000000000\r\n\r\n");
            while (true) {
                out.write("x");
                Waiting.nanos(20_000_000);
            }
        }

        private static byte[] zipped() throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
                for (int i = 0; i < 100_000; i++) {
                    zip.write(Integer.toString(i * 7919).getBytes(StandardCharsets.UTF_8));
                }
            }
            return bytes.toByteArray();
        }

        private static void flood(KeptServer.Out out) throws IOException {
            out.write("HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n");
            String chunk = "2000\r\n" + "x".repeat(0x2000) + "\r\n";
            while (true) {
                out.write(chunk);
            }
        }

        /** The end of the connection is seen by reading. */
        private static void silence(KeptServer.Out out) throws IOException {
            out.write("HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            out.awaitEnd();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "jdk, drips",
        "jdk, drips length",
        "jdk, floods",
        "jdk, falls silent",
        "jdk, drips gzip",
        "http-components, drips",
        "http-components, drips length",
        "http-components, floods",
        "http-components, falls silent",
        "http-components, drips gzip",
        "jetty, drips",
        "jetty, drips length",
        "jetty, floods",
        "jetty, falls silent",
        "jetty, drips gzip",
        "reactor, drips",
        "reactor, drips length",
        "reactor, floods",
        "reactor, falls silent",
        "reactor, drips gzip",
        "simple, drips",
        "simple, drips length",
        "simple, floods",
        "simple, falls silent"
    })
    void anEndlessAnswerCostsNothingAfterwards(String transport, String kind) throws Exception {
        endless(
                kind,
                app().withPropertyValues("spring.http.clients.imperative.factory=" + transport),
                DrainTests::blocking);
    }

    @ParameterizedTest
    @CsvSource({
        "jdk, drips",
        "jdk, drips length",
        "jdk, floods",
        "jdk, falls silent",
        "http-components, drips",
        "http-components, drips length",
        "http-components, floods",
        "http-components, falls silent",
        "jetty, drips",
        "jetty, drips length",
        "jetty, floods",
        "jetty, falls silent",
        "reactor, drips",
        "reactor, drips length",
        "reactor, floods",
        "reactor, falls silent",
        "reactor, drips gzip"
    })
    void anEndlessReactiveAnswerCostsNothingAfterwards(String transport, String kind) throws Exception {
        endless(
                kind,
                app().withPropertyValues("spring.http.clients.reactive.connector=" + transport),
                DrainTests::reactive);
    }

    /** One client of an application. */
    interface Client {
        Call of(ApplicationContext app);
    }

    interface Call {
        @Nullable
        String make(String url);
    }

    private static Call blocking(ApplicationContext app) {
        RestClient client = app.getBean(RestClient.Builder.class).build();
        return url -> client.get().uri(url).retrieve().body(String.class);
    }

    private static Call reactive(ApplicationContext app) {
        WebClient client = app.getBean(WebClient.Builder.class).build();
        return url -> client.get().uri(url).retrieve().bodyToMono(String.class).block();
    }

    private static void endless(String kind, ApplicationContextRunner runner, Client client) throws Exception {
        Endless script = new Endless(kind);
        try (KeptServer server = new KeptServer(script)) {
            runner.run(app -> {
                Call call = client.of(app);
                for (int i = 0; i < CALLS; i++) {
                    assertThat(call.make(server.url("/" + i))).isEqualTo("ok");
                }
                // an @Async job would run there
                CountDownLatch begun = new CountDownLatch(1);
                app.getBean("applicationTaskExecutor", AsyncTaskExecutor.class).execute(begun::countDown);
                assertThat(begun.await(1, TimeUnit.SECONDS)).isTrue();
                // within 200 ms, but for a machine that is busy
                assertThat(script.over.await(5, TimeUnit.SECONDS))
                        .as("answers still being sent: " + script.over.getCount())
                        .isTrue();
            });
        }
    }

    /** On a busy machine one or another answer isn't read in time; otherwise each call would need a new connection. */
    @ParameterizedTest
    @ValueSource(strings = {"jdk", "http-components", "jetty", "reactor", "simple"})
    void smallAnswersKeepTheirConnection(String transport) throws Exception {
        for (String form : List.of("length", "chunked", "gzip")) {
            int connections = connections(
                    form,
                    app().withPropertyValues("spring.http.clients.imperative.factory=" + transport),
                    DrainTests::blocking);
            assertThat(connections).as(form).isLessThan(CALLS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "http-components", "jetty", "reactor"})
    void smallReactiveAnswersKeepTheirConnection(String transport) throws Exception {
        for (String form : List.of("length", "chunked", "gzip")) {
            int connections = connections(
                    form,
                    app().withPropertyValues("spring.http.clients.reactive.connector=" + transport),
                    DrainTests::reactive);
            assertThat(connections).as(form).isLessThan(CALLS);
        }
    }

    /** Of 30 requests, 20 of which are answered 503 with a body of 2 KB. */
    private static int connections(String form, ApplicationContextRunner runner, Client client) throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (KeptServer server = new KeptServer((request, out) -> {
            if (requests.getAndIncrement() % 3 == 2) {
                return out.answer(200, "ok");
            }
            String body = "x".repeat(2048);
            return switch (form) {
                case "length" -> out.answer(503, body);
                case "chunked" -> out.chunked(503, body);
                default -> out.zipped(503, body);
            };
        })) {
            runner.run(app -> {
                Call call = client.of(app);
                for (int i = 0; i < 10; i++) {
                    assertThat(call.make(server.url("/"))).isEqualTo("ok");
                }
            });
            assertThat(requests).hasValue(30);
            return server.accepted();
        }
    }

    private ApplicationContextRunner app() {
        return HttpApps.with(YML, ended)
                .withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
                .withAllowBeanDefinitionOverriding(true)
                .withBean("timeSource", TimeSource.class, TimeSource::system);
    }
}
