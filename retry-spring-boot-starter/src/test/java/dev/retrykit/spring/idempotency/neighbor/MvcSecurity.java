package dev.retrykit.spring.idempotency.neighbor;

import jakarta.servlet.Filter;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfTokenRequestAttributeHandler;

/** Spring Security in Spring MVC, with callers by name and tokens against forged requests. */
final class MvcSecurity {

    static final Application CSRF = new Application(
            "MVC with Spring Security",
            WebApplicationType.SERVLET,
            Map.of(),
            neighbors(),
            Chain.class,
            MvcControllers.Bare.class,
            MvcControllers.Forms.class);

    private MvcSecurity() {}

    static List<Neighbor> neighbors() {
        return List.of(
                Neighbor.of("Security, token in the form", "/form")
                        .withCaller(MvcSecurity::basic)
                        .withHeaders("Cookie", "XSRF-TOKEN=abc")
                        .withBody(
                                (request, order) -> request.header("Content-Type", "application/x-www-form-urlencoded")
                                        .POST(BodyPublishers.ofString("_csrf=abc&" + Neighbor.form(order)))),
                Neighbor.of("Security, token in a header", "/none")
                        .withCaller(MvcSecurity::basic)
                        .withHeaders("Cookie", "XSRF-TOKEN=abc", "X-XSRF-TOKEN", "abc"));
    }

    static void basic(HttpRequest.Builder request, String name) {
        request.header("Authorization", basic(name));
    }

    static String basic(String name) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":secret").getBytes(StandardCharsets.UTF_8));
    }

    static UserDetails user(String name, String... roles) {
        return User.withUsername(name).password("secret").roles(roles).build();
    }

    @Configuration(proxyBeanMethods = false)
    static class Users {

        @Bean
        static PasswordEncoder passwords() {
            return new PlainPasswords();
        }

        @Bean
        static InMemoryUserDetailsManager users() {
            return new InMemoryUserDetailsManager(user("alice", "PAYER"), user("bob", "READER"));
        }

        @Bean
        static FilterRegistrationBean<Filter> registration(@Qualifier("springSecurityFilterChain") Filter filter) {
            FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(filter);
            registration.setOrder(-100);
            registration.setDispatcherTypes(
                    jakarta.servlet.DispatcherType.REQUEST,
                    jakarta.servlet.DispatcherType.ASYNC,
                    jakarta.servlet.DispatcherType.ERROR);
            return registration;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class Chain extends Users {

        @Bean
        static SecurityFilterChain chain(HttpSecurity http) {
            return http.csrf(csrf -> csrf.csrfTokenRepository(CookieCsrfTokenRepository.withHttpOnlyFalse())
                            .csrfTokenRequestHandler(new CsrfTokenRequestAttributeHandler()))
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }
    }
}
