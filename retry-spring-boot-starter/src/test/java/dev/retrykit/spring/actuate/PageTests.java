package dev.retrykit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import dev.retrykit.spring.idempotency.Shop;
import dev.retrykit.spring.registry.Retries;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;

/** Who gets the page and who gets JSON, what the page may load, and who may change something. Over real sockets. */
@Tag("server")
class PageTests {

    private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

    private static final UserDetails ADMIN = User.withUsername("ad\nmin")
            .password("{noop}secret")
            .authorities("admin")
            .build();

    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class ServletSecurity {

        @Bean
        SecurityFilterChain chain(HttpSecurity http) {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }

        @Bean
        InMemoryUserDetailsManager users() {
            return new InMemoryUserDetailsManager(ADMIN);
        }

        @Bean
        FilterRegistrationBean<jakarta.servlet.Filter> registration(
                @Qualifier("springSecurityFilterChain") jakarta.servlet.Filter filter) {
            FilterRegistrationBean<jakarta.servlet.Filter> registration = new FilterRegistrationBean<>(filter);
            registration.setOrder(-100);
            return registration;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebFluxSecurity
    static class ReactiveSecurity {

        @Bean
        SecurityWebFilterChain chain(ServerHttpSecurity http) {
            return http.authorizeExchange(exchanges -> exchanges.anyExchange().authenticated())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }

        @Bean
        MapReactiveUserDetailsService users() {
            return new MapReactiveUserDetailsService(ADMIN);
        }
    }

    private static Shop start(WebApplicationType type, String access, Class<?>... parts) {
        return Shop.start(
                type,
                Map.of(
                        "management.endpoints.web.exposure.include", "retry",
                        "management.endpoint.retry.access", access,
                        "retrykit.circuits.inventory.minimum-calls", "5",
                        "retrykit.policies.inventory.max-attempts", "4"),
                parts);
    }

    private static HttpResponse<byte[]> get(Shop shop, String accept) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(shop.url("/actuator/retry")));
        return Shop.send((accept == null ? request : request.header("Accept", accept)).build());
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private static String meta(String page, String name) {
        Matcher matcher = Pattern.compile("<meta name=\"retrykit-" + name + "\" content=\"([^\"]*)\">")
                .matcher(page);
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVLET", "REACTIVE"})
    void aBrowserGetsThePageAndWhoeverElseAsksGetsJson(WebApplicationType type) {
        try (Shop shop = start(type, "read-only")) {
            HttpResponse<byte[]> page = get(shop, BROWSER);
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
            assertThat(text(page)).startsWith("<!DOCTYPE html>").doesNotContain("{{");
            assertThat(meta(text(page), "writable")).isEqualTo("false");
            for (String accept : new String[] {null, "*/*", "application/json", "application/json, text/plain, */*"}) {
                HttpResponse<byte[]> json = get(shop, accept);
                assertThat(json.statusCode()).as(accept).isEqualTo(200);
                assertThat(JsonPath.<Integer>read(text(json), "$.policies.inventory.settings['max-attempts'].value"))
                        .as(accept)
                        .isEqualTo(4);
                assertThat(json.headers().firstValue("Content-Type").orElseThrow())
                        .as(accept)
                        .contains("json");
            }
            assertThat(get(shop, "image/png").statusCode()).isEqualTo(406);
        }
    }

    @Test
    void thePageMayRunItsOwnScriptAndStyleAndLoadNothingElse() throws Exception {
        try (Shop shop = start(WebApplicationType.SERVLET, "unrestricted")) {
            String page = text(get(shop, BROWSER));
            assertThat(meta(page, "writable")).isEqualTo("true");
            assertThat(page.replace("http://www.w3.org/2000/svg", "the name of a namespace"))
                    .contains("default-src 'none'; style-src '" + hash(page, "style") + "'; script-src '"
                            + hash(page, "script") + "'; connect-src 'self'")
                    .doesNotContain("http:", "https:", "//cdn", "<link", "innerHTML", " style=\"", "onclick=");
        }
    }

    private static String hash(String page, String element) throws Exception {
        Matcher matcher = Pattern.compile("<" + element + ">(.*?)</" + element + ">", Pattern.DOTALL)
                .matcher(page);
        assertThat(matcher.find()).isTrue();
        byte[] hash =
                MessageDigest.getInstance("SHA-256").digest(matcher.group(1).getBytes(StandardCharsets.UTF_8));
        return "sha256-" + Base64.getEncoder().encodeToString(hash);
    }

    @ParameterizedTest
    @CsvSource({"SERVLET", "REACTIVE"})
    void withSecurityOnlyThePagesTokenLetsAChangeThroughAndTheLogNamesTheCaller(WebApplicationType type) {
        Class<?> security = type == WebApplicationType.SERVLET ? ServletSecurity.class : ReactiveSecurity.class;
        try (Shop shop = start(type, "unrestricted", security)) {
            assertThat(get(shop, BROWSER).statusCode()).isEqualTo(401);
            HttpResponse<byte[]> page =
                    Shop.send(asAdmin(shop, "").header("Accept", BROWSER).build());
            assertThat(page.headers().firstValue("X-Frame-Options")).hasValue("DENY");
            assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            String header = meta(text(page), "csrf-header");
            String token = meta(text(page), "csrf-token");
            assertThat(header).isEqualTo("X-CSRF-TOKEN");
            String cookie =
                    page.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];

            HttpRequest.Builder forged = change(shop).header("Cookie", cookie);
            assertThat(Shop.send(forged.build()).statusCode()).isEqualTo(403);
            assertThat(shop.bean(Retries.class).circuit("inventory").state()).hasToString("CLOSED");

            HttpRequest.Builder meant = change(shop).header("Cookie", cookie).header(header, token);
            HttpResponse<byte[]> changed = Shop.send(meant.build());
            assertThat(changed.statusCode()).as(text(changed)).isEqualTo(200);
            assertThat(shop.bean(Retries.class).circuit("inventory").state()).hasToString("FORCED_OPEN");

            HttpRequest.Builder setting = asAdmin(shop, "/policies/inventory")
                    .header("Cookie", cookie)
                    .header(header, token)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"maxAttempts\":2}"));
            assertThat(JsonPath.<String>read(text(Shop.send(setting.build())), "$.settings['max-attempts'].origin"))
                    .isEqualTo("the endpoint, caller 'ad\\nmin'");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVLET", "REACTIVE"})
    void thePageIsWhereverTheManagementEndpointsAre(WebApplicationType type) {
        Map<String, Object> apart = Map.of(
                "management.endpoints.web.exposure.include", "retry",
                "management.endpoint.retry.access", "unrestricted",
                "management.server.port", "0",
                "management.endpoints.web.base-path", "/manage",
                "management.endpoints.web.path-mapping.retry", "retries",
                // two reactive servers are on this class path, and Boot can't choose
                "spring.autoconfigure.exclude",
                        "org.springframework.boot.tomcat.autoconfigure.actuate.web.server"
                                + ".TomcatReactiveManagementContextAutoConfiguration");
        try (Shop shop = Shop.start(type, apart)) {
            String port = shop.bean(Environment.class).getRequiredProperty("local.management.port");
            HttpRequest page = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/manage/retries"))
                    .header("Accept", BROWSER)
                    .build();
            assertThat(text(Shop.send(page))).startsWith("<!DOCTYPE html>");
            assertThat(meta(text(Shop.send(page)), "writable")).isEqualTo("true");
            assertThat(get(shop, BROWSER).statusCode()).isEqualTo(404);
        }
    }

    private static HttpRequest.Builder change(Shop shop) {
        return asAdmin(shop, "/circuits/inventory")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"state\":\"FORCED_OPEN\"}"));
    }

    private static HttpRequest.Builder asAdmin(Shop shop, String path) {
        String credentials =
                Base64.getEncoder().encodeToString((ADMIN.getUsername() + ":secret").getBytes(StandardCharsets.UTF_8));
        return HttpRequest.newBuilder(URI.create(shop.url("/actuator/retry" + path)))
                .header("Authorization", "Basic " + credentials);
    }
}
