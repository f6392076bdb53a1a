package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.http.MediaType;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What becomes of the body of a request whose pooled connection was dead: it arrives as a whole, or not at all. */
@Tag("server")
@Timeout(60)
class ResentBodyTests {

    private static final int LARGE = 300_000;

    record Batch(String name, Iterator<Integer> items) {}

    record Streamed(String name, Stream<Integer> items) {}

    /** How a body is put. */
    interface Put {
        void send(RestClient blocking, WebClient reactive, String url);
    }

    /** What a server got of the request that followed. */
    record Seen(List<String> bodies, @Nullable Throwable failure) {}

    /** What a test does with the clients of one application. */
    private record Clients(RestClient blocking, WebClient reactive) {

        static void on(Transport transport, Consumer<Clients> test) {
            HttpApps.with("", new ArrayList<>())
                    .withPropertyValues(transport.properties())
                    .run(context -> test.accept(new Clients(
                            context.getBean(RestClient.Builder.class).build(),
                            context.getBean(WebClient.Builder.class).build())));
        }

        /** A connection comes back to its pool a moment after its answer, so a request may find a new one: then again. */
        Seen overADeadConnection(Supplier<Put> put) {
            for (int i = 0; i < 20; i++) {
                try (KeptServer server = new KeptServer((request, out) -> out.answer(200, ""))) {
                    String url = server.url("/items");
                    blocking.get().uri(url).retrieve().toBodilessEntity();
                    reactive.get().uri(url).retrieve().toBodilessEntity().block();
                    server.letConnectionsDie();
                    Throwable failure = catchThrowable(() -> put.get().send(blocking, reactive, url));
                    if (server.touched() > 0) {
                        List<String> bodies = server.bodies();
                        return new Seen(bodies.subList(2, bodies.size()), failure);
                    }
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            }
            throw new IllegalStateException("no request was sent over a dead connection");
        }
    }

    private static Put blocking(Object body) {
        return (blocking, reactive, url) -> blocking.put()
                .uri(url)
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .retrieve()
                .toBodilessEntity();
    }

    private static Put reactive(Object body) {
        return (blocking, reactive, url) -> reactive.put()
                .uri(url)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .retrieve()
                .toBodilessEntity()
                .block();
    }

    private static Put published(Supplier<? extends org.reactivestreams.Publisher<?>> body) {
        return (blocking, reactive, url) -> reactive.put()
                .uri(url)
                .contentType(MediaType.APPLICATION_JSON)
                .body(BodyInserters.fromProducer(body.get(), Object.class))
                .retrieve()
                .toBodilessEntity()
                .block();
    }

    /** One that Reactor Netty hasn't asked for before its connection failed is sent, as a whole. */
    private static void assertNothingIsLost(Transport transport, Map<String, Supplier<Put>> bodies) {
        Clients.on(
                transport,
                clients -> bodies.forEach((whole, body) -> {
                    Seen seen = clients.overADeadConnection(body);
                    if (transport == Transport.REACTOR && seen.failure() == null) {
                        assertThat(seen.bodies()).containsExactly(whole);
                    } else {
                        assertThat(seen.bodies()).isEmpty();
                        assertThat(seen.failure()).isNotNull();
                    }
                }));
    }

    private static String json(List<Integer> numbers) {
        return numbers.toString().replace(" ", "");
    }

    private static void assertArrives(Clients clients, Object body, String whole) {
        Seen seen = clients.overADeadConnection(() -> blocking(body));
        assertThat(seen.failure()).as(body.getClass().getName()).isNull();
        assertThat(seen.bodies()).as(body.getClass().getName()).containsExactly(whole);
    }

    /** The large ones are cut off before their end, and what is left of them begins in the same way. */
    @ParameterizedTest
    @EnumSource
    void whatCanBeWrittenOnceIsNotSentAgain(Transport transport) {
        List<Integer> list = IntStream.range(0, LARGE).boxed().toList();
        List<Integer> equal = Collections.nCopies(LARGE, 7);
        List<Integer> large = Collections.nCopies(20 * LARGE, 1234567);
        assertNothingIsLost(
                transport,
                Map.of(
                        "[1,2]",
                        () -> blocking(List.of(1, 2).iterator()),
                        "{\"name\":\"a\",\"items\":[1,2]}",
                        () -> blocking(new Batch("a", List.of(1, 2).iterator())),
                        "{\"name\":\"b\",\"items\":[1,2]}",
                        () -> blocking(new Streamed("b", Stream.of(1, 2))),
                        json(list),
                        () -> blocking(list.iterator()),
                        json(equal),
                        () -> blocking(equal.iterator()),
                        json(large),
                        () -> blocking(large.iterator())));
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_COMPONENTS", "JETTY", "REACTOR"})
    void othersAreSentAgainAsAWhole(Transport transport, @TempDir Path folder) throws IOException {
        List<Integer> list = IntStream.range(0, LARGE).boxed().toList();
        String numbers = json(list);
        Path file = Files.writeString(folder.resolve("numbers.json"), numbers);
        Clients.on(transport, clients -> {
            assertArrives(clients, List.of(), "[]");
            assertArrives(clients, "", "");
            for (int i = 0; i < 20; i++) {
                assertArrives(clients, List.of(1, 2), "[1,2]");
            }
            if (transport != Transport.HTTP_COMPONENTS) {
                // there the failure is the converter's, and not one of a connection, if it is cut off
                assertArrives(clients, list, numbers);
            }
            assertArrives(clients, numbers, numbers);
            assertArrives(clients, new FileSystemResource(file), numbers);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_COMPONENTS", "JETTY", "REACTOR"})
    void severalPartsAreSentAgainAsAWhole(Transport transport) {
        LinkedMultiValueMap<String, Object> parts = new LinkedMultiValueMap<>();
        parts.add("name", "a");
        parts.add("items", List.of(1, 2));
        Clients.on(transport, clients -> {
            Seen seen = clients.overADeadConnection(() -> (blocking, reactive, url) -> blocking.put()
                    .uri(url)
                    .contentType(MediaType.MULTIPART_FORM_DATA)
                    .body(parts)
                    .retrieve()
                    .toBodilessEntity());
            assertThat(seen.bodies())
                    .singleElement()
                    .asString()
                    .contains("[1,2]")
                    .endsWith("--\r\n");
        });
    }

    /** A body that no guard holds isn't sent again at all. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SIMPLE")
    void aReactiveClientSendsNoneAgain(Transport transport) {
        assertNothingIsLost(
                transport,
                Map.of(
                        "[1,2]", () -> reactive(List.of(1, 2).iterator()),
                        "{\"name\":\"a\",\"items\":[1,2]}",
                                () -> reactive(new Batch("a", List.of(1, 2).iterator())),
                        "[1,2,3]",
                                () -> published(() -> Mono.just(List.of(1, 2, 3).iterator())),
                        "[4,5]", () -> published(() -> Flux.fromStream(Stream.of(4, 5)))));
    }
}
