package dev.retrykit.spring.idempotency.neighbor;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Order;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Receipt;
import jakarta.persistence.EntityManager;
import java.security.Principal;
import java.util.concurrent.CompletableFuture;
import org.springframework.context.annotation.Scope;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.annotation.RequestScope;
import org.springframework.web.context.request.async.DeferredResult;
import reactor.core.publisher.Mono;

/** Handlers of Spring MVC that nothing stands on. */
final class MvcControllers {

    private MvcControllers() {}

    /** Nothing stands on them. */
    @RestController
    @RequestMapping({
        "/none",
        "/callers-unordered",
        "/callers-lowest",
        "/callers-first",
        "/read-again",
        "/read-once",
        "/decryption",
        "/compression",
        "/envelope",
        "/support"
    })
    static class Bare {

        @Idempotent
        @PostMapping("/plain")
        ResponseEntity<Receipt> plain(@RequestBody Order order, Principal caller) {
            return Ledger.take(order, caller);
        }

        @Idempotent
        @PostMapping("/stage")
        CompletableFuture<ResponseEntity<Receipt>> stage(@RequestBody Order order, Principal caller) {
            return Ledger.stage(order, caller);
        }

        @Idempotent
        @PostMapping("/deferred")
        DeferredResult<ResponseEntity<Receipt>> deferred(@RequestBody Order order, Principal caller) {
            return Ledger.deferred(order, caller);
        }

        @Idempotent
        @PostMapping("/mono")
        Mono<ResponseEntity<Receipt>> mono(@RequestBody Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }
    }

    /** A query before each handler, within a session that stays open. */
    @RestController
    @RequestMapping("/open-in-view")
    static class OpenInView {

        private final EntityManager entities;

        OpenInView(EntityManager entities) {
            this.entities = entities;
        }

        @ModelAttribute
        void look() {
            entities.find(Account.class, 1L);
        }

        @Idempotent
        @PostMapping("/plain")
        ResponseEntity<Receipt> plain(@RequestBody Order order, Principal caller) {
            return Ledger.take(order, caller);
        }

        @Idempotent
        @PostMapping("/stage")
        CompletableFuture<ResponseEntity<Receipt>> stage(@RequestBody Order order, Principal caller) {
            return Ledger.stage(order, caller);
        }

        @Idempotent
        @PostMapping("/deferred")
        DeferredResult<ResponseEntity<Receipt>> deferred(@RequestBody Order order, Principal caller) {
            return Ledger.deferred(order, caller);
        }

        @Idempotent
        @PostMapping("/mono")
        Mono<ResponseEntity<Receipt>> mono(@RequestBody Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }
    }

    /** By API versions in a header. */
    @RestController
    @RequestMapping(path = "/version", version = "1.0")
    static class FirstVersion {

        @Idempotent
        @PostMapping("/plain")
        ResponseEntity<Receipt> plain(@RequestBody Order order, Principal caller) {
            return Ledger.take(order, caller);
        }

        @Idempotent
        @PostMapping("/stage")
        CompletableFuture<ResponseEntity<Receipt>> stage(@RequestBody Order order, Principal caller) {
            return Ledger.stage(order, caller);
        }

        @Idempotent
        @PostMapping("/deferred")
        DeferredResult<ResponseEntity<Receipt>> deferred(@RequestBody Order order, Principal caller) {
            return Ledger.deferred(order, caller);
        }

        @Idempotent
        @PostMapping("/mono")
        Mono<ResponseEntity<Receipt>> mono(@RequestBody Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }
    }

    /** By API versions in a header. */
    @RestController
    @RequestMapping(path = "/version", version = "2.0")
    static class SecondVersion {

        @Idempotent
        @PostMapping("/plain")
        ResponseEntity<Receipt> plain(@RequestBody Order order, Principal caller) {
            return Ledger.take(order, caller);
        }

        @Idempotent
        @PostMapping("/stage")
        CompletableFuture<ResponseEntity<Receipt>> stage(@RequestBody Order order, Principal caller) {
            return Ledger.stage(order, caller);
        }

        @Idempotent
        @PostMapping("/deferred")
        DeferredResult<ResponseEntity<Receipt>> deferred(@RequestBody Order order, Principal caller) {
            return Ledger.deferred(order, caller);
        }

        @Idempotent
        @PostMapping("/mono")
        Mono<ResponseEntity<Receipt>> mono(@RequestBody Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }
    }

    /** One per request. */
    @RestController
    @Scope("request")
    @RequestMapping("/request-scope")
    static class RequestScoped {

        @Idempotent
        @PostMapping("/plain")
        ResponseEntity<Receipt> plain(@RequestBody Order order, Principal caller) {
            return Ledger.take(order, caller);
        }

        @Idempotent
        @PostMapping("/stage")
        CompletableFuture<ResponseEntity<Receipt>> stage(@RequestBody Order order, Principal caller) {
            return Ledger.stage(order, caller);
        }

        @Idempotent
        @PostMapping("/deferred")
        DeferredResult<ResponseEntity<Receipt>> deferred(@RequestBody Order order, Principal caller) {
            return Ledger.deferred(order, caller);
        }

        @Idempotent
        @PostMapping("/mono")
        Mono<ResponseEntity<Receipt>> mono(@RequestBody Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }
    }

    /** One per request, behind a proxy. */
    @RestController
    @RequestScope
    @RequestMapping("/request-scope-proxy")
    static class ProxiedRequestScoped {

        @Idempotent
        @PostMapping("/plain")
        ResponseEntity<Receipt> plain(@RequestBody Order order, Principal caller) {
            return Ledger.take(order, caller);
        }

        @Idempotent
        @PostMapping("/stage")
        CompletableFuture<ResponseEntity<Receipt>> stage(@RequestBody Order order, Principal caller) {
            return Ledger.stage(order, caller);
        }

        @Idempotent
        @PostMapping("/deferred")
        DeferredResult<ResponseEntity<Receipt>> deferred(@RequestBody Order order, Principal caller) {
            return Ledger.deferred(order, caller);
        }

        @Idempotent
        @PostMapping("/mono")
        Mono<ResponseEntity<Receipt>> mono(@RequestBody Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }
    }

    /** Forms. */
    @RestController
    @RequestMapping("/form")
    static class Forms {

        @Idempotent
        @PostMapping("/plain")
        ResponseEntity<Receipt> plain(Order order, Principal caller) {
            return Ledger.take(order, caller);
        }

        @Idempotent
        @PostMapping("/stage")
        CompletableFuture<ResponseEntity<Receipt>> stage(Order order, Principal caller) {
            return Ledger.stage(order, caller);
        }

        @Idempotent
        @PostMapping("/deferred")
        DeferredResult<ResponseEntity<Receipt>> deferred(Order order, Principal caller) {
            return Ledger.deferred(order, caller);
        }

        @Idempotent
        @PostMapping("/mono")
        Mono<ResponseEntity<Receipt>> mono(Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }
    }
}
