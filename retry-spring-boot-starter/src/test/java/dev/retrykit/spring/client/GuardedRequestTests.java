package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.StopReason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.InputStreamResource;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.WebClient;

/** What the attempts of a guard send: the request as the caller made it, each time, and its body up to a limit. */
@Tag("server")
@ExtendWith(OutputCaptureExtension.class)
class GuardedRequestTests {

    private static final String YML = """
            retrykit:
              policies: { stock: { max-attempts: 3, idempotency-key: auto, budget: { unlimited: true } } }
              http:
                max-held-body: 1KB
                guards: [ { host: localhost, policy: stock } ]
            """;

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
    private final AtomicInteger signatures = new AtomicInteger();
    private FaultServer server;

    @BeforeEach
    void start() {
        server = new FaultServer();
        server.on("/down", (request, connection) -> connection.status(503));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private ApplicationContextRunner app(String transport) {
        return HttpApps.with(YML, ended)
                .withPropertyValues(
                        "spring.http.clients.imperative.factory=" + transport,
                        "spring.http.clients.reactive.connector=" + (transport.equals("simple") ? "jdk" : transport));
    }

    /** Signs what it sees, and sets a token if there is none yet. */
    private ClientHttpRequestInterceptor signer() {
        return (request, body, execution) -> {
            int number = signatures.incrementAndGet();
            request.getHeaders()
                    .add("X-Sig", number + ":" + request.getHeaders().getFirst("Idempotency-Key"));
            if (!request.getHeaders().containsHeader("Authorization")) {
                request.getHeaders().setBearerAuth("token" + number);
            }
            request.getAttributes().merge("seen", "x", (one, other) -> "" + one + other);
            request.getHeaders()
                    .set("X-Seen", String.valueOf(request.getAttributes().get("seen")));
            return execution.execute(request, body);
        };
    }

    private void assertEachAttemptIsSignedOnce() {
        List<FaultServer.Request> requests = server.requests("/down");
        String key = requests.get(0).headers().get("idempotency-key");
        assertThat(key).isNotNull();
        assertThat(requests)
                .extracting(request -> request.headers().get("idempotency-key"))
                .containsOnly(key);
        assertThat(requests)
                .extracting(request -> request.headers().get("x-sig"))
                .containsExactly("1:" + key, "2:" + key, "3:" + key);
        assertThat(requests)
                .extracting(request -> request.headers().get("authorization"))
                .containsExactly("Bearer token1", "Bearer token2", "Bearer token3");
        assertThat(requests)
                .extracting(request -> request.headers().get("x-seen"))
                .containsOnly("x");
        assertThat(requests).extracting(FaultServer.Request::body).containsOnly("order");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "http-components", "jetty", "reactor", "simple"})
    void aRestClientsAttemptsAreSignedOnceEach(String transport) {
        app(transport)
                .run(context -> post(context.getBean(RestClient.Builder.class)
                        .requestInterceptor(signer())
                        .build()));
        assertEachAttemptIsSignedOnce();
    }

    @Test
    void soAreThoseOfAClientThatIsChangedLater() {
        app("http-components")
                .run(context -> post(context.getBean(RestClient.Builder.class)
                        .build()
                        .mutate()
                        .requestInterceptor(signer())
                        .build()));
        assertEachAttemptIsSignedOnce();
    }

    private void post(RestClient client) {
        assertThat(catchThrowable(() -> client.post()
                        .uri(server.url("/down"))
                        .body("order")
                        .retrieve()
                        .body(String.class)))
                .isNotNull();
    }

    @Test
    void soAreThoseOfATemplate() {
        app("http-components")
                .run(context -> post(context.getBean(RestTemplateBuilder.class)
                        .additionalInterceptors(signer())
                        .build()));
        assertEachAttemptIsSignedOnce();
    }

    /** As a load balancer does: its interceptor must come after the guard, which knows the name of a service. */
    @Configuration(proxyBeanMethods = false)
    static class Late {

        @Bean
        RestTemplate template(RestTemplateBuilder builder) {
            return builder.build();
        }

        @Bean
        SmartInitializingSingleton late(RestTemplate template, ClientHttpRequestInterceptor interceptor) {
            return () -> template.setInterceptors(List.of(interceptor));
        }
    }

    @Test
    void soAreThoseOfATemplateThatGetsInterceptorsLater() {
        app("http-components")
                .withBean(ClientHttpRequestInterceptor.class, this::signer)
                .withUserConfiguration(Late.class)
                .run(context -> post(context.getBean(RestTemplate.class)));
        assertEachAttemptIsSignedOnce();
    }

    private void post(RestTemplate template) {
        assertThat(catchThrowable(() -> template.postForObject(server.url("/down"), "order", String.class)))
                .isNotNull();
    }

    @Test
    void soAreThoseOfAWebClient() {
        app("reactor")
                .run(context -> assertThat(catchThrowable(() -> context.getBean(WebClient.Builder.class)
                                .filter((request, next) -> {
                                    int number = signatures.incrementAndGet();
                                    return next.exchange(ClientRequest.from(request)
                                            .headers(headers -> {
                                                headers.add(
                                                        "X-Sig", number + ":" + headers.getFirst("Idempotency-Key"));
                                                if (!headers.containsHeader("Authorization")) {
                                                    headers.setBearerAuth("token" + number);
                                                }
                                                headers.add("X-Seen", "x");
                                            })
                                            .build());
                                })
                                .build()
                                .post()
                                .uri(server.url("/down"))
                                .bodyValue("order")
                                .retrieve()
                                .bodyToMono(String.class)
                                .block()))
                        .isNotNull());
        assertEachAttemptIsSignedOnce();
    }

    /** The application's own code. */
    static class Calls {

        private final RestClient client;

        Calls(RestClient.Builder builder, ClientHttpRequestInterceptor signer) {
            this.client = builder.requestInterceptor(signer).build();
        }

        @Retryable(value = "stock", idempotencyKey = "auto")
        void post(String url) {
            client.post().uri(url).body("order").retrieve().body(String.class);
        }
    }

    @Test
    void aKeyThatOnlyAnAnnotationAsksForIsThereBeforeSigners() {
        HttpApps.with("retrykit.policies.stock: { max-attempts: 3, budget: { unlimited: true } }", ended)
                .withBean(ClientHttpRequestInterceptor.class, this::signer)
                .withBean(Calls.class)
                .run(context -> assertThat(catchThrowable(
                                () -> context.getBean(Calls.class).post(server.url("/down"))))
                        .isNotNull());
        assertEachAttemptIsSignedOnce();
    }

    @ParameterizedTest(name = "{0} of {1} bytes over {2}: {3} attempts")
    @CsvSource({
        "text, 1000, jdk, 3",
        "text, 1025, jdk, 1",
        "once, 1000, jdk, 3",
        "once, 1000, http-components, 3",
        "once, 1000, jetty, 3",
        "once, 1000, reactor, 3",
        "once, 1000, simple, 3",
        "once, 1025, jdk, 1",
        "once, 100000, http-components, 1",
        "once, 100000, jetty, 1",
        "once, 100000, reactor, 1",
        "once, 100000, simple, 1",
        "stream, 1000, http-components, 3",
        "stream, 1025, http-components, 1",
        "multipart, 500, jdk, 3",
        "multipart, 1025, jdk, 1",
        "multipart, 100000, http-components, 1",
        "none, 0, jdk, 3"
    })
    void aBodyIsHeldUpToTheLimit(String kind, int size, String transport, int attempts, CapturedOutput output) {
        String content = "x".repeat(size);
        app(transport).run(context -> {
            RestClient.RequestBodySpec request =
                    context.getBean(RestClient.Builder.class).build().put().uri(server.url("/down"));
            assertThat(catchThrowable(
                            () -> send(request, kind, content).retrieve().toBodilessEntity()))
                    .isNotNull();
        });

        List<FaultServer.Request> requests = server.requests("/down");
        assertThat(requests).hasSize(attempts);
        assertThat(requests).allSatisfy(request -> assertThat(request.body()).contains(content));
        assertThat(ended)
                .extracting(RetryEvent.Ended::reason)
                .containsExactly(attempts == 3 ? StopReason.EXHAUSTED : StopReason.NOT_RETRYABLE);
    }

    private static RestClient.RequestHeadersSpec<?> send(
            RestClient.RequestBodySpec request, String kind, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return switch (kind) {
            case "text" -> request.body(content);
            case "once" -> request.body((StreamingHttpOutputMessage.Body) out -> out.write(bytes));
            case "stream" -> request.body(new InputStreamResource(new ByteArrayInputStream(bytes)));
            case "multipart" -> {
                MultiValueMap<String, Object> parts = new LinkedMultiValueMap<>();
                parts.add("part", content);
                yield request.body(parts);
            }
            default -> request;
        };
    }

    @ParameterizedTest(name = "{0} of {1} bytes over {2}: {3} attempts")
    @CsvSource({
        "value, 1000, reactor, 3",
        "value, 1025, reactor, 1",
        "parts, 500, reactor, 3",
        "parts, 1025, reactor, 1",
        "parts, 500, jetty, 3",
        "parts, 1025, jetty, 1",
        "parts, 500, http-components, 3",
        "parts, 1025, jdk, 1"
    })
    void aReactiveBodyIsHeldUpToTheLimit(String kind, int size, String transport, int attempts) {
        String content = "x".repeat(size);
        app(transport).run(context -> {
            WebClient.RequestBodySpec request =
                    context.getBean(WebClient.Builder.class).build().put().uri(server.url("/down"));
            WebClient.RequestHeadersSpec<?> body = kind.equals("value")
                    ? request.bodyValue(content)
                    : request.body(BodyInserters.fromMultipartData("part", content));
            assertThat(catchThrowable(() -> body.retrieve().toBodilessEntity().block()))
                    .isNotNull();
        });

        List<FaultServer.Request> requests = server.requests("/down");
        assertThat(requests).hasSize(attempts);
        assertThat(requests).allSatisfy(request -> assertThat(request.body()).contains(content));
    }

    @Test
    void oneWarningForEachHostSaysWhatIsNotHeld(CapturedOutput output) {
        app("jdk").run(context -> {
            RestClient client = context.getBean(RestClient.Builder.class).build();
            for (int i = 0; i < 2; i++) {
                assertThat(catchThrowable(() -> client.put()
                                .uri(server.url("/down").replace("localhost", "LOCALHOST"))
                                .body("x".repeat(2000))
                                .retrieve()
                                .toBodilessEntity()))
                        .isNotNull();
            }
        });

        assertThat(output)
                .containsOnlyOnce("The body of PUT LOCALHOST, 2000 bytes, cannot be sent again")
                .contains("retrykit.http.max-held-body (1024 bytes)");
    }
}
