package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.StopReason;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/** What a watched client failed with is known as its failure, whatever the application makes of it. */
@Tag("server")
class WatchedFailureTests {

    private static final String YML = "retrykit.policies.plain: { max-attempts: 3, budget: { unlimited: true } }\n"
            + "retrykit.policies.once: { max-attempts: 1, budget: { unlimited: true } }\n";

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
    private FaultServer server;

    /** The application's own code. */
    static class Calls {

        @Retryable(value = "plain", idempotencyKey = "auto")
        Object keyed(Callable<?> call) throws Exception {
            return call.call();
        }

        @Retryable(value = "plain", idempotencyKey = "auto")
        Mono<String> keyedMono(Supplier<Mono<String>> call) {
            return call.get();
        }
    }

    /** Called by other annotated beans. */
    static class Inner {

        @Retryable("once")
        Object once(Callable<?> call) throws Exception {
            return call.call();
        }
    }

    @BeforeEach
    void start() {
        server = new FaultServer();
        server.on("/broken", (request, connection) -> connection.status(500));
        server.on("/ok", (request, connection) -> connection.status(200));
        server.on("/lost", (request, connection) -> connection.reset());
        server.on("/cut", (request, connection) -> {
            connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nabc");
            connection.socket().close();
        });
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private void retries(Transport transport, String path, Way way) {
        HttpApps.with(YML, ended)
                .withPropertyValues(transport.properties())
                .withBean(Calls.class)
                .withBean(Inner.class)
                .run(context ->
                        assertThat(catchThrowable(() -> way.call(context))).isNotNull());

        assertThat(server.requests(path)).hasSizeGreaterThanOrEqualTo(3); // the JDK's clients send some twice
        RetryEvent.Ended last = ended.get(ended.size() - 1);
        assertThat(last.reason()).isEqualTo(StopReason.EXHAUSTED);
        assertThat(last.attempts()).isEqualTo(3);
    }

    /** How a method calls. */
    interface Way {

        void call(ApplicationContext context) throws Exception;
    }

    private static RestClient client(ApplicationContext context) {
        return context.getBean(RestClient.Builder.class).build();
    }

    private String get(ApplicationContext context, String path) {
        return client(context).get().uri(server.url(path)).retrieve().body(String.class);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aCauseAlone(Transport transport) {
        retries(
                transport,
                "/lost",
                context -> context.getBean(Calls.class).keyed(() -> {
                    try {
                        return get(context, "/lost");
                    } catch (RestClientException failure) {
                        throw (Exception) NestedExceptionUtils.getMostSpecificCause(failure);
                    }
                }));
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"JDK", "HTTP_COMPONENTS"})
    void anotherStatusOfTheApplications(Transport transport) {
        retries(
                transport,
                "/broken",
                context -> context.getBean(Calls.class).keyed(() -> {
                    try {
                        return get(context, "/broken");
                    } catch (RestClientException failure) {
                        throw new ResponseStatusException(HttpStatus.BAD_GATEWAY, "inventory", failure);
                    }
                }));
    }

    @ParameterizedTest
    @EnumSource(value = Transport.class, names = "SIMPLE", mode = EnumSource.Mode.EXCLUDE)
    void aBodyThatTheApplicationReadsLater(Transport transport) {
        retries(
                transport,
                "/cut",
                context -> context.getBean(Calls.class).keyed(() -> {
                    InputStream body = client(context)
                            .get()
                            .uri(server.url("/cut"))
                            .exchange((request, response) -> response.getBody(), false);
                    return new String(body.readAllBytes());
                }));
    }

    @ParameterizedTest
    @EnumSource(value = Transport.class, names = "SIMPLE", mode = EnumSource.Mode.EXCLUDE)
    void aBodyOfAWebClient(Transport transport) {
        retries(
                transport,
                "/cut",
                context -> context.getBean(Calls.class)
                        .keyedMono(() -> context.getBean(WebClient.Builder.class)
                                .build()
                                .get()
                                .uri(server.url("/cut"))
                                .retrieve()
                                .bodyToMono(String.class))
                        .block());
    }

    @ParameterizedTest
    @EnumSource(value = Transport.class, names = "SIMPLE", mode = EnumSource.Mode.EXCLUDE)
    void aBodyOfAnExchange(Transport transport) {
        retries(
                transport,
                "/cut",
                context -> context.getBean(Calls.class)
                        .keyedMono(() -> context.getBean(WebClient.Builder.class)
                                .build()
                                .get()
                                .uri(server.url("/cut"))
                                .exchangeToMono(response -> response.bodyToMono(String.class)))
                        .block());
    }

    @ParameterizedTest
    @EnumSource(value = Transport.class, names = "SIMPLE", mode = EnumSource.Mode.EXCLUDE)
    void aCauseAloneOfAWebClient(Transport transport) {
        retries(
                transport,
                "/lost",
                context -> context.getBean(Calls.class)
                        .keyedMono(() -> context.getBean(WebClient.Builder.class)
                                .build()
                                .get()
                                .uri(server.url("/lost"))
                                .retrieve()
                                .bodyToMono(String.class)
                                .onErrorMap(NestedExceptionUtils::getMostSpecificCause))
                        .block());
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"JDK", "HTTP_COMPONENTS"})
    void anInnerCallThatReadOnSuccessfully(Transport transport) {
        retries(
                transport,
                "/broken",
                context -> context.getBean(Calls.class)
                        .keyed(() -> context.getBean(Inner.class).once(() -> {
                            try {
                                return get(context, "/broken");
                            } finally {
                                get(context, "/ok");
                            }
                        })));
    }
}
