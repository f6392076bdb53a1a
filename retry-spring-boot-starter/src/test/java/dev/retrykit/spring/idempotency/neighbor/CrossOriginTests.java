package dev.retrykit.spring.idempotency.neighbor;

import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.AtOnce;
import dev.retrykit.spring.idempotency.Shop;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Behavior;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Order;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Receipt;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.Principal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import reactor.core.publisher.Mono;

/** A script of an allowed origin can read what the answers to its keys say. */
@Tag("server")
class CrossOriginTests {

    private static final String ORIGIN = "https://shop.example";

    @Configuration(proxyBeanMethods = false)
    static class MvcOrigins implements WebMvcConfigurer {

        @Override
        public void addCorsMappings(CorsRegistry registry) {
            registry.addMapping("/global").allowedOrigins(ORIGIN).exposedHeaders("X-Own");
        }
    }

    @RestController
    static class MvcController {

        @Idempotent
        @CrossOrigin(origins = ORIGIN, exposedHeaders = "X-Own")
        @PostMapping("/annotated")
        ResponseEntity<Receipt> annotated(@RequestBody Order order, Principal caller) {
            return Ledger.take(order, caller);
        }

        @Idempotent
        @PostMapping("/global")
        ResponseEntity<Receipt> global(@RequestBody Order order, Principal caller) {
            return Ledger.take(order, caller);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class FluxOrigins implements WebFluxConfigurer {

        @Override
        public void addCorsMappings(org.springframework.web.reactive.config.CorsRegistry registry) {
            registry.addMapping("/global").allowedOrigins(ORIGIN).exposedHeaders("X-Own");
        }
    }

    @RestController
    static class FluxController {

        @Idempotent
        @CrossOrigin(origins = ORIGIN, exposedHeaders = "X-Own")
        @PostMapping("/annotated")
        Mono<ResponseEntity<Receipt>> annotated(@RequestBody Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }

        @Idempotent
        @PostMapping("/global")
        Mono<ResponseEntity<Receipt>> global(@RequestBody Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }
    }

    abstract static class Contract {

        private final String key = UUID.randomUUID().toString();
        private final String order = UUID.randomUUID().toString();

        abstract Shop shop();

        private HttpResponse<byte[]> from(String origin, String path, int amount) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(shop().url(path)))
                    .header("Origin", origin)
                    .header("Idempotency-Key", key);
            Neighbor.json(request, new Order(order, amount, Behavior.HOLD));
            return BoundedClient.send(request.build());
        }

        private static void assertReadable(HttpResponse<byte[]> response, String name) {
            assertThat(response.headers().firstValue(name)).isPresent();
            assertThat(response.headers().allValues("Access-Control-Allow-Origin"))
                    .containsExactly(ORIGIN);
            assertThat(exposed(response))
                    .contains(name.toLowerCase(Locale.ROOT))
                    .contains("x-own");
        }

        private static List<String> exposed(HttpResponse<byte[]> response) {
            return response.headers().allValues("Access-Control-Expose-Headers").stream()
                    .flatMap(line -> Arrays.stream(line.split(",")))
                    .map(name -> name.strip().toLowerCase(Locale.ROOT))
                    .toList();
        }

        @ParameterizedTest
        @ValueSource(strings = {"/annotated", "/global"})
        void exposesItsHeaders(String path) throws Exception {
            CompletableFuture<HttpResponse<byte[]>> first = AtOnce.start(() -> from(ORIGIN, path, 1));
            try {
                assertThat(Ledger.awaitEntered(order)).isTrue();
                HttpResponse<byte[]> meanwhile = from(ORIGIN, path, 1);
                assertThat(meanwhile.statusCode()).isEqualTo(409);
                assertReadable(meanwhile, "Retry-After");
            } finally {
                Ledger.release(order);
            }
            HttpResponse<byte[]> original = first.get();
            HttpResponse<byte[]> repeat = from(ORIGIN, path, 1);
            assertReplay(original, repeat);
            assertReadable(repeat, "Idempotent-Replayed");
            HttpResponse<byte[]> other = from(ORIGIN, path, 2);
            assertThat(other.statusCode()).isEqualTo(422);
            assertReadable(other, "x-should-retry");
        }

        @ParameterizedTest
        @ValueSource(strings = {"/annotated", "/global"})
        void answersNothingToAForeignOrigin(String path) {
            Ledger.release(order);
            assertThat(from(ORIGIN, path, 1).statusCode()).isEqualTo(201);
            HttpResponse<byte[]> foreign = from("https://evil.example", path, 1);
            assertThat(foreign.statusCode()).isEqualTo(403);
            assertThat(foreign.headers().firstValue("Idempotent-Replayed")).isEmpty();
            assertThat(foreign.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
    }

    @Nested
    class InMvc extends Contract {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(WebApplicationType.SERVLET, Map.of(), MvcOrigins.class, MvcController.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @Override
        Shop shop() {
            return shop;
        }
    }

    @Nested
    class InWebFlux extends Contract {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(WebApplicationType.REACTIVE, Map.of(), FluxOrigins.class, FluxController.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @Override
        Shop shop() {
            return shop;
        }
    }
}
