package dev.retrykit.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.annotation.Backoff;
import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import java.net.ConnectException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.client.circuitbreaker.CircuitBreakerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.retry.annotation.EnableRetry;
import org.springframework.web.client.RestClient;

/**
 * An application that has all libraries of the pages for migration at once and Spring Cloud CircuitBreaker, and exposes all
 * endpoints.
 */
@Tag("spring-cloud")
class OtherLibrariesTests {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableRetry
    @EnableResilientMethods
    static class Application {

        @Bean
        Client client(CircuitBreakerFactory<?, ?> cloud) {
            return new Client(cloud);
        }
    }

    static class Client {

        private final AtomicInteger attempts = new AtomicInteger();
        private final CircuitBreakerFactory<?, ?> cloud;

        Client(CircuitBreakerFactory<?, ?> cloud) {
            this.cloud = cloud;
        }

        @Retryable(backoff = @Backoff(delay = "1ms"))
        @CircuitGuarded
        public String retrykit() throws ConnectException {
            return fail();
        }

        @io.github.resilience4j.retry.annotation.Retry(name = "foreign")
        @io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker(name = "foreign")
        public String resilience4j() throws ConnectException {
            return fail();
        }

        @org.springframework.retry.annotation.Retryable(
                maxAttempts = 5,
                backoff = @org.springframework.retry.annotation.Backoff(delay = 1))
        public String springRetry() throws ConnectException {
            return fail();
        }

        @org.springframework.resilience.annotation.Retryable(maxRetries = 5, delay = 1)
        public String springFramework() throws ConnectException {
            return fail();
        }

        /** Its circuit is Resilience4j's, of another name than that of the annotation. */
        public String springCloud() {
            return cloud.create("cloud").run(() -> {
                attempts.incrementAndGet();
                throw new IllegalStateException("down");
            });
        }

        private String fail() throws ConnectException {
            attempts.incrementAndGet();
            throw new ConnectException("down");
        }

        public int attempts() {
            return attempts.getAndSet(0);
        }
    }

    /** A call that fails. */
    @FunctionalInterface
    interface Call {
        String of(Client client) throws Exception;
    }

    @Test
    void eachMethodIsRetriedByItsOwnLibraryAndAllEndpointsAnswer() {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.SERVLET)
                .run(
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--management.endpoints.web.exposure.include=*",
                        "--resilience4j.retry.instances.foreign.max-attempts=4",
                        "--resilience4j.retry.instances.foreign.wait-duration=1ms",
                        "--resilience4j.circuitbreaker.instances.foreign.minimum-number-of-calls=100")) {
            Client client = context.getBean(Client.class);
            assertThat(attempts(client, Client::retrykit)).isEqualTo(3);
            assertThat(attempts(client, Client::resilience4j)).isEqualTo(4);
            assertThat(attempts(client, Client::springRetry)).isEqualTo(5);
            assertThat(attempts(client, Client::springFramework)).isEqualTo(6);
            assertThat(attempts(client, Client::springCloud)).isEqualTo(1);

            RestClient http = RestClient.create("http://127.0.0.1:"
                    + context.getEnvironment().getRequiredProperty("local.server.port") + "/actuator");
            assertThat(body(http, "/retry")).contains("Client.retrykit");
            assertThat(body(http, "/retries")).contains("foreign");
            assertThat(body(http, "/circuitbreakers")).contains("foreign", "cloud");
            assertThat(body(http, "/beans")).contains("resilience4jCircuitBreakerFactory");
            assertThat(context.containsBean("retrykitEndpoint")).isTrue();
        }
    }

    private static String body(RestClient http, String path) {
        String body = http.get().uri(path).retrieve().body(String.class);
        return body == null ? "" : body;
    }

    private static int attempts(Client client, Call call) {
        assertThatThrownBy(() -> call.of(client)).isNotNull();
        return client.attempts();
    }
}
