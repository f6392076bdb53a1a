package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.event.RetryEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.web.client.RestClient;

/** Ways to write a host, in the settings and in the address of a request. */
class HostNameTests {

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
    private final FaultServer server = new FaultServer().on("/down", (request, connection) -> connection.status(503));

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static final class Loopback implements DnsResolver {

        @Override
        public InetAddress[] resolve(String host) {
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }

    private static ClientHttpRequestFactoryBuilder<?> transport() {
        return ClientHttpRequestFactoryBuilder.httpComponents()
                .withConnectionManagerCustomizer(pool -> pool.setDnsResolver(new Loopback()));
    }

    @ParameterizedTest
    @CsvSource({
        "stock.local, stock.local",
        "Stock.local, STOCK.LOCAL",
        "stock.local, stock.local.",
        "stock.local., stock.local",
        "my_stock, my_stock",
        "my_stock, MY_Stock",
        "*.local, my_stock.local",
        "*, my_stock",
        "[::1], [0:0:0:0:0:0:0:1]",
        "[0::FFFF:7F00:1], [::ffff:127.0.0.1]"
    })
    void fitHoweverTheyAreWritten(String written, String host) {
        HttpApps.with("""
                        retrykit:
                          policies: { stock: { max-attempts: 3, idempotency-key: auto, budget: { unlimited: true } } }
                          http:
                            idempotency-key.hosts: [ { host: "HOST", name: X-Key } ]
                            propagate: [ "HOST" ]
                            guards: [ { host: "HOST", policy: stock } ]
                        """.replace("HOST", written), ended)
                .withBean(ClientHttpRequestFactoryBuilder.class, HostNameTests::transport)
                .run(context -> {
                    RestClient client =
                            context.getBean(RestClient.Builder.class).build();
                    assertThat(catchThrowable(() -> client.post()
                                    .uri(URI.create("http://" + host + ":" + server.port() + "/down"))
                                    .body("x")
                                    .retrieve()
                                    .toBodilessEntity()))
                            .isNotNull();
                });

        assertThat(server.requests("/down"))
                .hasSize(3)
                .allSatisfy(request -> assertThat(request.headers()).containsKeys("x-key", "retry-attempt"));
    }

    @ParameterizedTest
    @CsvSource({"stock.local, my.stock.local", "*.local, local", "my_stock, my_stock2", "[::1], [::2]"})
    void othersDoNot(String written, String uri) {
        HostPattern pattern = HostPattern.of(written);
        assertThat(pattern.matches(URI.create("http://" + uri + ":80/"))).isFalse();
        assertThat(pattern.matches(URI.create("http://" + uri))).isFalse();
        assertThat(pattern.matches(URI.create("/relative"))).isFalse();
    }
}
