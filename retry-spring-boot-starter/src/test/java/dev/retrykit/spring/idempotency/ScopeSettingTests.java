package dev.retrykit.spring.idempotency;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.springframework.boot.WebApplicationType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What belongs to the scope of every key in addition to the caller. */
@Tag("server")
class ScopeSettingTests {

    private final String key = UUID.randomUUID().toString();

    @RestController
    static class Controller {

        @Idempotent
        @PostMapping("/pay")
        Mono<String> pay() {
            return Mono.fromCallable(() -> UUID.randomUUID().toString());
        }
    }

    private static Shop start(WebApplicationType type, String... scope) {
        return Shop.start(type, Map.of("retrykit.idempotency.scope", String.join(",", scope)), Controller.class);
    }

    private HttpResponse<byte[]> pay(Shop shop, String tenant) {
        return shop.post("/pay", key, "{}", "X-Tenant", tenant);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void keepsTenantsApart(WebApplicationType type) {
        try (Shop shop = start(type, "header:X-Tenant")) {
            HttpResponse<byte[]> acme = pay(shop, "acme");
            assertThat(pay(shop, "other").body()).isNotEqualTo(acme.body());
            assertReplay(acme, pay(shop, "acme"));
            assertProblem(shop.post("/pay", key, "{}"), 400, "The header X-Tenant is missing");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void takesTheAuthorityAndExpressions(WebApplicationType type) {
        try (Shop shop = start(type, "authority", "header('X-Tenant')?.toLowerCase()")) {
            HttpResponse<byte[]> acme = pay(shop, "acme");
            assertReplay(acme, pay(shop, "ACME"));
            assertThat(pay(shop, "other").body()).isNotEqualTo(acme.body());
            assertProblem(shop.post("/pay", key, "{}"), 400, "A value is missing");
        }
    }

    @Test
    void refusesAPartThatCannotBeRead() {
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> start(WebApplicationType.SERVLET, "header:X Tenant"))
                .havingRootCause()
                .isInstanceOf(InvalidSettingException.class)
                .withMessageContaining("retrykit.idempotency.scope[0]")
                .withMessageContaining("it must name a header, for example 'header:X-Tenant'");
    }
}
