package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.event.RetryEvent;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.util.TimeValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.reactive.HttpComponentsClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/** A retry strategy that an application gives to HttpComponents stays, whatever its class. */
class OwnRetryStrategyTests {

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
    private FaultServer server;

    @BeforeEach
    void start() {
        server = new FaultServer();
        server.on("/limited", (request, connection) -> connection.status(429));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static DefaultHttpRequestRetryStrategy fourTimes() {
        return new DefaultHttpRequestRetryStrategy(4, TimeValue.ofMilliseconds(1));
    }

    @Test
    void staysInABlockingClient() {
        RestClient own = RestClient.builder()
                .requestFactory(new HttpComponentsClientHttpRequestFactory(
                        HttpClients.custom().setRetryStrategy(fourTimes()).build()))
                .build();
        HttpApps.with("retrykit.policies.plain: { max-attempts: 3 }", ended)
                .withBean(RestClient.class, () -> own)
                .run(context -> {
                    RestClient client = context.getBean(RestClient.class);
                    assertThat(catchThrowable(() -> client.get()
                                    .uri(server.url("/limited"))
                                    .retrieve()
                                    .toBodilessEntity()))
                            .isNotNull();
                    assertThat(server.requests("/limited")).hasSize(5);
                });
    }

    @Test
    void staysInAReactiveClient() throws IOException {
        try (CloseableHttpAsyncClient http =
                HttpAsyncClients.custom().setRetryStrategy(fourTimes()).build()) {
            http.start();
            WebClient own = WebClient.builder()
                    .clientConnector(new HttpComponentsClientHttpConnector(http))
                    .build();
            HttpApps.with("retrykit.policies.plain: { max-attempts: 3 }", ended)
                    .withBean(WebClient.class, () -> own)
                    .run(context -> {
                        WebClient client = context.getBean(WebClient.class);
                        assertThat(catchThrowable(() -> client.get()
                                        .uri(server.url("/limited"))
                                        .retrieve()
                                        .toBodilessEntity()
                                        .block()))
                                .isNotNull();
                        assertThat(server.requests("/limited")).hasSize(5);
                    });
        }
    }
}
