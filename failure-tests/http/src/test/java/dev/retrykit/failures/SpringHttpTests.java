package dev.retrykit.failures;

import static dev.retrykit.failures.Loopback.failureOf;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.circuitbreaker.NoFallbackAvailableException;
import org.springframework.cloud.client.loadbalancer.ClientHttpResponseStatusCodeException;
import org.springframework.cloud.client.loadbalancer.LoadBalancerProperties;
import org.springframework.cloud.client.loadbalancer.RetryableStatusCodeException;
import org.springframework.cloud.client.loadbalancer.reactive.ReactiveLoadBalancer;
import org.springframework.cloud.loadbalancer.blocking.client.BlockingLoadBalancerClient;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.codec.EncodingException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.http.converter.HttpMessageNotWritableException;
import org.springframework.vault.VaultException;
import org.springframework.vault.authentication.VaultLoginException;
import org.springframework.vault.authentication.VaultTokenLookupException;
import org.springframework.vault.core.SecretNotFoundException;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.reactive.function.UnsupportedMediaTypeException;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/** What failures of Spring's HTTP support mean, of Spring Cloud's load balancer, and of Spring Vault. */
class SpringHttpTests extends BookTests {

    interface Api {

        @GetExchange("/things/1")
        String get();

        @PostExchange("/things")
        String post();
    }

    static Stream<Row> rows() {
        return Stream.of(clients(), types(), cloud(), vault()).flatMap(rows -> rows);
    }

    private static Stream<Row> clients() {
        return Stream.of(
                row("HTTP service client: GET 503", service(503), "transient status 503"),
                row(
                        "HTTP service client: GET 503, Retry-After 1",
                        service(503, "Retry-After", "1"),
                        "transient after 1s status 503"),
                row("HTTP service client: GET 404", service(404), "answered status 404"),
                row("HTTP service client: GET 429", service(429), "throttled status 429"),
                row(
                        "HTTP service client: refused",
                        failureOf(() -> api(Loopback.closedPort()).get()),
                        "transient"),
                row("RestClient: another content type", unknownType(), "permanent"),
                row("WebClient: 503", webClient(503), "transient status 503"),
                row("WebClient: 404", webClient(404), "answered status 404"),
                row("WebClient: refused", failureOf(() -> webClient(Loopback.closedPort())), "transient"));
    }

    private static Stream<Row> types() {
        return Stream.of(
                row(
                        "Spring Web: what the application answers says less than what it was answered",
                        new ResponseStatusException(HttpStatus.NOT_FOUND),
                        "unknown"),
                row(
                        "Spring Web: 502 for a 404 of somebody else",
                        new ResponseStatusException(
                                HttpStatus.BAD_GATEWAY, "x", new HttpClientErrorException(HttpStatus.NOT_FOUND)),
                        "answered status 404"),
                row(
                        "Spring Web: 500 for a lost connection",
                        new ResponseStatusException(
                                HttpStatus.INTERNAL_SERVER_ERROR, "x", new SocketException("Connection reset")),
                        "transient"),
                row("Spring Web: can't be written", new HttpMessageNotWritableException("x"), "neutral"),
                row("Spring Web: can't be read", new HttpMessageNotReadableException("x", response(200)), "unknown"),
                row(
                        "Spring Web: can't be extracted",
                        new RestClientException("x", new IllegalStateException("x")),
                        "unknown"),
                row("Spring codecs: can't be encoded", new EncodingException("x"), "neutral"),
                row("Spring codecs: can't be decoded", new DecodingException("x"), "permanent"),
                row(
                        "Spring codecs: can't be decoded, since it was cut",
                        new DecodingException("x", new IOException("Premature EOF")),
                        "transient"),
                row(
                        "Spring codecs: answer too long",
                        new DataBufferLimitException("Exceeded limit on max bytes to buffer : 262144"),
                        "answered"),
                row(
                        "WebClient: another content type",
                        new UnsupportedMediaTypeException(MediaType.TEXT_HTML, List.of()),
                        "permanent"));
    }

    private static Stream<Row> cloud() {
        return Stream.of(
                row(
                        "LoadBalancer: no instance",
                        failureOf(() ->
                                new BlockingLoadBalancerClient(new NoInstances()).execute("orders", instance -> "")),
                        "transient"),
                row("LoadBalancer: another illegal state", new IllegalStateException("No"), "unknown"),
                row("LoadBalancer: status to retry", statusCode(503), "transient status 503"),
                row("LoadBalancer: status not to retry", statusCode(404), "answered status 404"),
                row(
                        "LoadBalancer: some status to retry",
                        new RetryableStatusCodeException("orders", 503, null, null),
                        "transient"),
                row(
                        "LoadBalancer: reactive",
                        new org.springframework.cloud.client.loadbalancer.reactive.RetryableStatusCodeException(),
                        "transient"),
                row(
                        "Spring Cloud: no fallback",
                        new NoFallbackAvailableException("No fallback available.", new ConnectException("refused")),
                        "transient"),
                row(
                        "Spring Cloud: no fallback for a 404",
                        new NoFallbackAvailableException(
                                "No fallback available.", new HttpClientErrorException(HttpStatus.NOT_FOUND)),
                        "answered status 404"));
    }

    private static Stream<Row> vault() {
        HttpServerErrorException sealed = new HttpServerErrorException(HttpStatus.SERVICE_UNAVAILABLE);
        HttpClientErrorException denied = new HttpClientErrorException(HttpStatus.FORBIDDEN);
        return Stream.of(
                row("Vault: sealed", new VaultException("Status 503", sealed), "transient status 503"),
                row("Vault: denied", new VaultException("Status 403", denied), "neutral status 403"),
                row("Vault: no secret", new SecretNotFoundException("x", "secret/a"), "answered"),
                row("Vault: no login", new VaultLoginException("x"), "neutral"),
                row(
                        "Vault: no login, since it is sealed",
                        new VaultLoginException("x", sealed),
                        "transient status 503"),
                row("Vault: no token", new VaultTokenLookupException("x"), "neutral"),
                row(
                        "Vault: no token, since nothing listens",
                        new VaultTokenLookupException("x", new ConnectException("refused")),
                        "transient"),
                row("Vault: something", new VaultException("x"), "unknown"));
    }

    private static Api api(String url) {
        RestClientAdapter adapter = RestClientAdapter.create(RestClient.builder()
                .baseUrl(url)
                .requestFactory(new JdkClientHttpRequestFactory())
                .build());
        return HttpServiceProxyFactory.builderFor(adapter).build().createClient(Api.class);
    }

    private static Throwable service(int status, String... headers) {
        try (Loopback server = Loopback.answers(status, headers)) {
            return failureOf(() -> api(server.url()).get());
        }
    }

    private static Throwable unknownType() {
        try (Loopback server = Loopback.answers(200, "Content-Type", "application/x-unknown")) {
            return failureOf(
                    () -> RestClient.create(server.url()).get().retrieve().body(Row.class));
        }
    }

    private static Object webClient(String url) {
        return WebClient.create(url).get().retrieve().bodyToMono(String.class).block();
    }

    private static Throwable webClient(int status) {
        try (Loopback server = Loopback.answers(status)) {
            return failureOf(() -> webClient(server.url()));
        }
    }

    private static Throwable statusCode(int status) {
        try {
            return new ClientHttpResponseStatusCodeException("orders", response(status), new byte[0]);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static ClientHttpResponse response(int status) {
        return new ClientHttpResponse() {
            @Override
            public HttpStatusCode getStatusCode() {
                return HttpStatusCode.valueOf(status);
            }

            @Override
            public String getStatusText() {
                return "x";
            }

            @Override
            public void close() {}

            @Override
            public InputStream getBody() {
                return new ByteArrayInputStream(new byte[0]);
            }

            @Override
            public HttpHeaders getHeaders() {
                return new HttpHeaders();
            }
        };
    }

    /** A discovery that finds nothing. */
    private static final class NoInstances implements ReactiveLoadBalancer.Factory<ServiceInstance> {

        @Override
        public ReactiveLoadBalancer<ServiceInstance> getInstance(String service) {
            return null;
        }

        @Override
        public <X> Map<String, X> getInstances(String name, Class<X> type) {
            return Map.of();
        }

        @Override
        public <X> X getInstance(String name, Class<?> type, Class<?>... generics) {
            return null;
        }

        @Override
        public LoadBalancerProperties getProperties(String service) {
            return new LoadBalancerProperties();
        }
    }
}
