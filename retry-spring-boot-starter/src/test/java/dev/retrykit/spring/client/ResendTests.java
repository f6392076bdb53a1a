package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.spring.idempotency.Waiting;
import dev.retrykit.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** What becomes of requests over pooled connections that died while they were idle. */
@Tag("server")
class ResendTests {

    private static final int CALLERS = 60;

    private static final String YML = """
            retrykit:
              policies: { inventory: { max-attempts: 3 }, once: { max-attempts: 1 } }
              circuits: { inventory: { minimum-calls: 20 } }
            """;

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();

    static class Caller {

        private final RestClient blocking;
        private final WebClient reactive;

        Caller(RestClient.Builder blocking, WebClient.Builder reactive) {
            this.blocking = blocking.build();
            this.reactive = reactive.build();
        }

        @Retryable("inventory")
        @CircuitGuarded("inventory")
        @Nullable
        String call(HttpMethod method, String url) {
            return withoutAttempt(method, url);
        }

        @Nullable
        String withoutAttempt(HttpMethod method, String url) {
            RestClient.RequestBodySpec request = blocking.method(method).uri(url);
            return (method.equals(HttpMethod.GET) ? request : request.body("a body"))
                    .retrieve()
                    .body(String.class);
        }

        @Retryable("once")
        @Nullable
        String callOnce(HttpMethod method, String url) {
            return withoutAttempt(method, url);
        }

        @Retryable("once")
        Mono<String> callOnceLater(HttpMethod method, String url) {
            return withoutAttemptLater(method, url);
        }

        @Retryable("inventory")
        @CircuitGuarded("inventory")
        Mono<String> callLater(HttpMethod method, String url) {
            return withoutAttemptLater(method, url);
        }

        Mono<String> withoutAttemptLater(HttpMethod method, String url) {
            WebClient.RequestBodySpec request = reactive.method(method).uri(url);
            return (method.equals(HttpMethod.GET) ? request : request.bodyValue("a body"))
                    .retrieve()
                    .bodyToMono(String.class);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Pools {

        @Bean
        ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> blocking() {
            return builder -> builder.withConnectionManagerCustomizer(
                    pool -> pool.setMaxConnPerRoute(CALLERS).setMaxConnTotal(CALLERS));
        }

        @Bean
        ClientHttpConnectorBuilderCustomizer<HttpComponentsClientHttpConnectorBuilder> reactive() {
            return builder -> builder.withConnectionManagerCustomizer(
                    pool -> pool.setMaxConnPerRoute(CALLERS).setMaxConnTotal(CALLERS));
        }
    }

    interface Call {
        @Nullable
        Object make(Caller caller, String url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http-components", "jetty", "reactor", "simple"})
    void aBurstOverDeadConnectionsIsAnswered(String transport) throws Exception {
        List<String> bursts = bursts(transport, (caller, url) -> caller.call(HttpMethod.GET, url));

        assertThat(Integer.parseInt(bursts.get(1).split(" ")[0])).isGreaterThanOrEqualTo(57);
        assertThat(bursts.get(2)).startsWith("60 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http-components", "jetty", "reactor"})
    void aReactiveBurstOverDeadConnectionsIsAnswered(String transport) throws Exception {
        List<String> bursts = bursts(
                transport,
                (caller, url) -> caller.callLater(HttpMethod.GET, url).block());

        assertThat(Integer.parseInt(bursts.get(1).split(" ")[0])).isGreaterThanOrEqualTo(57);
        assertThat(bursts.get(2)).startsWith("60 ");
    }

    /** The JDK's client has no hook, so this is a figure and no promise. */
    @ParameterizedTest
    @ValueSource(strings = "jdk")
    void withoutAHookThePolicysAttemptsHelp(String transport) throws Exception {
        List<String> blocking = bursts(transport, (caller, url) -> caller.call(HttpMethod.GET, url));
        List<String> reactive = bursts(
                transport,
                (caller, url) -> caller.callLater(HttpMethod.GET, url).block());

        assertThat(blocking.get(0)).startsWith("60 ");
        assertThat(reactive.get(0)).startsWith("60 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http-components", "jetty", "reactor"})
    void aRequestIsSentAgainWithinItsAttempt(String transport) throws Exception {
        for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.PUT, HttpMethod.DELETE)) {
            assertThat(afterDeath(transport, method, (caller, url) -> caller.callOnce(method, url)))
                    .isEqualTo("ok, dead ones touched: 1, seen: 1");
            assertThat(afterDeath(transport, method, (caller, url) -> caller.withoutAttempt(method, url)))
                    .isEqualTo("ok, dead ones touched: 1, seen: 1");
        }
        assertThat(afterDeath(
                        transport,
                        HttpMethod.GET,
                        (caller, url) ->
                                caller.callOnceLater(HttpMethod.GET, url).block()))
                .isEqualTo("ok, dead ones touched: 1, seen: 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http-components", "jetty", "reactor"})
    void aPostIsNotSentAgain(String transport) throws Exception {
        assertThat(afterDeath(transport, HttpMethod.POST, (caller, url) -> caller.call(HttpMethod.POST, url)))
                .isEqualTo("failed, dead ones touched: 1, seen: 0");
        assertThat(afterDeath(
                        transport,
                        HttpMethod.POST,
                        (caller, url) -> caller.callLater(HttpMethod.POST, url).block()))
                .isEqualTo("failed, dead ones touched: 1, seen: 0");
    }

    /**
     * What becomes of a request over a connection that died after another. Connections come back to the pool a moment after
     * their answer, so a request may find a new one: then again.
     */
    private String afterDeath(String transport, HttpMethod method, Call call) throws Exception {
        String seen = afterDeathOnce(transport, method, call);
        for (int i = 0; i < 10 && seen.contains("touched: 0"); i++) {
            seen = afterDeathOnce(transport, method, call);
        }
        return seen;
    }

    private String afterDeathOnce(String transport, HttpMethod method, Call call) throws Exception {
        String[] seen = new String[1];
        try (KeptServer server = new KeptServer((request, out) -> out.answer(200, "ok"))) {
            app(transport).run(context -> {
                Caller caller = context.getBean(Caller.class);
                caller.call(HttpMethod.GET, server.url("/before"));
                caller.callLater(HttpMethod.GET, server.url("/before")).block();
                server.letConnectionsDie();
                Object[] answer = new Object[1];
                Throwable failure = catchThrowable(() -> answer[0] = call.make(caller, server.url("/after")));
                seen[0] = (failure == null ? answer[0] : "failed") + ", dead ones touched: " + server.touched()
                        + ", seen: "
                        + server.requests().stream()
                                .filter((method + " /after")::equals)
                                .count();
            });
        }
        return seen[0];
    }

    /** Whatever comes of it, the peer was there, and has seen the request. */
    @ParameterizedTest
    @ValueSource(strings = {"http-components", "jetty", "reactor"})
    void whatFailsAfterAnAnswerHasBegunIsNotSentAgain(String transport) throws Exception {
        try (KeptServer server = new KeptServer((request, out) -> {
            if (request.endsWith("/before")) {
                return out.answer(200, "ok");
            }
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes.");
            return false;
        })) {
            app(transport).run(context -> {
                Caller caller = context.getBean(Caller.class);
                caller.call(HttpMethod.GET, server.url("/before"));
                caller.callLater(HttpMethod.GET, server.url("/before")).block();
                assertThat(catchThrowable(() -> caller.callOnce(HttpMethod.GET, server.url("/after"))))
                        .isNotNull();
                assertThat(catchThrowable(() -> caller.callOnceLater(HttpMethod.GET, server.url("/after"))
                                .block()))
                        .isNotNull();
                assertThat(server.requests()).filteredOn("GET /after"::equals).hasSize(2);
            });
        }
    }

    /** Whose settings for the pool come after ours. */
    @Test
    void anOwnPoolIsRespected() throws Exception {
        List<String> bursts = bursts(
                app("http-components")
                        .withBean(
                                "own",
                                ClientHttpRequestFactoryBuilderCustomizer.class,
                                () -> (ClientHttpRequestFactoryBuilderCustomizer<
                                                HttpComponentsClientHttpRequestFactoryBuilder>)
                                        builder -> builder.withConnectionManagerCustomizer(
                                                pool -> pool.setDefaultConnectionConfig(ConnectionConfig.DEFAULT))),
                (caller, url) -> caller.call(HttpMethod.GET, url));

        assertThat(Integer.parseInt(bursts.get(1).split(" ")[0])).isGreaterThanOrEqualTo(57);
        assertThat(bursts.get(2)).startsWith("60 ");
    }

    private List<String> bursts(String transport, Call call) throws Exception {
        return bursts(app(transport), call);
    }

    private static List<String> bursts(ApplicationContextRunner app, Call call) throws Exception {
        List<String> bursts = new ArrayList<>();
        try (KeptServer server = new KeptServer((request, out) -> {
            Waiting.nanos(80_000_000);
            return out.answer(200, "ok");
        })) {
            app.run(context -> {
                assertThat(context).hasNotFailed();
                Caller caller = context.getBean(Caller.class);
                for (int i = 0; i < 3; i++) {
                    if (i == 1) {
                        server.letConnectionsDie();
                    }
                    int touched = server.touched();
                    int ok = burst(() -> call.make(caller, server.url("/")));
                    bursts.add(ok + " of 60, dead ones touched: " + (server.touched() - touched));
                }
            });
        }
        return bursts;
    }

    private static int burst(java.util.concurrent.Callable<?> call) throws Exception {
        CountDownLatch begin = new CountDownLatch(1);
        AtomicInteger ok = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            Thread thread = new Thread(() -> {
                try {
                    begin.await();
                    if ("ok".equals(call.call())) {
                        ok.incrementAndGet();
                    }
                } catch (Exception failed) {
                    // counted by those that don't
                }
            });
            threads.add(thread);
            thread.start();
        }
        begin.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        return ok.get();
    }

    private ApplicationContextRunner app(String transport) {
        ApplicationContextRunner app = HttpApps.with(YML, ended)
                .withAllowBeanDefinitionOverriding(true)
                .withBean("timeSource", TimeSource.class, TimeSource::system)
                .withBean(Caller.class)
                .withUserConfiguration(Pools.class)
                .withPropertyValues("spring.http.clients.imperative.factory=" + transport);
        return transport.equals("simple")
                ? app
                : app.withPropertyValues("spring.http.clients.reactive.connector=" + transport);
    }
}
