package dev.retrykit.spring.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.time.ManualTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/** Over a real socket, by a client that Spring Boot did not build: nobody watches it. */
@Tag("server")
class RestClientRetryTests {

    private final AtomicInteger requests = new AtomicInteger();
    private volatile int failures = 1;
    private volatile int status = 503;
    private final Map<String, String> headers = new ConcurrentHashMap<>();
    private HttpServer server;
    private RestClient client;

    static class Stocks {

        private final RestClient client;

        Stocks(RestClient client) {
            this.client = client;
        }

        @Retryable
        String find() {
            return client.get().uri("/stock").retrieve().body(String.class);
        }

        @Retryable("picky")
        String picky() {
            return client.get().uri("/stock").retrieve().body(String.class);
        }
    }

    public interface StockClient {

        @GetExchange("/stock")
        @Retryable(fallback = "none")
        String find();

        default String none(HttpClientErrorException failure) {
            return "none";
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/stock", exchange -> {
            boolean fails = requests.incrementAndGet() <= failures;
            byte[] body = "7 pieces".getBytes(StandardCharsets.UTF_8);
            if (fails) {
                headers.forEach(exchange.getResponseHeaders()::set);
            }
            exchange.sendResponseHeaders(fails ? status : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        client = RestClient.builder()
                .requestFactory(new JdkClientHttpRequestFactory())
                .baseUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .build();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void with(Use use) {
        Apps.with("retrykit.policies.picky.statuses: [404]")
                .withBean(Stocks.class, client)
                .run(context -> use.of(context.getBean(Stocks.class)));
    }

    /** What a test does with the service. */
    private interface Use {

        void of(Stocks stocks);
    }

    @Test
    void anAnswerThatIsTransientIsAskedForAgain() {
        with(stocks -> assertThat(stocks.find()).isEqualTo("7 pieces"));

        assertThat(requests).hasValue(2);
    }

    /** How long the call took by the application's clock, and how it ended. */
    private String ended(String header, String value) {
        headers.clear();
        headers.put(header, value);
        requests.set(0);
        StringBuilder ended = new StringBuilder();
        Apps.with("retrykit: { defaults.policy.jitter: none, policies.picky: }")
                .withBean(Stocks.class, client)
                .run(context -> {
                    ManualTime time = context.getBean(ManualTime.class);
                    long begin = time.nanoTime();
                    try {
                        ended.append(context.getBean(Stocks.class).find());
                    } catch (HttpServerErrorException failure) {
                        ended.append(failure.getSuppressed()[0].getMessage());
                    }
                    ended.append(" after ")
                            .append(Duration.ofNanos(time.nanoTime() - begin).toMillis());
                });
        return ended.toString();
    }

    @Test
    void noRetryComesBeforeTheServerAskedForIt() {
        assertThat(ended("Retry-After", "3")).matches("7 pieces after 3[0-3]\\d\\d");
    }

    @Test
    void aServerThatAsksForTooLongOrForNothingIsLeftAlone() {
        assertThat(ended("Retry-After", "11")).contains("RETRY_AFTER_TOO_LONG").endsWith(" after 0");
        assertThat(ended("x-should-retry", "false")).contains("VETOED").endsWith(" after 0");
        assertThat(requests).hasValue(1);
    }

    @Test
    void anAnswerThatIsPermanentIsNot() {
        status = 404;

        with(stocks -> assertThatExceptionOfType(HttpClientErrorException.NotFound.class)
                .isThrownBy(stocks::find));

        assertThat(requests).hasValue(1);
    }

    @Test
    void thePolicySaysWhichAnswersAreTransient() {
        status = 404;
        with(stocks -> assertThat(stocks.picky()).isEqualTo("7 pieces"));
        status = 503;
        requests.set(0);

        with(stocks -> assertThatExceptionOfType(HttpServerErrorException.ServiceUnavailable.class)
                .isThrownBy(stocks::picky));
    }

    @Test
    void aNamedTypeTakesNothingAwayFromWhatIsKnown() {
        withPicky(
                "{ retry-on: [java.lang.IllegalStateException] }",
                stocks -> assertThat(stocks.picky()).isEqualTo("7 pieces"));

        assertThat(requests).hasValue(2);
    }

    @Test
    void aListOfStatusesActsBesideANamedType() {
        withPicky(
                "{ retry-on: [java.lang.IllegalStateException], statuses: [503] }",
                stocks -> assertThat(stocks.picky()).isEqualTo("7 pieces"));

        assertThat(requests).hasValue(2);
    }

    @Test
    void oneLineRetriesEverything() {
        status = 404;
        Apps.with("retrykit: { defaults.policy.retry-on: [java.lang.Exception], policies.picky: }")
                .withBean(Stocks.class, client)
                .run(context -> {
                    assertThat(context.getBean(Stocks.class).find()).isEqualTo("7 pieces");
                    requests.set(0);
                    assertThat(context.getBean(Stocks.class).picky()).isEqualTo("7 pieces");
                });

        assertThat(requests).hasValue(2);
    }

    @Test
    void withoutKnowledgeOnlyWhatIsNamedIsRetried() {
        withPicky(
                "{ known-failures: false }",
                stocks -> assertThatExceptionOfType(HttpServerErrorException.class)
                        .isThrownBy(stocks::picky));
        assertThat(requests).hasValue(1);
        requests.set(0);
        withPicky(
                "{ known-failures: false," + " retry-on: [org.springframework.web.client.HttpServerErrorException] }",
                stocks -> assertThat(stocks.picky()).isEqualTo("7 pieces"));

        assertThat(requests).hasValue(2);
    }

    private void withPicky(String settings, Use use) {
        Apps.with("retrykit.policies.picky: " + settings)
                .withBean(Stocks.class, client)
                .run(context -> use.of(context.getBean(Stocks.class)));
    }

    @Test
    void aServerThatIsGoneIsTransient() {
        server.stop(0);

        Apps.plain()
                .withBean(Stocks.class, client)
                .withPropertyValues("retrykit.policies.picky.max-attempts=2")
                .run(context -> {
                    assertThatExceptionOfType(org.springframework.web.client.ResourceAccessException.class)
                            .isThrownBy(context.getBean(Stocks.class)::find);

                    assertThat(context.getBean(Retries.class)
                                    .findPolicy("Stocks.find")
                                    .orElseThrow()
                                    .counters()
                                    .attempts())
                            .isEqualTo(3);
                });
    }

    @Test
    void httpServiceInterfacesAreRetriedToo() {
        Apps.plain()
                .withBean(
                        StockClient.class,
                        () -> HttpServiceProxyFactory.builderFor(RestClientAdapter.create(client))
                                .build()
                                .createClient(StockClient.class))
                .run(context -> {
                    assertThat(context.getBean(StockClient.class).find()).isEqualTo("7 pieces");
                    assertThat(requests).hasValue(2);
                    status = 404;
                    requests.set(0);
                    assertThat(context.getBean(StockClient.class).find()).isEqualTo("none");
                    assertThat(context.getBean(Retries.class).get("StockClient.find"))
                            .isNotNull();
                });
    }
}
