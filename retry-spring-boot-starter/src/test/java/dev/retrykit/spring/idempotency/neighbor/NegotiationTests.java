package dev.retrykit.spring.idempotency.neighbor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What is kept is what the handler answered, so a filter encodes a replay for the one who asks. */
@Tag("server")
class NegotiationTests {

    private final String key = UUID.randomUUID().toString();

    @RestController
    static class MvcController {

        @Idempotent
        @PostMapping("/compression/text")
        String text() {
            return "text of " + UUID.randomUUID();
        }
    }

    @RestController
    static class FluxController {

        @Idempotent
        @PostMapping("/compression/text")
        Mono<String> text() {
            return Mono.fromSupplier(() -> "text of " + UUID.randomUUID());
        }
    }

    private HttpResponse<byte[]> post(Shop shop, String encoding) {
        return shop.post("/compression/text", key, "{}", "Accept-Encoding", encoding);
    }

    private void assertEncodesForEach(Shop shop) {
        HttpResponse<byte[]> first = post(shop, "gzip");
        assertThat(first.headers().allValues("Content-Encoding")).containsExactly("gzip");
        String text = Codings.decompress(first.body());
        assertThat(text).startsWith("text of");

        HttpResponse<byte[]> plain = post(shop, "identity");
        assertThat(plain.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(plain.body()).asString().isEqualTo(text);

        HttpResponse<byte[]> repeat = post(shop, "gzip");
        assertThat(repeat.headers().allValues("Content-Encoding")).containsExactly("gzip");
        assertThat(repeat.body()).isEqualTo(first.body());
    }

    @Nested
    class InMvc {

        @Test
        void encodesForWhoAsks() {
            try (Shop shop = Shop.start(
                    WebApplicationType.SERVLET, Map.of(), MvcFilters.Compression.class, MvcController.class)) {
                assertEncodesForEach(shop);
            }
        }
    }

    @Nested
    class InWebFlux {

        @Test
        void encodesForWhoAsks() {
            try (Shop shop = Shop.start(
                    WebApplicationType.REACTIVE, Map.of(), FluxFilters.Compression.class, FluxController.class)) {
                assertEncodesForEach(shop);
            }
        }
    }
}
