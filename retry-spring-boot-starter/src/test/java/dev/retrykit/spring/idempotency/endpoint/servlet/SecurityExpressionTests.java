package dev.retrykit.spring.idempotency.endpoint.servlet;

import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.autoconfigure.RetrykitIdempotentEndpointAutoConfiguration;
import dev.retrykit.spring.idempotency.Shop;
import dev.retrykit.spring.settings.InvalidSettingException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.access.prepost.PostAuthorize;
import org.springframework.security.access.prepost.PostFilter;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.annotation.AnnotationTemplateExpressionDefaults;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Method security whose expressions aren't what they look like, or can't be asked about a repeat. */
class SecurityExpressionTests {

    @Retention(RetentionPolicy.RUNTIME)
    @PreAuthorize("{expression}")
    @interface Allowed {
        String expression();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    @EnableMethodSecurity
    static class Security {

        @Bean
        static AnnotationTemplateExpressionDefaults templates() {
            return new AnnotationTemplateExpressionDefaults();
        }

        @Bean
        static InMemoryUserDetailsManager users() {
            return new InMemoryUserDetailsManager(User.withUsername("alice")
                    .password("{noop}secret")
                    .roles("PAYER")
                    .build());
        }

        @Bean
        static SecurityFilterChain chain(HttpSecurity http) {
            return http.csrf(csrf -> csrf.disable())
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }

        @Bean
        static FilterRegistrationBean<Filter> registration(@Qualifier("springSecurityFilterChain") Filter filter) {
            FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(filter);
            registration.setOrder(-100);
            registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR);
            return registration;
        }
    }

    @RestController
    static class Templates {

        @Idempotent
        @Allowed(expression = "#id == 'x'")
        @PostMapping("/of-argument")
        public String ofArgument(@RequestParam("id") String id) {
            return "paid " + id;
        }

        @Idempotent
        @Allowed(expression = "hasRole('PAYER')")
        @PostMapping("/of-role")
        public String ofRole() {
            return "paid";
        }
    }

    @Test
    @Tag("server")
    void replaysWhereATemplateNamesAnArgument() {
        String basic = "Basic " + Base64.getEncoder().encodeToString("alice:secret".getBytes(StandardCharsets.UTF_8));
        try (Shop shop = Shop.start(WebApplicationType.SERVLET, Map.of(), Security.class, Templates.class)) {
            for (String path : List.of("/of-argument?id=x", "/of-role")) {
                Exchange sent = Exchange.post(shop, path)
                        .key(UUID.randomUUID().toString())
                        .with("Authorization", basic);
                HttpResponse<byte[]> first = sent.send();
                assertThat(first.statusCode()).isEqualTo(200);
                assertReplay(first, sent.send());
            }
            assertThat(Exchange.post(shop, "/of-argument?id=y")
                            .key(UUID.randomUUID().toString())
                            .with("Authorization", basic)
                            .send()
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    @RestController
    static class Authorizing {

        @Idempotent(scope = "#tenant")
        @PostAuthorize("returnObject == authentication.name")
        @PostMapping("/")
        public String pay(@RequestParam("tenant") String tenant) {
            return tenant;
        }
    }

    @RestController
    static class Filtering {

        @Idempotent(scope = "'all'")
        @PostFilter("filterObject == authentication.name")
        @PostMapping("/")
        public List<String> pay(@RequestBody List<String> names) {
            return names;
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Authorizing.class, Filtering.class})
    void refusesResultsThatAreLookedAtWhereOthersMayAskForThem(Class<?> controller) {
        new WebApplicationContextRunner()
                .withConfiguration(Apps.autoConfigurations())
                .withConfiguration(AutoConfigurations.of(
                        AopAutoConfiguration.class,
                        WebMvcAutoConfiguration.class,
                        RetrykitIdempotentEndpointAutoConfiguration.class))
                .withBean(controller)
                .run(context -> assertThat(context.getStartupFailure())
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessageContaining("@PostAuthorize and @PostFilter cannot check a replayed response")
                        .hasMessageContaining(controller.getSimpleName()));
    }
}
