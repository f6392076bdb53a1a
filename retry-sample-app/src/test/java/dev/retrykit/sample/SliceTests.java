package dev.retrykit.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.springframework.test.web.client.ExpectedCount.times;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.anything;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withStatus;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withSuccess;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.autoconfigure.AutoConfigureRetrykit;
import java.net.ConnectException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.restclient.test.autoconfigure.RestClientTest;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.HttpServerErrorException;

/** Tests of a part of the application have no retries, and have them with {@link AutoConfigureRetrykit}. */
class SliceTests {

    static class Urls extends ServiceUrls {

        Urls() {
            super(null, null, null, null);
        }

        @Override
        String inventory() {
            return "http://inventory";
        }
    }

    @RestController
    static class Flaky {

        private int attempts;

        @Retryable("inventory")
        @GetMapping("/flaky")
        String answer() throws ConnectException {
            if (++attempts < 3) {
                throw new ConnectException("refused");
            }
            return "third";
        }
    }

    @Nested
    @WebMvcTest(Flaky.class)
    @Import(Flaky.class)
    class OfControllers {

        @Test
        void hasNoRetries(@Autowired MockMvcTester http) {
            assertThat(http.get().uri("/flaky").exchange()).hasFailed();
        }
    }

    @Nested
    @WebMvcTest(Flaky.class)
    @Import(Flaky.class)
    @AutoConfigureRetrykit
    class OfControllersWithRetrykit {

        @Test
        void retries(@Autowired MockMvcTester http) {
            assertThat(http.get().uri("/flaky").exchange()).hasBodyTextEqualTo("third");
        }
    }

    @Nested
    @RestClientTest(InventoryClient.class)
    @Import(Urls.class)
    class OfClients {

        @Test
        void hasNoRetries(@Autowired InventoryClient client, @Autowired MockRestServiceServer server) {
            server.expect(times(1), anything()).andRespond(withStatus(HttpStatus.SERVICE_UNAVAILABLE));
            assertThatExceptionOfType(HttpServerErrorException.class).isThrownBy(() -> client.stock("lamp"));
            server.verify();
        }
    }

    @Nested
    @RestClientTest(InventoryClient.class)
    @Import(Urls.class)
    @AutoConfigureRetrykit
    class OfClientsWithRetrykit {

        @Test
        void retries(@Autowired InventoryClient client, @Autowired MockRestServiceServer server) {
            server.expect(times(2), anything()).andRespond(withStatus(HttpStatus.SERVICE_UNAVAILABLE));
            server.expect(times(1), anything())
                    .andRespond(withSuccess("{\"available\": 3}", MediaType.APPLICATION_JSON));
            assertThat(client.stock("lamp").available()).isEqualTo(3);
            server.verify();
        }
    }
}
