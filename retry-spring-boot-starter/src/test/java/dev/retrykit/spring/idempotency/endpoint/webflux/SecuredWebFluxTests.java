package dev.retrykit.spring.idempotency.endpoint.webflux;

import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableReactiveMethodSecurity;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.csrf.CookieServerCsrfTokenRepository;
import org.springframework.security.web.server.csrf.ServerCsrfTokenRequestAttributeHandler;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.Validated;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Keys that callers share, and method security that tells them apart; forms that Spring Security has read. */
@Tag("server")
class SecuredWebFluxTests {

    private static final AtomicInteger calls = new AtomicInteger();
    private static final Set<String> taken = ConcurrentHashMap.newKeySet();

    private static Shop shop;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        shop = Shop.start(
                WebApplicationType.REACTIVE, Map.of(), Security.class, Payments.class, Local.class, Advice.class);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebFluxSecurity
    @EnableReactiveMethodSecurity
    static class Security {

        @Bean
        SecurityWebFilterChain chain(ServerHttpSecurity http) {
            ServerCsrfTokenRequestAttributeHandler handler = new ServerCsrfTokenRequestAttributeHandler();
            handler.setTokenFromMultipartDataEnabled(true);
            return http.csrf(csrf -> csrf.csrfTokenRepository(CookieServerCsrfTokenRepository.withHttpOnlyFalse())
                            .csrfTokenRequestHandler(handler))
                    .authorizeExchange(requests -> requests.anyExchange().authenticated())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }

        @Bean
        MapReactiveUserDetailsService users() {
            return new MapReactiveUserDetailsService(user("alice", "pay"), user("bob", "look"));
        }

        private static UserDetails user(String name, String authority) {
            return User.withUsername(name)
                    .password("{noop}secret")
                    .authorities(authority)
                    .build();
        }
    }

    record Payment(String owner, String id) {}

    private static Mono<String> run(String what) {
        return Mono.fromCallable(() -> "run " + calls.incrementAndGet() + " " + what);
    }

    @RestController
    static class Payments {

        @InitBinder
        void unique(WebDataBinder binder) {
            binder.addValidators(new Validator() {
                @Override
                public boolean supports(Class<?> type) {
                    return type == Payment.class;
                }

                @Override
                public void validate(Object target, Errors errors) {
                    if (taken.contains(((Payment) target).id())) {
                        errors.rejectValue("id", "taken");
                    }
                }
            });
        }

        @Idempotent(scope = "'all'")
        @PreAuthorize("hasAuthority('pay')")
        @PostMapping("/by-authority")
        Mono<String> byAuthority(@RequestBody @Validated Payment payment) {
            taken.add(payment.id());
            return run(payment.id());
        }

        @Idempotent(scope = "'all'")
        @PreAuthorize("#payment.owner() == authentication.name")
        @PostMapping("/by-argument")
        Mono<String> byArgument(@RequestBody @Validated Payment payment) {
            taken.add(payment.id());
            return run(payment.id());
        }

        @Idempotent(scope = "#payment.id()")
        @PreAuthorize("#payment.owner() == authentication.name")
        @PostMapping("/by-both")
        Mono<String> byBoth(@RequestBody Payment payment) {
            return run(payment.id());
        }

        @Idempotent(required = false)
        @PostMapping("/form")
        Mono<String> form(ServerWebExchange exchange) {
            return exchange.getFormData()
                    .flatMap(form -> run("paid " + form.getFirst("amount") + " to " + form.getFirst("to")));
        }

        @Idempotent(required = false)
        @PostMapping("/parts")
        Mono<String> parts(ServerWebExchange exchange) {
            return exchange.getMultipartData().flatMap(parts -> run("paid by " + new TreeSet<>(parts.keySet())));
        }
    }

    @RestController
    static class Local {

        @Idempotent(scope = "'all'")
        @PreAuthorize("hasAuthority('pay')")
        @PostMapping("/by-local")
        Mono<String> pay() {
            return run("paid");
        }

        @ExceptionHandler
        ResponseEntity<String> denied(AccessDeniedException denied) {
            return ResponseEntity.status(403).body("not for you");
        }
    }

    /** As most applications have one that makes problems of all failures. */
    @RestControllerAdvice
    static class Advice {

        @ExceptionHandler
        ResponseEntity<String> any(Exception failure) throws Exception {
            if (failure instanceof AccessDeniedException) {
                throw failure;
            }
            return ResponseEntity.status(400).body("advice for " + failure);
        }
    }

    private HttpResponse<byte[]> as(String name, String path, String json) {
        return send(name, path, "application/json", json, "X-XSRF-TOKEN", "abc");
    }

    private HttpResponse<byte[]> send(String name, String path, String type, String body, String... headers) {
        String credentials = Base64.getEncoder().encodeToString((name + ":secret").getBytes(StandardCharsets.UTF_8));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(shop.url(path)))
                .header("Authorization", "Basic " + credentials)
                .header("Cookie", "XSRF-TOKEN=abc")
                .header("Content-Type", type)
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString(body));
        return Shop.send((headers.length == 0 ? request : request.headers(headers)).build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/by-authority", "/by-argument", "/by-both", "/by-local"})
    void givesASharedAnswerToThoseOnlyWhoMayCall(String path) {
        int before = calls.get();
        String payment = "{\"owner\":\"alice\",\"id\":\"" + key + "\"}";
        HttpResponse<byte[]> first = as("alice", path, payment);
        assertThat(text(first)).startsWith("run ");
        assertReplay(first, as("alice", path, payment));
        HttpResponse<byte[]> bobs = as("bob", path, payment);
        assertThat(text(bobs)).doesNotContain(text(first));
        assertThat(bobs.headers().firstValue("Idempotent-Replayed")).isEmpty();
        assertThat(bobs.statusCode()).as(text(bobs)).isEqualTo(403);
        assertThat(text(bobs)).isEqualTo(path.equals("/by-local") ? "not for you" : text(bobs));
        assertThat(as("bob", path, payment.replace("alice", "bob")).headers().firstValue("Idempotent-Replayed"))
                .isEmpty();
        assertReplay(first, as("alice", path, payment));
        assertThat(calls.get() - before).isLessThanOrEqualTo(path.equals("/by-both") ? 2 : 1);
    }

    @Test
    void readsAFormWhoseTokenSpringSecurityHasRead() {
        String type = "application/x-www-form-urlencoded";
        HttpResponse<byte[]> first = send("alice", "/form", type, "_csrf=abc&amount=10&to=bob");
        assertThat(text(first)).endsWith("paid 10 to bob");
        assertReplay(first, send("alice", "/form", type, "_csrf=abc&amount=10&to=bob"));
        assertThat(send("alice", "/form", type, "_csrf=abc&amount=9999&to=eve").statusCode())
                .isEqualTo(422);
    }

    @Test
    void readsPartsWhoseTokenSpringSecurityHasRead() {
        HttpResponse<byte[]> first = parts("one", "10");
        assertThat(text(first)).endsWith("paid by [_csrf, amount]");
        assertReplay(first, parts("other", "10"));
        assertThat(parts("one", "9999").statusCode()).isEqualTo(422);
    }

    private HttpResponse<byte[]> parts(String boundary, String amount) {
        String part = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n";
        return send(
                "alice",
                "/parts",
                "multipart/form-data; boundary=" + boundary,
                part.formatted("_csrf", "abc") + part.formatted("amount", amount) + "--" + boundary + "--\r\n");
    }
}
