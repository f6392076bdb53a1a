package dev.retrykit.spring.idempotency.neighbor;

import java.util.List;
import java.util.Map;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.csrf.CookieServerCsrfTokenRepository;
import org.springframework.security.web.server.csrf.ServerCsrfTokenRequestAttributeHandler;

/** Spring Security in WebFlux, with callers by name and tokens against forged requests. */
final class FluxSecurity {

    static final Application CSRF = new Application(
            "WebFlux with Spring Security",
            WebApplicationType.REACTIVE,
            Map.of(),
            neighbors(),
            Chain.class,
            FluxControllers.Bare.class,
            FluxControllers.Forms.class);

    private FluxSecurity() {}

    private static List<Neighbor> neighbors() {
        return MvcSecurity.neighbors().stream()
                .map(neighbor -> neighbor.ofKinds(Kind.MONO))
                .toList();
    }

    @Configuration(proxyBeanMethods = false)
    static class Users {

        @Bean
        static PasswordEncoder passwords() {
            return new PlainPasswords();
        }

        @Bean
        static MapReactiveUserDetailsService users() {
            return new MapReactiveUserDetailsService(
                    MvcSecurity.user("alice", "PAYER"), MvcSecurity.user("bob", "READER"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebFluxSecurity
    static class Chain extends Users {

        @Bean
        static SecurityWebFilterChain chain(ServerHttpSecurity http) {
            return http.csrf(csrf -> csrf.csrfTokenRepository(CookieServerCsrfTokenRepository.withHttpOnlyFalse())
                            .csrfTokenRequestHandler(formTokens()))
                    .authorizeExchange(requests -> requests.anyExchange().authenticated())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }

        private static ServerCsrfTokenRequestAttributeHandler formTokens() {
            ServerCsrfTokenRequestAttributeHandler handler = new ServerCsrfTokenRequestAttributeHandler();
            handler.setTokenFromMultipartDataEnabled(true);
            return handler;
        }
    }
}
