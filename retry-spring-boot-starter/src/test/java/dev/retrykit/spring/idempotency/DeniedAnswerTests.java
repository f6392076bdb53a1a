package dev.retrykit.spring.idempotency;

import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInvocation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.authorization.method.HandleAuthorizationDenied;
import org.springframework.security.authorization.method.MethodAuthorizationDeniedHandler;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A call that method security refused frees its key, whatever was answered. */
@Tag("server")
class DeniedAnswerTests {

    private static final AtomicInteger calls = new AtomicInteger();

    private static volatile boolean open;

    /** What expressions ask. */
    static class Gate {

        public boolean isOpen() {
            return open;
        }
    }

    static class Door {

        @PreAuthorize("@gate.open")
        public void pass() {}
    }

    static class Masked implements MethodAuthorizationDeniedHandler {

        @Override
        public Object handleDeniedInvocation(MethodInvocation call, AuthorizationResult result) {
            Class<?> type = call.getMethod().getReturnType();
            return type == Mono.class
                    ? Mono.just("masked")
                    : type == CompletableFuture.class ? CompletableFuture.completedFuture("masked") : "masked";
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class Gates {

        @Bean
        static Gate gate() {
            return new Gate();
        }

        @Bean
        static Masked masked() {
            return new Masked();
        }

        @Bean
        static Door door() {
            return new Door();
        }
    }

    private static String call() {
        return "run " + calls.incrementAndGet();
    }

    @RestController
    static class Hidden {

        @ExceptionHandler
        ResponseEntity<String> hide(AccessDeniedException denied) {
            return ResponseEntity.status(404).body("there is nothing");
        }

        @Idempotent
        @PreAuthorize("@gate.open")
        @PostMapping("/hidden")
        String hidden() {
            return call();
        }
    }

    @RestController
    static class Passing {

        private final Door door;

        Passing(Door door) {
            this.door = door;
        }

        @ExceptionHandler
        ResponseEntity<String> hide(AccessDeniedException denied) {
            return ResponseEntity.status(404).body("no door");
        }

        @Idempotent
        @PreAuthorize("isAuthenticated()")
        @PostMapping("/door")
        String door() {
            call();
            door.pass();
            return "passed";
        }
    }

    @RestController
    static class MvcController {

        @Idempotent
        @PreAuthorize("@gate.open")
        @HandleAuthorizationDenied(handlerClass = Masked.class)
        @PostMapping("/masked")
        String masked() {
            return call();
        }

        @Idempotent
        @PreAuthorize("@gate.open")
        @HandleAuthorizationDenied(handlerClass = Masked.class)
        @PostMapping("/masked-stage")
        CompletableFuture<String> stage() {
            return CompletableFuture.completedFuture(call());
        }

        @Idempotent
        @Async
        @PreAuthorize("@gate.open")
        @HandleAuthorizationDenied(handlerClass = Masked.class)
        @PostMapping("/async")
        public CompletableFuture<String> async() {
            return CompletableFuture.completedFuture(call());
        }
    }

    @RestController
    static class FluxController {

        @Idempotent
        @PreAuthorize("@gate.open")
        @HandleAuthorizationDenied(handlerClass = Masked.class)
        @PostMapping("/masked")
        Mono<String> masked() {
            return Mono.fromSupplier(DeniedAnswerTests::call);
        }
    }

    abstract static class Contract {

        private final String key = UUID.randomUUID().toString();

        @BeforeEach
        void close() {
            open = false;
        }

        abstract Shop shop();

        HttpResponse<byte[]> post(String path) {
            String credentials = Base64.getEncoder().encodeToString("alice:secret".getBytes(StandardCharsets.UTF_8));
            return shop().post(path, key, "{}", "Authorization", "Basic " + credentials);
        }

        void assertFreed(String path, int status) {
            int before = calls.get();
            HttpResponse<byte[]> denied = post(path);
            assertThat(denied.statusCode()).as(text(denied)).isEqualTo(status);
            assertThat(calls).hasValue(before);
            open = true;
            HttpResponse<byte[]> allowed = post(path);
            assertThat(text(allowed)).isEqualTo("run " + (before + 1));
            assertReplay(allowed, post(path));
            open = false;
            HttpResponse<byte[]> deniedAgain = post(path);
            assertThat(deniedAgain.statusCode()).isEqualTo(status);
            assertThat(deniedAgain.body()).isEqualTo(denied.body());
        }

        @Test
        void freesAKeyWhoseCallWasMasked() {
            assertFreed("/masked", 200);
        }

        @Test
        void freesAKeyWhoseCallWasHidden() {
            assertFreed("/hidden", 404);
        }
    }

    @Nested
    class InMvc extends Contract {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(
                    WebApplicationType.SERVLET,
                    Map.of(),
                    SecuredEndpointTests.ServletSecurity.class,
                    Gates.class,
                    Hidden.class,
                    Passing.class,
                    MvcController.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @Override
        Shop shop() {
            return shop;
        }

        @Test
        void freesAKeyWhoseStageWasMasked() {
            assertFreed("/masked-stage", 200);
        }

        @ParameterizedTest
        @ValueSource(strings = {"/masked", "/masked-stage", "/async", "/hidden"})
        void keepsWhatWasAllowed(String path) {
            open = true;
            int before = calls.get();
            HttpResponse<byte[]> first = post(path);
            assertThat(text(first)).isEqualTo("run " + (before + 1));
            assertReplay(first, post(path));
        }

        /** The handler was entered, and refused on its way. */
        @Test
        void keepsTheAnswerOfAHandlerThatWasRefusedSomethingElse() {
            int before = calls.get();
            HttpResponse<byte[]> first = post("/door");
            assertThat(first.statusCode()).isEqualTo(404);
            open = true;
            assertReplay(first, post("/door"));
            assertThat(calls).hasValue(before + 1);
        }
    }

    @Nested
    class InWebFlux extends Contract {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(
                    WebApplicationType.REACTIVE,
                    Map.of(),
                    SecuredEndpointTests.ReactiveSecurity.class,
                    Gates.class,
                    FluxHidden.class,
                    FluxController.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @Override
        Shop shop() {
            return shop;
        }
    }

    @RestController
    static class FluxHidden {

        @ExceptionHandler
        ResponseEntity<String> hide(AccessDeniedException denied) {
            return ResponseEntity.status(404).body("there is nothing");
        }

        @Idempotent
        @PreAuthorize("@gate.open")
        @PostMapping("/hidden")
        Mono<String> hidden() {
            return Mono.fromSupplier(DeniedAnswerTests::call);
        }
    }
}
