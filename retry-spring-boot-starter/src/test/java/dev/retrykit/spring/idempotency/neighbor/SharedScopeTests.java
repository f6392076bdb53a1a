package dev.retrykit.spring.idempotency.neighbor;

import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Behavior;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Order;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Receipt;
import jakarta.validation.Valid;
import java.net.http.HttpResponse;
import java.security.Principal;
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
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.security.access.annotation.Secured;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.method.configuration.EnableReactiveMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Method security of handlers whose callers share one scope, so that only it stands between bob and alice's answer. */
@Tag("server")
class SharedScopeTests {

    private static final String ALL = "'all'";

    record Pay(String owner, String order) {

        Order pays() {
            return new Order(order, 1, Behavior.PAY);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    @EnableMethodSecurity(securedEnabled = true)
    static class MvcChain extends MvcSecurity.Users {

        @Bean
        static SecurityFilterChain chain(HttpSecurity http) {
            return http.csrf(csrf -> csrf.disable())
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebFluxSecurity
    @EnableReactiveMethodSecurity
    static class FluxChain extends FluxSecurity.Users {

        @Bean
        static SecurityWebFilterChain chain(ServerHttpSecurity http) {
            return http.csrf(ServerHttpSecurity.CsrfSpec::disable)
                    .authorizeExchange(requests -> requests.anyExchange().authenticated())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }
    }

    @RestController
    static class MvcController {

        @InitBinder("order")
        void check(WebDataBinder binder) {
            binder.addValidators(new UniqueOrder());
        }

        @Idempotent(scope = ALL)
        @PreAuthorize("hasRole('PAYER')")
        @PostMapping("/role")
        ResponseEntity<Receipt> role(@RequestBody Pay pay, Principal caller) {
            return Ledger.take(pay.pays(), caller);
        }

        @Idempotent(scope = ALL)
        @PreAuthorize("#pay.owner == authentication.name")
        @PostMapping("/owner")
        ResponseEntity<Receipt> owner(@RequestBody Pay pay, Principal caller) {
            return Ledger.take(pay.pays(), caller);
        }

        @Idempotent(scope = ALL)
        @Secured("ROLE_PAYER")
        @PostMapping("/secured")
        ResponseEntity<Receipt> secured(@RequestBody Pay pay, Principal caller) {
            return Ledger.take(pay.pays(), caller);
        }

        @Idempotent(scope = ALL)
        @PreAuthorize("hasRole('PAYER')")
        @PostMapping("/role-stage")
        CompletableFuture<ResponseEntity<Receipt>> roleStage(@RequestBody Pay pay, Principal caller) {
            return Ledger.stage(pay.pays(), caller);
        }

        @Idempotent(scope = ALL)
        @PreAuthorize("#pay.owner == authentication.name")
        @PostMapping("/owner-stage")
        CompletableFuture<ResponseEntity<Receipt>> ownerStage(@RequestBody Pay pay, Principal caller) {
            return Ledger.stage(pay.pays(), caller);
        }

        @Idempotent(scope = ALL)
        @PreAuthorize("hasRole('PAYER')")
        @PostMapping("/role-valid")
        ResponseEntity<Receipt> roleValid(@Valid @RequestBody Order order, Principal caller) {
            return Ledger.take(order, caller);
        }
    }

    @RestController
    static class FluxController {

        @InitBinder("order")
        void check(WebDataBinder binder) {
            binder.addValidators(new UniqueOrder());
        }

        @Idempotent(scope = ALL)
        @PreAuthorize("hasRole('PAYER')")
        @PostMapping("/role")
        Mono<ResponseEntity<Receipt>> role(@RequestBody Pay pay, Principal caller) {
            return Ledger.mono(pay.pays(), caller);
        }

        @Idempotent(scope = ALL)
        @PreAuthorize("#pay.owner == authentication.name")
        @PostMapping("/owner")
        Mono<ResponseEntity<Receipt>> owner(@RequestBody Pay pay, Principal caller) {
            return Ledger.mono(pay.pays(), caller);
        }

        @Idempotent(scope = ALL)
        @PreAuthorize("hasRole('PAYER')")
        @PostMapping("/role-valid")
        Mono<ResponseEntity<Receipt>> roleValid(@Valid @RequestBody Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }
    }

    private final String key = UUID.randomUUID().toString();
    private final String order = UUID.randomUUID().toString();

    private HttpResponse<byte[]> as(Shop shop, String name, String path) {
        return shop.post(
                path,
                key,
                "{\"owner\":\"alice\",\"order\":\"%s\",\"amount\":1,\"does\":\"PAY\"}".formatted(order),
                "Authorization",
                MvcSecurity.basic(name));
    }

    private void assertOnlyAliceIsAnswered(Shop shop, String path) {
        HttpResponse<byte[]> refused = as(shop, "bob", path);
        assertThat(refused.statusCode()).as(text(refused)).isEqualTo(403);
        assertThat(Ledger.runs(order)).isZero();
        HttpResponse<byte[]> first = as(shop, "alice", path);
        assertThat(first.statusCode()).as(text(first)).isEqualTo(201);
        HttpResponse<byte[]> bobs = as(shop, "bob", path);
        assertThat(bobs.statusCode()).as(text(bobs)).isEqualTo(403);
        assertThat(bobs.headers().firstValue("Idempotent-Replayed")).isEmpty();
        assertThat(bobs.headers().firstValue("Location")).isEmpty();
        assertThat(text(bobs)).doesNotContain(order);
        assertReplay(first, as(shop, "alice", path));
        assertThat(Ledger.runs(order)).isEqualTo(1);
    }

    @Nested
    class InMvc {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(WebApplicationType.SERVLET, Map.of(), MvcChain.class, MvcController.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @ParameterizedTest
        @ValueSource(strings = {"/role", "/owner", "/secured", "/role-stage", "/owner-stage", "/role-valid"})
        void answersWhoMayCall(String path) {
            assertOnlyAliceIsAnswered(shop, path);
        }
    }

    @Nested
    class InWebFlux {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(WebApplicationType.REACTIVE, Map.of(), FluxChain.class, FluxController.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @ParameterizedTest
        @ValueSource(strings = {"/role", "/owner", "/role-valid"})
        void answersWhoMayCall(String path) {
            assertOnlyAliceIsAnswered(shop, path);
        }
    }
}
