package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.RetryListener;
import dev.retrykit.event.StopReason;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.core5.util.TimeValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;

/** A client is seen wherever it was made, over each transport, and no transport repeats requests within an attempt. */
@Tag("server")
class SeenClientTests {

    private static final String YML = """
            retrykit.policies.plain: { max-attempts: 3, budget: { unlimited: true } }
            """;

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
    private FaultServer server;

    /** The application's own code. */
    static class Calls {

        @Retryable("plain")
        String plain(Supplier<String> call) {
            return call.get();
        }

        @Retryable(value = "plain", idempotencyKey = "auto")
        String keyed(Supplier<String> call) {
            return call.get();
        }
    }

    @BeforeEach
    void start() {
        server = new FaultServer();
        server.on("/broken", (request, connection) -> connection.status(500));
        server.on("/limited", (request, connection) -> connection.status(429));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    static Stream<Arguments> waysAndTransports() {
        return Stream.of(ClientWay.values())
                .flatMap(way -> Stream.of("jdk", "http-components", "jetty", "reactor", "simple")
                        .filter(way::has)
                        .map(transport -> Arguments.of(way, transport)));
    }

    private ApplicationContextRunner app(ClientWay way, String transport, String yml) {
        ApplicationContextRunner app = HttpApps.with(yml, ended)
                .withBean(Calls.class)
                .withPropertyValues(
                        "test.transport=" + transport,
                        "spring.http.clients.imperative.factory=" + transport,
                        "spring.http.clients.reactive.connector=" + (transport.equals("simple") ? "jdk" : transport));
        return way.declare(app);
    }

    @ParameterizedTest(name = "{0} over {1}")
    @MethodSource("waysAndTransports")
    void isSeen(ClientWay way, String transport) {
        app(way, transport, YML).run(context -> {
            assertThat(context).hasNotFailed();
            Calls calls = context.getBean(Calls.class);
            assertThat(catchThrowable(() -> calls.plain(() -> send(way, context, HttpMethod.POST, "/broken"))))
                    .isNotNull();
            assertThat(server.requests("/broken"))
                    .as("an unkeyed POST is sent once")
                    .hasSize(1);
            assertThat(ended).extracting(RetryEvent.Ended::reason).containsExactly(StopReason.NOT_IDEMPOTENT);

            assertThat(catchThrowable(() -> calls.keyed(() -> send(way, context, HttpMethod.POST, "/broken"))))
                    .isNotNull();
            List<String> keys = server.requests("/broken").stream()
                    .skip(1)
                    .map(request -> request.headers().get("idempotency-key"))
                    .toList();
            assertThat(keys).hasSize(3).doesNotContainNull();
            assertThat(keys.stream().distinct()).hasSize(1);

            assertThat(catchThrowable(() -> calls.plain(() -> send(way, context, HttpMethod.GET, "/limited"))))
                    .isNotNull();
            assertThat(server.requests("/limited"))
                    .as("no transport repeats a request by itself")
                    .hasSize(3);
        });
    }

    private String send(ClientWay way, ApplicationContext context, HttpMethod method, String path) {
        return way.send(context, method, URI.create(server.url(path)));
    }

    @ParameterizedTest
    @EnumSource(ClientWay.class)
    void isGuardedOnce(ClientWay way) {
        String guarded = YML + "retrykit.http.guards: [ { host: localhost, policy: plain } ]\n";
        app(way, "http-components", guarded).run(context -> {
            assertThat(catchThrowable(() -> send(way, context, HttpMethod.GET, "/limited")))
                    .isNotNull();
            assertThat(server.requests("/limited")).hasSize(3);
            assertThat(ended).extracting(RetryEvent.Ended::reason).containsExactly(StopReason.EXHAUSTED);
        });
    }

    @ParameterizedTest
    @EnumSource(ClientWay.class)
    void isNotTouchedIfNoneIs(ClientWay way) {
        app(way, "jdk", YML + "retrykit.http.clients: none\n").run(context -> {
            Calls calls = context.getBean(Calls.class);
            assertThat(catchThrowable(() -> calls.plain(() -> send(way, context, HttpMethod.GET, "/broken"))))
                    .isNotNull();
            assertThat(server.requests("/broken")).hasSize(3);
            assertThat(server.requests("/broken"))
                    .noneMatch(request -> request.headers().containsKey("idempotency-key"));
        });
    }

    @Test
    void isSeenThoughWhatTheEngineNeedsUsesIt() {
        ApplicationContextRunner app = app(ClientWay.OWN_FACTORY_BUILDER, "http-components", YML);
        app.withUserConfiguration(ListenerWithClient.class).run(context -> {
            assertThat(context).hasNotFailed();
            Calls calls = context.getBean(Calls.class);
            assertThat(catchThrowable(() -> calls.plain(
                            () -> send(ClientWay.OWN_FACTORY_BUILDER, context, HttpMethod.POST, "/broken"))))
                    .isNotNull();
            assertThat(server.requests("/broken")).hasSize(1);
        });
    }

    /** Repeats what it likes. */
    static class OwnStrategy {

        @Bean
        HttpComponentsClientHttpRequestFactoryBuilder http() {
            return ClientHttpRequestFactoryBuilder.httpComponents()
                    .withHttpClientCustomizer(client -> client.setRetryStrategy(
                            new DefaultHttpRequestRetryStrategy(1, TimeValue.ofMilliseconds(1))));
        }
    }

    @Test
    void aBuilderKeepsItsTypeAndTheStrategyThatTheApplicationHasSet() {
        app(ClientWay.BUILDER, "jdk", YML)
                .withUserConfiguration(OwnStrategy.class)
                .run(context -> {
                    assertThat(context).hasSingleBean(HttpComponentsClientHttpRequestFactoryBuilder.class);
                    Calls calls = context.getBean(Calls.class);
                    assertThat(catchThrowable(() ->
                                    calls.plain(() -> send(ClientWay.BUILDER, context, HttpMethod.GET, "/limited"))))
                            .isNotNull();
                });

        assertThat(server.requests("/limited")).hasSize(6);
    }

    /** The engine needs its listeners, and this one needs a client. */
    @Configuration(proxyBeanMethods = false)
    static class ListenerWithClient {

        @Bean
        RetryListener reporting(RestClient.Builder builder) {
            builder.build();
            return event -> {};
        }
    }
}
