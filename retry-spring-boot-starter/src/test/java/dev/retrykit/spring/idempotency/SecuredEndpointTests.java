package dev.retrykit.spring.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import jakarta.servlet.Filter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.method.configuration.EnableReactiveMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.ReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** With Spring Security: nobody is given another's answer, and who may not call any more isn't given his own. */
@Tag("server")
class SecuredEndpointTests {

    static UserDetails user(String name, String... authorities) {
        return User.withUsername(name)
                .password("{noop}secret")
                .authorities(authorities)
                .build();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    @EnableMethodSecurity
    static class ServletSecurity {

        @Bean
        SecurityFilterChain chain(HttpSecurity http) {
            return http.csrf(csrf -> csrf.disable())
                    .authorizeHttpRequests(requests -> requests.requestMatchers("/open", "/scoped", "/error")
                            .permitAll()
                            .requestMatchers("/by-url")
                            .hasAuthority("pay")
                            .anyRequest()
                            .authenticated())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }

        @Bean
        InMemoryUserDetailsManager users() {
            return new InMemoryUserDetailsManager(user("alice", "pay"), user("bob", "pay"));
        }

        @Bean
        FilterRegistrationBean<Filter> registration(@Qualifier("springSecurityFilterChain") Filter filter) {
            FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(filter);
            registration.setOrder(-100);
            return registration;
        }
    }

    @RestController
    static class ServletController {

        @Idempotent
        @PostMapping("/by-url")
        String byUrl() {
            return UUID.randomUUID().toString();
        }

        @Idempotent
        @PreAuthorize("hasAuthority('pay')")
        @PostMapping("/by-method")
        String byMethod() {
            return UUID.randomUUID().toString();
        }

        @Idempotent
        @PostMapping("/open")
        String open() {
            return UUID.randomUUID().toString();
        }

        @Idempotent(scope = "#tenant")
        @PostMapping("/scoped")
        String scoped(@RequestHeader("X-Tenant") String tenant) {
            return UUID.randomUUID().toString();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebFluxSecurity
    @EnableReactiveMethodSecurity
    static class ReactiveSecurity {

        @Bean
        SecurityWebFilterChain chain(ServerHttpSecurity http) {
            return http.csrf(ServerHttpSecurity.CsrfSpec::disable)
                    .authorizeExchange(requests -> requests.pathMatchers("/open", "/scoped")
                            .permitAll()
                            .pathMatchers("/by-url")
                            .hasAuthority("pay")
                            .anyExchange()
                            .authenticated())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }

        @Bean
        Users users() {
            return new Users();
        }
    }

    static class Users implements ReactiveUserDetailsService {

        private volatile MapReactiveUserDetailsService users =
                new MapReactiveUserDetailsService(user("alice", "pay"), user("bob", "pay"));

        void revoke() {
            users = new MapReactiveUserDetailsService(user("alice", "look"), user("bob", "pay"));
        }

        void grant() {
            users = new MapReactiveUserDetailsService(user("alice", "pay"), user("bob", "pay"));
        }

        @Override
        public Mono<UserDetails> findByUsername(String name) {
            return users.findByUsername(name);
        }
    }

    @RestController
    static class ReactiveController {

        @Idempotent
        @PostMapping("/by-url")
        Mono<String> byUrl() {
            return Mono.fromCallable(() -> UUID.randomUUID().toString());
        }

        @Idempotent
        @PreAuthorize("hasAuthority('pay')")
        @PostMapping("/by-method")
        Mono<String> byMethod() {
            return Mono.fromCallable(() -> UUID.randomUUID().toString());
        }

        @Idempotent
        @PostMapping("/open")
        Mono<String> open() {
            return Mono.fromCallable(() -> UUID.randomUUID().toString());
        }

        @Idempotent(scope = "#tenant")
        @PostMapping("/scoped")
        Mono<String> scoped(@RequestHeader("X-Tenant") String tenant) {
            return Mono.fromCallable(() -> UUID.randomUUID().toString());
        }
    }

    @Nested
    class InMvc extends Contract {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(WebApplicationType.SERVLET, Map.of(), ServletSecurity.class, ServletController.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @Override
        Shop shop() {
            return shop;
        }

        @Override
        void revoke() {
            shop.bean(InMemoryUserDetailsManager.class).updateUser(user("alice", "look"));
        }

        @Override
        void grant() {
            shop.bean(InMemoryUserDetailsManager.class).updateUser(user("alice", "pay"));
        }
    }

    @Nested
    class InWebFlux extends Contract {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(WebApplicationType.REACTIVE, Map.of(), ReactiveSecurity.class, ReactiveController.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @Override
        Shop shop() {
            return shop;
        }

        @Override
        void revoke() {
            shop.bean(Users.class).revoke();
        }

        @Override
        void grant() {
            shop.bean(Users.class).grant();
        }
    }

    abstract static class Contract {

        private final String key = UUID.randomUUID().toString();

        abstract Shop shop();

        abstract void revoke();

        abstract void grant();

        private HttpResponse<byte[]> as(String name, String path) {
            String credentials =
                    Base64.getEncoder().encodeToString((name + ":secret").getBytes(StandardCharsets.UTF_8));
            return shop().post(path, key, "{}", "Authorization", "Basic " + credentials);
        }

        @Test
        void givesEachCallerHisOwnAnswer() {
            HttpResponse<byte[]> alices = as("alice", "/by-method");
            HttpResponse<byte[]> bobs = as("bob", "/by-method");
            assertThat(bobs.statusCode()).isEqualTo(200);
            assertThat(bobs.body()).isNotEqualTo(alices.body());
            assertThat(bobs.headers().firstValue("Idempotent-Replayed")).isEmpty();
            assertThat(as("alice", "/by-method").body()).isEqualTo(alices.body());
            assertThat(as("bob", "/by-method").body()).isEqualTo(bobs.body());
        }

        @Test
        void givesNothingToOneWhoMayNotCallAnyMore() {
            for (String path : new String[] {"/by-method", "/by-url"}) {
                HttpResponse<byte[]> first = as("alice", path);
                assertThat(first.statusCode()).isEqualTo(200);
                revoke();
                HttpResponse<byte[]> revoked = as("alice", path);
                grant();
                assertThat(revoked.statusCode()).isEqualTo(403);
                assertThat(revoked.headers().firstValue("Idempotent-Replayed")).isEmpty();
                assertThat(as("alice", path).body()).isEqualTo(first.body());
            }
        }

        @Test
        void refusesKeysOfNobody() {
            HttpResponse<byte[]> response = shop().post("/open", key, "{}");
            assertThat(response.statusCode()).isEqualTo(403);
            assertThat(new String(response.body(), StandardCharsets.UTF_8))
                    .contains("the caller of this request is unknown");
            assertThat(as("alice", "/open").statusCode()).isEqualTo(200);
        }

        @Test
        void takesAScopeInPlaceOfACaller() {
            HttpResponse<byte[]> acme = shop().post("/scoped", key, "{}", "X-Tenant", "acme");
            HttpResponse<byte[]> other = shop().post("/scoped", key, "{}", "X-Tenant", "other");
            assertThat(acme.statusCode()).isEqualTo(200);
            assertThat(other.body()).isNotEqualTo(acme.body());
            assertThat(shop().post("/scoped", key, "{}", "X-Tenant", "acme").body())
                    .isEqualTo(acme.body());
        }
    }
}
