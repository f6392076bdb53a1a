package dev.retrykit.spring.failure;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.failure.ResultClassifier;
import dev.retrykit.failure.Verdict;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;

/** Answers that are values and not exceptions, over a real socket. */
class ReturnedStatusTests {

    private final AtomicInteger requests = new AtomicInteger();
    private volatile int failures = 1;
    private volatile int status = 503;
    private HttpServer server;
    private URI address;

    static class Stocks {

        private final URI address;

        Stocks(URI address) {
            this.address = address;
        }

        @Retryable
        ResponseEntity<String> entity() {
            return RestClient.create()
                    .get()
                    .uri(address)
                    .exchange((request, response) ->
                            ResponseEntity.status(response.getStatusCode()).body("answer"));
        }

        @Retryable
        HttpResponse<String> jdk() throws Exception {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
        }

        @Retryable
        CompletableFuture<HttpResponse<String>> later() {
            return HttpClient.newHttpClient()
                    .sendAsync(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/stock", exchange -> {
            exchange.sendResponseHeaders(requests.incrementAndGet() <= failures ? status : 200, -1);
            exchange.close();
        });
        server.start();
        address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/stock");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private interface Use {
        void use(Stocks stocks) throws Exception;
    }

    private void with(Use use) {
        Apps.plain().withBean(Stocks.class, address).run(context -> use.use(context.getBean(Stocks.class)));
    }

    @Test
    void aResponseEntityWithATransientStatusIsTriedAgain() {
        with(stocks -> assertThat(stocks.entity().getStatusCode().value()).isEqualTo(200));

        assertThat(requests).hasValue(2);
    }

    @Test
    void aResponseOfTheJdksClientIsTriedAgain() {
        with(stocks -> assertThat(stocks.jdk().statusCode()).isEqualTo(200));

        assertThat(requests).hasValue(2);
    }

    @Test
    void anAnswerThatStaysBadIsReturnedAsItCame() {
        failures = 9;

        with(stocks -> assertThat(stocks.jdk().statusCode()).isEqualTo(503));

        assertThat(requests).hasValue(3);
    }

    @Test
    void anAnswerThatIsPermanentIsTheCallers() {
        status = 404;

        with(stocks -> assertThat(stocks.entity().getStatusCode().value()).isEqualTo(404));

        assertThat(requests).hasValue(1);
    }

    static class Weather {

        private final AtomicInteger asked = new AtomicInteger();

        @Retryable("weather")
        String today() {
            return asked.incrementAndGet() == 1 ? "unknown" : "sunny";
        }
    }

    @Test
    void aBeanThatAPolicyNamesTellsBadValues() {
        ResultClassifier unknown = result -> "unknown".equals(result) ? Verdict.retryable() : null;
        Apps.with("retrykit.policies.weather: { retry-on-result: [not-known] }")
                .withBean("notKnown", ResultClassifier.class, () -> unknown)
                .withBean(Weather.class)
                .run(context ->
                        assertThat(context.getBean(Weather.class).today()).isEqualTo("sunny"));
    }

    @Test
    void aPolicyThatNamesNoBeanIsNotConcerned() {
        Apps.with("retrykit.policies.weather: {max-attempts: 2}")
                .withBean("notKnown", ResultClassifier.class, () -> result -> Verdict.retryable())
                .withBean(Weather.class)
                .run(context ->
                        assertThat(context.getBean(Weather.class).today()).isEqualTo("unknown"));
    }

    @Test
    void aNameWithoutABeanStopsTheStart() {
        Apps.with("retrykit.policies.weather: { retry-on-result: [notKnwon] }")
                .withBean("notKnown", ResultClassifier.class, () -> result -> null)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessage("retrykit.policies.weather.retry-on-result names 'notKnwon', but no"
                                + " ResultClassifier bean has that name. Did you mean 'notKnown'?"));
    }
}
