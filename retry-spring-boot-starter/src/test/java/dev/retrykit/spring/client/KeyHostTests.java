package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Retryable;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.client.RestClient;

/** In which header each host is sent keys. */
class KeyHostTests {

    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private final FaultServer server = new FaultServer().on("/pay", (request, connection) -> connection.status(500));

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    static class Payments {

        private final RestClient client;

        Payments(RestClient.Builder client) {
            this.client = client.build();
        }

        @Retryable(idempotencyKey = "auto", maxAttempts = 2)
        void pay(String url) {
            client.post().uri(url).body("1 EUR").retrieve().toBodilessEntity();
        }

        @Retryable(maxAttempts = 2)
        void payWithHeader(String url, String name) {
            client.post().uri(url).header(name, "mine").body("1 EUR").retrieve().toBodilessEntity();
        }
    }

    private ApplicationContextRunner app(String yml) {
        return HttpApps.with(yml, new CopyOnWriteArrayList<>()).withBean(Payments.class);
    }

    private void pay(ApplicationContextRunner app, String host) {
        app.run(context -> {
            try {
                context.getBean(Payments.class).pay("http://" + host + ":" + server.port() + "/pay");
            } catch (RuntimeException refused) {
                // the server refuses all
            }
        });
    }

    private List<String> values(String header) {
        return server.requests("/pay").stream()
                .map(request -> request.headers().getOrDefault(header, "none"))
                .toList();
    }

    @Test
    void theFirstEntryThatFitsApplies() {
        ApplicationContextRunner app = app("""
                retrykit.http.idempotency-key:
                  name: X-Key
                  quoted: true
                  hosts:
                    - { host: LocalHost, name: PayPal-Request-Id, quoted: false }
                    - { host: "*", quoted: false }
                    - { host: "127.0.0.1", name: Never }
                """);

        pay(app, "localhost");
        pay(app, "127.0.0.1");

        List<String> requestIds = values("paypal-request-id");
        assertThat(requestIds).hasSize(4);
        assertThat(requestIds.subList(0, 2)).containsOnly(requestIds.get(0)).allMatch(key -> key.matches(UUID));
        assertThat(requestIds.subList(2, 4)).containsOnly("none");
        assertThat(values("x-key").subList(0, 2)).containsOnly("none");
        assertThat(values("x-key").subList(2, 4)).allMatch(key -> key.matches(UUID));
        assertThat(values("never")).containsOnly("none");
        assertThat(values("idempotency-key")).containsOnly("none");
    }

    @Test
    void whatAnEntryLeavesOutIsAsForAllHosts() {
        pay(app("""
                        retrykit.http.idempotency-key:
                          quoted: true
                          hosts: [ { host: localhost, name: Request-Id } ]
                        """), "localhost");

        assertThat(values("request-id")).hasSize(2).allMatch(key -> key.matches("\"" + UUID + "\""));
    }

    /** The caller's own header of that name is a key, and one of another name is none. */
    @ParameterizedTest
    @CsvSource({"PayPal-Request-Id, 2", "paypal-request-id, 2", "Idempotency-Key, 1"})
    void theCallersOwnHeaderIsAKeyUnderTheNameOfItsHost(String name, int requests) {
        app("retrykit.http.idempotency-key.hosts: [ { host: localhost, name: PayPal-Request-Id } ]")
                .run(context -> {
                    try {
                        context.getBean(Payments.class).payWithHeader(server.url("/pay"), name);
                    } catch (RuntimeException refused) {
                        // the server refuses all
                    }
                });

        assertThat(values(name.toLowerCase(Locale.ROOT))).hasSize(requests).containsOnly("mine");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{ host: 'https://a.b', name: K } | 'retrykit.http.idempotency-key.hosts[0].host' ="
                        + " 'https://a.b' (| it must be a host name",
                "{ host: 'a.b:80', name: K } | 'retrykit.http.idempotency-key.hosts[0].host' = 'a.b:80'"
                        + " (| it must be a host name",
                "{ host: 'a.*', name: K } | 'retrykit.http.idempotency-key.hosts[0].host' = 'a.*' (| it"
                        + " must be a host name",
                "{ host: '', name: K } | 'retrykit.http.idempotency-key.hosts[0].host' = '' (| it must be a host name",
                "{ host: a.b, name: 'A Key' } | 'retrykit.http.idempotency-key.hosts[0].name' = 'A Key'"
                        + " (| it must be a valid header name",
                "{ host: a.b, name: '' } | 'retrykit.http.idempotency-key.hosts[0].name' = '' (| it must"
                        + " be a valid header name",
                "{ host: a.b, name: Content-Length } | 'retrykit.http.idempotency-key.hosts[0].name' ="
                        + " 'Content-Length' (| without another meaning",
                "{ host: a.b } | 'retrykit.http.idempotency-key.hosts[0]' (| sets neither name nor quoted",
                "{ name: K } | 'retrykit.http.idempotency-key.hosts[0]' (| has no host"
            })
    void wrongOnesStopTheStart(String entry, String start, String rule) {
        app("retrykit.http.idempotency-key.hosts: [ " + entry.strip() + " ]")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageStartingWith(start.strip())
                        .hasMessageContaining(rule.strip())
                        .hasMessageContaining("application.yml"));
    }

    @Test
    void aHeaderThatIsTakenFailsTheStart() {
        app("retrykit.http.idempotency-key.name: host")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageStartingWith("'retrykit.http.idempotency-key.name' = 'host' ("));
    }
}
