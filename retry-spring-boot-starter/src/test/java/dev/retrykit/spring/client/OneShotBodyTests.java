package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.StopReason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.AbstractResource;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

/** Bodies of which Spring says that they can be written twice, and which can't: they must arrive as a whole, or not at all. */
@Tag("server")
class OneShotBodyTests {

    private static final String KEYED = "retrykit.policies.pay: { max-attempts: 3, idempotency-key: auto }";
    private static final String GUARDED = """
            retrykit:
              policies: { stock: { max-attempts: 3 }, pay: { max-attempts: 3 } }
              http.guards: [ { host: localhost, policy: stock } ]
            """;
    private static final String BOTH = """
            retrykit:
              policies.pay: { max-attempts: 3, idempotency-key: auto }
              circuits.stock:
              http.guards: [ { host: localhost, circuit: stock } ]
            """;

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
    private final FaultServer server = new FaultServer();

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    record Batch(String name, Iterator<Integer> items) {

        static Batch of(int count) {
            return new Batch("a", IntStream.range(0, count).iterator());
        }
    }

    record Streamed(String name, Stream<Integer> items) {}

    /** Its content can be read once, which it says. */
    private static final class Once extends AbstractResource {

        private final InputStream content = new ByteArrayInputStream("once".getBytes(StandardCharsets.US_ASCII));
        private boolean read;

        @Override
        public String getDescription() {
            return "once";
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public long contentLength() {
            return 4;
        }

        @Override
        public InputStream getInputStream() {
            if (read) {
                throw new IllegalStateException("it has been read");
            }
            read = true;
            return content;
        }
    }

    /** The application's own code. */
    static class Calls {

        private final RestClient client;

        Calls(RestClient.Builder builder) {
            this.client = builder.build();
        }

        @Retryable("pay")
        void retried(String url, Object body) {
            send(url, body);
        }

        void send(String url, Object body) {
            client.post()
                    .uri(url)
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(body)
                    .retrieve()
                    .toBodilessEntity();
        }
    }

    private @Nullable Throwable send(String yml, String transport, Object body) {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        HttpApps.with(yml, ended)
                .withPropertyValues("spring.http.clients.imperative.factory=" + transport)
                .withBean(Calls.class)
                .run(context -> {
                    Calls calls = context.getBean(Calls.class);
                    String url = server.url("/items");
                    failure.set(catchThrowable(() -> {
                        if (yml.equals(GUARDED)) {
                            calls.send(url, body);
                        } else {
                            calls.retried(url, body);
                        }
                    }));
                });
        return failure.get();
    }

    private List<String> bodies() {
        return server.requests("/items").stream().map(FaultServer.Request::body).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "http-components", "jetty", "reactor", "simple"})
    void arriveAsAWhole(String transport) {
        for (String yml : List.of(KEYED, GUARDED, BOTH)) {
            send(yml, transport, Batch.of(2));
            send(yml, transport, new Streamed("b", Stream.of(1, 2)));
            send(yml, transport, List.of(1, 2).iterator());
            send(yml, transport, new Once());
        }
        assertThat(bodies())
                .hasSize(12)
                .containsOnly("{\"name\":\"a\",\"items\":[0,1]}", "{\"name\":\"b\",\"items\":[1,2]}", "[1,2]", "once");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "http-components", "jetty", "reactor", "simple"})
    void areNotSentInPartIfTheyAreTooLargeToBeHeld(String transport) {
        for (String yml : List.of(KEYED, GUARDED, BOTH)) {
            assertThat(send(yml, transport, Batch.of(300_000)))
                    .rootCause()
                    .hasMessageContaining("can be written only once")
                    .hasMessageContaining("InputStreamResource");
        }
        assertThat(bodies()).isEmpty();
        assertThat(ended).extracting(RetryEvent.Ended::reason).containsOnly(StopReason.NOT_RETRYABLE);
    }

    /** Numbers in memory can be written as often as it takes. */
    @ParameterizedTest
    @ValueSource(strings = {"jdk", "http-components"})
    void othersThatAreTooLargeAreSent(String transport) {
        for (String yml : List.of(KEYED, GUARDED, BOTH)) {
            send(yml, transport, IntStream.range(0, 300_000).boxed().toList());
        }
        assertThat(bodies()).hasSize(3).allMatch(body -> body.endsWith(",299999]") && body.startsWith("[0,1,2,"));
    }
}
