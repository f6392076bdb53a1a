package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.event.RetryEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.client.RestClient;

/** What an application sees of its clients and requests is what it sees without us. */
class SeenRequestTests {

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();

    @Test
    void aHandlerSeesWhatInterceptorsHaveAddedToAGuardedRequest() throws IOException {
        try (FaultServer server = new FaultServer()) {
            server.on("/broken", (request, connection) -> connection.status(500));
            List<List<String>> seen = new ArrayList<>();
            HttpApps.with("""
                    retrykit.policies.plain: { max-attempts: 2 }
                    retrykit.http.guards: [ { host: localhost, policy: plain } ]
                    """, ended).run(context -> {
                RestClient client = context.getBean(RestClient.Builder.class)
                        .requestInterceptor((request, body, next) -> {
                            request.getHeaders().add("X-Correlation", "one");
                            request.getAttributes().put("correlation", "one");
                            return next.execute(request, body);
                        })
                        .defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {
                            seen.add(request.getHeaders().getOrEmpty("X-Correlation"));
                            seen.add(List.of(
                                    String.valueOf(request.getAttributes().get("correlation"))));
                        })
                        .build();
                client.get().uri(server.url("/broken")).retrieve().toBodilessEntity();
                assertThat(server.requests("/broken")).hasSize(2);
                assertThat(seen).containsExactly(List.of("one"), List.of("one"));
            });
        }
    }

    @Test
    void aCustomizerFindsTheBuilderThatItHasSeen() {
        Map<RestClient.Builder, String> known = new ConcurrentHashMap<>();
        HttpApps.with("retrykit.policies.plain: { max-attempts: 3 }", ended)
                .withBean(RestClientCustomizer.class, () -> builder -> known.put(builder, "seen"))
                .run(context -> {
                    RestClient.Builder builder = context.getBean(RestClient.Builder.class);
                    assertThat(known.get(builder)).isEqualTo("seen");
                    assertThat(known.get(builder.clone())).isNull();
                });
    }
}
