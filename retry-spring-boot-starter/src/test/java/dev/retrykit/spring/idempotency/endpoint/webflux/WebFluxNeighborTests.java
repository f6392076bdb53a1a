package dev.retrykit.spring.idempotency.endpoint.webflux;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Idempotent;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.circuit.CircuitSnapshot;
import dev.retrykit.spring.idempotency.Shop;
import dev.retrykit.spring.registry.Retries;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.Advisor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.convert.converter.Converter;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.stereotype.Controller;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.Validated;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Filters, advice, exception handlers and mappings beside idempotent endpoints. */
class WebFluxNeighborTests {

    private static final AtomicInteger calls = new AtomicInteger();
    private static final AtomicInteger advised = new AtomicInteger();
    private static final Set<String> taken = ConcurrentHashMap.newKeySet();

    private static Shop shop;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        shop = Shop.start(
                WebApplicationType.REACTIVE,
                Map.of(
                        "spring.web.error.include-message",
                        "always",
                        "spring.webflux.hiddenmethod.filter.enabled",
                        "true",
                        "retrykit.circuits.c.minimum-calls",
                        "5",
                        "retrykit.circuits.c.failure-rate",
                        "50"),
                Filters.class,
                Payments.class,
                Guarded.class,
                Users.class,
                Streams.class,
                Errands.class,
                Counting.class,
                Advice.class);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    private static String run(String what) {
        return "run " + calls.incrementAndGet() + " " + what;
    }

    /** None has an order, so all of them stand behind every filter that has one. */
    @Configuration(proxyBeanMethods = false)
    static class Filters implements WebFluxConfigurer {

        @Bean
        WebFilter authenticating() {
            return (exchange, chain) -> {
                String name = exchange.getRequest().getHeaders().getFirst("X-User");
                return chain.filter(
                        name == null
                                ? exchange
                                : exchange.mutate()
                                        .principal(Mono.just((Principal) () -> name))
                                        .build());
            };
        }

        @Bean
        WebFilter decoding() {
            return (exchange, chain) -> isAsked(exchange, "decode")
                    ? chain.filter(withBody(
                            exchange,
                            text(exchange)
                                    .map(text -> new String(
                                            Base64.getDecoder().decode(text.split("#", 2)[0]),
                                            StandardCharsets.UTF_8))))
                    : chain.filter(exchange);
        }

        @Bean
        WebFilter logging() {
            return (exchange, chain) -> isAsked(exchange, "log")
                    ? text(exchange).flatMap(text -> chain.filter(withBody(exchange, Mono.just(text))))
                    : chain.filter(exchange);
        }

        @Bean
        WebFilter consuming() {
            return (exchange, chain) -> isAsked(exchange, "consume")
                    ? text(exchange).flatMap(text -> chain.filter(exchange))
                    : chain.filter(exchange);
        }

        @Bean
        WebFilter takingApart() {
            return (exchange, chain) -> isAsked(exchange, "parts")
                    ? exchange.getMultipartData().flatMap(parts -> chain.filter(exchange))
                    : chain.filter(exchange);
        }

        private static boolean isAsked(ServerWebExchange exchange, String what) {
            return what.equals(exchange.getRequest().getHeaders().getFirst("X-Filter"));
        }

        private static Mono<String> text(ServerWebExchange exchange) {
            return DataBufferUtils.join(exchange.getRequest().getBody()).map(buffer -> {
                String text = buffer.toString(StandardCharsets.UTF_8);
                DataBufferUtils.release(buffer);
                return text;
            });
        }

        private static ServerWebExchange withBody(ServerWebExchange exchange, Mono<String> text) {
            return exchange.mutate()
                    .request(new ServerHttpRequestDecorator(exchange.getRequest()) {
                        @Override
                        public Flux<DataBuffer> getBody() {
                            return text.map(read -> (DataBuffer) DefaultDataBufferFactory.sharedInstance.wrap(
                                            read.getBytes(StandardCharsets.UTF_8)))
                                    .flux();
                        }
                    })
                    .build();
        }

        @Bean
        Converter<String, Purchase> orders() {
            return new Converter<String, Purchase>() {
                @Override
                public Purchase convert(String id) {
                    if (taken.contains(id)) {
                        throw new IllegalArgumentException("no order " + id);
                    }
                    return new Purchase(id);
                }
            };
        }

        /** As API versioning libraries have one. */
        @Bean
        RequestMappingHandlerMapping errands(Errands errands) throws NoSuchMethodException {
            RequestMappingHandlerMapping mapping = new RequestMappingHandlerMapping();
            mapping.setOrder(-1);
            mapping.registerMapping(
                    RequestMappingInfo.paths("/errands")
                            .methods(RequestMethod.POST)
                            .build(),
                    errands,
                    Errands.class.getDeclaredMethod("run"));
            return mapping;
        }
    }

    record Purchase(String id) {}

    record User(String name) {}

    /** It is mapped by a mapping of its own. */
    @Controller
    static class Errands {

        @Idempotent
        @ResponseBody
        String run() {
            return WebFluxNeighborTests.run("errand");
        }
    }

    @RestController
    static class Payments {

        @Idempotent
        @PostMapping("/plain")
        String plain(@RequestBody String body) {
            return run(body);
        }

        @Idempotent
        @PostMapping("/mono")
        Mono<String> mono(@RequestBody String body) {
            return Mono.fromCallable(() -> run(body));
        }

        @Idempotent
        @PostMapping("/future")
        CompletableFuture<String> future(@RequestBody String body) {
            return CompletableFuture.supplyAsync(() -> run(body));
        }

        @Idempotent(scope = "#body")
        @PostMapping("/scoped")
        String scoped(@RequestBody String body) {
            return run(body);
        }

        @Idempotent
        @PostMapping(path = "/act", headers = "X-Action=cancel")
        Mono<String> cancel() {
            return Mono.fromCallable(() -> run("cancelled"));
        }

        @Idempotent
        @PostMapping(path = "/act", headers = "X-Action=refund")
        Mono<String> refund() {
            return Mono.fromCallable(() -> run("refunded"));
        }

        @Idempotent(required = false)
        @PostMapping(path = "/form")
        Mono<String> form(ServerWebExchange exchange) {
            return exchange.getFormData().map(fields -> run("posted " + fields));
        }

        @Idempotent(required = false)
        @PutMapping(path = "/form")
        Mono<String> putForm(ServerWebExchange exchange) {
            return exchange.getFormData().map(fields -> run("put " + fields));
        }

        @Idempotent(required = false)
        @PostMapping("/parts")
        Mono<String> parts(ServerWebExchange exchange) {
            return exchange.getMultipartData()
                    .flatMap(
                            parts -> DataBufferUtils.join(parts.getFirst("file").content()))
                    .map(content -> run(content.toString(StandardCharsets.UTF_8)));
        }

        @Idempotent
        @PostMapping("/read")
        Mono<String> read(@RequestBody Map<String, Object> order) {
            return Mono.fromCallable(() -> run("read"));
        }

        @Idempotent
        @PostMapping("/missing")
        Mono<String> missing() {
            calls.incrementAndGet();
            throw new ResponseStatusException(org.springframework.http.HttpStatus.NOT_FOUND, "no such account");
        }

        @Idempotent
        @CrossOrigin("https://shop.example")
        @PostMapping("/cors")
        Mono<String> cors() {
            return Mono.fromCallable(() -> run("cors"));
        }

        @Idempotent
        @PostMapping("/orders/{order}/cancel")
        Mono<String> cancelOrder(@PathVariable Purchase order) {
            return Mono.fromCallable(() -> {
                taken.add(order.id());
                return run(order.id());
            });
        }
    }

    @Controller
    @ResponseBody
    static class Guarded {

        @Idempotent
        @Retryable(fallback = "fallen")
        @PostMapping("/fallback")
        public String fallback(@RequestBody String body) {
            return run(body);
        }

        @Idempotent
        @CircuitGuarded(value = "c", fallback = "fallenLater")
        @PostMapping("/circuit")
        public Mono<String> circuit(@RequestBody String body) {
            return Mono.fromCallable(() -> run(body));
        }

        public String fallen(String body, Throwable failure) {
            return "fallen for " + failure.getClass().getSimpleName();
        }

        public Mono<String> fallenLater(String body, Throwable failure) {
            return Mono.just(fallen(body, failure));
        }
    }

    @RestController
    static class Users {

        /** A new user's name isn't used yet. */
        @InitBinder
        void unique(WebDataBinder binder) {
            binder.addValidators(new Validator() {
                @Override
                public boolean supports(Class<?> type) {
                    return type == User.class;
                }

                @Override
                public void validate(Object target, Errors errors) {
                    if (taken.contains(((User) target).name())) {
                        errors.rejectValue("name", "taken");
                    }
                }
            });
        }

        @Idempotent
        @PostMapping("/users")
        Mono<String> add(@RequestBody @Validated User user) {
            return Mono.fromCallable(() -> {
                taken.add(user.name());
                return run(user.name());
            });
        }
    }

    @RestController
    static class Streams {

        @Idempotent
        @PostMapping("/events")
        ResponseEntity<?> events() {
            calls.incrementAndGet();
            return ResponseEntity.ok()
                    .contentType(MediaType.TEXT_EVENT_STREAM)
                    .body(Flux.just("first").concatWith(Flux.never()));
        }

        @Idempotent
        @PostMapping("/lines")
        Mono<ResponseEntity<?>> lines() {
            calls.incrementAndGet();
            return Mono.just(ResponseEntity.ok()
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(Flux.just(Map.of("line", 1)).concatWith(Flux.never())));
        }
    }

    /** An application's aspect around everything else. */
    @Configuration(proxyBeanMethods = false)
    static class Counting {

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE) // without AspectJ's weaver no other is looked at
        static Advisor counting() {
            MethodInterceptor advice = call -> {
                advised.incrementAndGet();
                return call.proceed();
            };
            DefaultPointcutAdvisor advisor =
                    new DefaultPointcutAdvisor(new AnnotationMatchingPointcut(null, Idempotent.class), advice);
            advisor.setOrder(Ordered.HIGHEST_PRECEDENCE);
            return advisor;
        }
    }

    @RestControllerAdvice
    static class Advice {

        @ExceptionHandler
        ResponseEntity<String> any(RuntimeException failure) throws RuntimeException {
            if (failure instanceof ResponseStatusException known
                    && known.getStatusCode().value() == 404) {
                throw failure;
            }
            int status = failure instanceof org.springframework.web.ErrorResponse known
                    ? known.getStatusCode().value()
                    : 418;
            return ResponseEntity.status(status).body("advice for " + failure);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/plain", "/mono", "/future"})
    void givesARepeatTheSameAnswerAndNobodyElse(String path) {
        int before = calls.get();
        int seen = advised.get();
        HttpResponse<byte[]> alices = shop.post(path, key, "{\"cents\":1}", "X-User", "alice");
        HttpResponse<byte[]> bobs = shop.post(path, key, "{\"cents\":1}", "X-User", "bob");
        assertThat(text(alices)).startsWith("run ");
        assertThat(text(bobs)).startsWith("run ").isNotEqualTo(text(alices));
        assertReplay(alices, shop.post(path, key, "{\"cents\":1}", "X-User", "alice"));
        assertReplay(bobs, shop.post(path, key, "{\"cents\":1}", "X-User", "bob"));
        assertProblem(shop.post(path, key, "{\"cents\":999}", "X-User", "alice"), 422, "a different request");
        assertThat(calls).hasValue(before + 2);
        assertThat(advised).hasValue(seen + 2);
    }

    @Test
    void takesAScopeFromAnArgumentOfAPlainMethod() {
        HttpResponse<byte[]> one = shop.post("/scoped", key, "1");
        HttpResponse<byte[]> other = shop.post("/scoped", key, "2");
        assertThat(text(other)).startsWith("run ").isNotEqualTo(text(one));
        assertReplay(one, shop.post("/scoped", key, "1"));
        assertReplay(other, shop.post("/scoped", key, "2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"log", "decode"})
    void comparesTheBodyThatAFilterLeaves(String filter) {
        int before = calls.get();
        HttpResponse<byte[]> first = shop.post("/mono", key, encoded("amount 1", "a"), "X-Filter", filter);
        assertThat(first.statusCode()).isEqualTo(200);
        assertReplay(first, shop.post("/mono", key, encoded("amount 1", "a"), "X-Filter", filter));
        assertThat(shop.post("/mono", key, encoded("amount 9", "a"), "X-Filter", filter)
                        .statusCode())
                .isEqualTo(422);
        assertThat(shop.post("/mono", key, encoded("amount 1", "b"), "X-Filter", filter)
                        .statusCode())
                .isEqualTo(filter.equals("decode") ? 200 : 422);
        assertThat(calls).hasValue(before + 1);
    }

    private static String encoded(String text, String salt) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + "#" + salt;
    }

    @Test
    void refusesABodyThatAFilterHasReadAndLeftNobody() {
        int before = calls.get();
        assertProblem(
                shop.post("/mono", key, "{\"cents\":1}", "X-Filter", "consume"), 400, "was read before it reached");
        assertThat(calls).hasValue(before);
    }

    @Test
    void answersRepeatsOutsideOfAFallback() {
        HttpResponse<byte[]> first = shop.post("/fallback", key, "1");
        assertThat(text(first)).startsWith("run ");
        assertReplay(first, shop.post("/fallback", key, "1"));
        assertProblem(shop.post("/fallback", key, "2"), 422, "a different request");
    }

    @Test
    void countsNoRepeatAsACallOfACircuit() {
        HttpResponse<byte[]> first = shop.post("/circuit", key, "1");
        assertThat(text(first)).startsWith("run ");
        CircuitSnapshot before = shop.bean(Retries.class).circuit("c").snapshot();
        for (int i = 0; i < 20; i++) {
            assertReplay(first, shop.post("/circuit", key, "1"));
            assertProblem(shop.post("/circuit", key, "2"), 422, "a different request");
        }
        CircuitSnapshot after = shop.bean(Retries.class).circuit("c").snapshot();
        assertThat(after.calls()).isEqualTo(before.calls());
        assertThat(after.failures()).isZero();
        assertThat(after.state()).isEqualTo(before.state());
    }

    @Test
    void tellsTwoHandlersOfOnePathApart() {
        HttpResponse<byte[]> cancelled = shop.post("/act", key, "", "X-Action", "cancel");
        assertThat(text(cancelled)).endsWith("cancelled");
        assertProblem(shop.post("/act", key, "", "X-Action", "refund"), 422, "a different request");
        assertReplay(cancelled, shop.post("/act", key, "", "X-Action", "cancel"));
    }

    @Test
    void readsAFormThatTheFilterForHiddenMethodsHasRead() {
        assertThat(text(form(null, "a=1"))).endsWith("posted {a=[1]}");
        HttpResponse<byte[]> first = form(key, "a=1");
        assertThat(text(first)).endsWith("posted {a=[1]}");
        assertReplay(first, form(key, "a=1"));
        assertThat(form(key, "a=2").statusCode()).isEqualTo(422);
        assertThat(text(form(key + 1, "_method=put&a=1"))).endsWith("put {_method=[put], a=[1]}");
    }

    private static HttpResponse<byte[]> form(String key, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(shop.url("/form")))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body));
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        return Shop.send(request.build());
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 300_000})
    void readsPartsThatAFilterHasRead(int size) {
        HttpResponse<byte[]> first = parts("x".repeat(size));
        assertThat(text(first)).startsWith("run ").endsWith(" " + "x".repeat(size));
        assertReplay(first, parts("x".repeat(size)));
        assertThat(parts("y".repeat(size)).statusCode()).isEqualTo(422);
    }

    private HttpResponse<byte[]> parts(String content) {
        String boundary = UUID.randomUUID().toString();
        return Shop.send(HttpRequest.newBuilder(URI.create(shop.url("/parts")))
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .header("Idempotency-Key", key)
                .header("X-Filter", "parts")
                .POST(BodyPublishers.ofString("--" + boundary
                        + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n" + content
                        + "\r\n--" + boundary + "--\r\n"))
                .build());
    }

    @Test
    void letsAHiddenStreamGoAsItComes() throws Exception {
        for (String path : new String[] {"/events", "/lines"}) {
            int before = calls.get();
            HttpRequest request = HttpRequest.newBuilder(URI.create(shop.url(path)))
                    .header("Idempotency-Key", key)
                    .POST(BodyPublishers.noBody())
                    .build();
            HttpResponse<InputStream> first = HttpClient.newHttpClient().send(request, BodyHandlers.ofInputStream());
            try (InputStream events = first.body()) {
                assertThat(new String(events.readNBytes(5), StandardCharsets.UTF_8))
                        .isIn("data:", "[{\"li");
                assertProblem(Shop.send(request), 409, "its response was not stored");
            }
            assertThat(calls).hasValue(before + 1);
        }
    }

    @Test
    void decidesForEveryMapping() {
        HttpResponse<byte[]> first = shop.post("/errands", key, "");
        assertThat(text(first)).endsWith("errand");
        assertReplay(first, shop.post("/errands", key, ""));
        assertProblem(shop.post("/errands", null, ""), 400, "is missing");
    }

    @Test
    void repliesToARepeatWhoseArgumentsWouldBeRefusedNow() {
        HttpResponse<byte[]> first = shop.post("/users", key, "{\"name\":\"" + key + "\"}");
        assertThat(first.statusCode()).isEqualTo(200);
        assertReplay(first, shop.post("/users", key, "{\"name\":\"" + key + "\"}"));
        assertThat(shop.post("/users", key + 1, "{\"name\":\"" + key + "\"}").statusCode())
                .isEqualTo(400);

        HttpResponse<byte[]> cancelled = shop.post("/orders/1" + key + "/cancel", key, "");
        assertThat(text(cancelled)).endsWith(key);
        assertReplay(cancelled, shop.post("/orders/1" + key + "/cancel", key, ""));
    }

    @Test
    void freesTheKeyOfARequestWhoseHandlerWasNeverCalled() {
        assertThat(shop.post("/read", key, "{").statusCode()).isEqualTo(400);
        HttpResponse<byte[]> corrected = shop.post("/read", key, "{}");
        assertThat(text(corrected)).endsWith("read");
        assertReplay(corrected, shop.post("/read", key, "{}"));
    }

    @Test
    void keepsTheReasonOfAnErrorThatSpringAnswers() {
        int before = calls.get();
        HttpResponse<byte[]> first = shop.post("/missing", key, "");
        HttpResponse<byte[]> repeat = shop.post("/missing", key, "");
        for (HttpResponse<byte[]> response : List.of(first, repeat)) {
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(text(response)).contains("no such account");
        }
        assertThat(repeat.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(calls).hasValue(before + 1);
    }

    @Test
    void letsPagesOfOtherOriginsReadItsHeaders() {
        String[] origin = {"Origin", "https://shop.example"};
        assertThat(shop.post("/cors", key, "1", origin).headers().firstValue("Access-Control-Expose-Headers"))
                .isEmpty();
        for (String body : new String[] {"1", "2"}) {
            HttpResponse<byte[]> response = shop.post("/cors", key, body, origin);
            assertThat(response.statusCode()).isEqualTo(body.equals("1") ? 200 : 422);
            assertThat(response.headers().firstValue("Access-Control-Expose-Headers"))
                    .contains("Idempotent-Replayed, Retry-After, x-should-retry");
        }
        assertThat(shop.post("/cors", key, "1").headers().firstValue("Access-Control-Expose-Headers"))
                .isEmpty();
    }
}
