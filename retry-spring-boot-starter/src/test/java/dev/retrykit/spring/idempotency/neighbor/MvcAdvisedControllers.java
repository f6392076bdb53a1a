package dev.retrykit.spring.idempotency.neighbor;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Idempotent;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Order;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Receipt;
import jakarta.validation.Valid;
import java.security.Principal;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import reactor.core.publisher.Mono;

/** Handlers of Spring MVC that something stands on, or that check their arguments. */
final class MvcAdvisedControllers {

    private MvcAdvisedControllers() {}

    /** With a fallback for failed calls. */
    @RestController
    @RequestMapping("/retryable")
    static class Retried {

        @Idempotent
        @Retryable(fallback = "plainFallen")
        @PostMapping("/plain")
        ResponseEntity<Receipt> plain(@RequestBody Order order, Principal caller) {
            return Ledger.take(order, caller);
        }

        ResponseEntity<Receipt> plainFallen(Order order, Principal caller) {
            return ResponseEntity.status(503).build();
        }

        @Idempotent
        @Retryable(fallback = "stageFallen")
        @PostMapping("/stage")
        CompletableFuture<ResponseEntity<Receipt>> stage(@RequestBody Order order, Principal caller) {
            return Ledger.stage(order, caller);
        }

        CompletableFuture<ResponseEntity<Receipt>> stageFallen(Order order, Principal caller) {
            return CompletableFuture.completedFuture(ResponseEntity.status(503).build());
        }

        @Idempotent
        @Retryable(fallback = "deferredFallen")
        @PostMapping("/deferred")
        DeferredResult<ResponseEntity<Receipt>> deferred(@RequestBody Order order, Principal caller) {
            return Ledger.deferred(order, caller);
        }

        DeferredResult<ResponseEntity<Receipt>> deferredFallen(Order order, Principal caller) {
            return Ledger.deferred(
                    CompletableFuture.completedFuture(ResponseEntity.status(503).build()));
        }

        @Idempotent
        @Retryable(fallback = "monoFallen")
        @PostMapping("/mono")
        Mono<ResponseEntity<Receipt>> mono(@RequestBody Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }

        Mono<ResponseEntity<Receipt>> monoFallen(Order order, Principal caller) {
            return Mono.just(ResponseEntity.status(503).build());
        }
    }

    /** With a circuit that has a fallback. */
    @RestController
    @RequestMapping("/circuit")
    static class Guarded {

        @Idempotent
        @CircuitGuarded(value = "neighbors", fallback = "plainFallen")
        @PostMapping("/plain")
        ResponseEntity<Receipt> plain(@RequestBody Order order, Principal caller) {
            return Ledger.take(order, caller);
        }

        ResponseEntity<Receipt> plainFallen(Order order, Principal caller) {
            return ResponseEntity.status(503).build();
        }

        @Idempotent
        @CircuitGuarded(value = "neighbors", fallback = "stageFallen")
        @PostMapping("/stage")
        CompletableFuture<ResponseEntity<Receipt>> stage(@RequestBody Order order, Principal caller) {
            return Ledger.stage(order, caller);
        }

        CompletableFuture<ResponseEntity<Receipt>> stageFallen(Order order, Principal caller) {
            return CompletableFuture.completedFuture(ResponseEntity.status(503).build());
        }

        @Idempotent
        @CircuitGuarded(value = "neighbors", fallback = "deferredFallen")
        @PostMapping("/deferred")
        DeferredResult<ResponseEntity<Receipt>> deferred(@RequestBody Order order, Principal caller) {
            return Ledger.deferred(order, caller);
        }

        DeferredResult<ResponseEntity<Receipt>> deferredFallen(Order order, Principal caller) {
            return Ledger.deferred(
                    CompletableFuture.completedFuture(ResponseEntity.status(503).build()));
        }

        @Idempotent
        @CircuitGuarded(value = "neighbors", fallback = "monoFallen")
        @PostMapping("/mono")
        Mono<ResponseEntity<Receipt>> mono(@RequestBody Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }

        Mono<ResponseEntity<Receipt>> monoFallen(Order order, Principal caller) {
            return Mono.just(ResponseEntity.status(503).build());
        }
    }

    /** Within an aspect of the application. */
    @RestController
    @Advised
    @RequestMapping("/aspect")
    static class Aspected {

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

    /** With a check that refuses an order that was taken. */
    @RestController
    @RequestMapping("/valid")
    static class Validated {

        @InitBinder
        void check(WebDataBinder binder) {
            binder.addValidators(new UniqueOrder());
        }

        @Idempotent
        @PostMapping("/plain")
        ResponseEntity<Receipt> plain(@Valid @RequestBody Order order, Principal caller) {
            return Ledger.take(order, caller);
        }

        @Idempotent
        @PostMapping("/stage")
        CompletableFuture<ResponseEntity<Receipt>> stage(@Valid @RequestBody Order order, Principal caller) {
            return Ledger.stage(order, caller);
        }

        @Idempotent
        @PostMapping("/deferred")
        DeferredResult<ResponseEntity<Receipt>> deferred(@Valid @RequestBody Order order, Principal caller) {
            return Ledger.deferred(order, caller);
        }

        @Idempotent
        @PostMapping("/mono")
        Mono<ResponseEntity<Receipt>> mono(@Valid @RequestBody Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }
    }

    /** With an argument that is there only until the order is taken. */
    @RestController
    @RequestMapping("/converter")
    static class Converted {

        @Idempotent
        @PostMapping("/plain/{open}")
        ResponseEntity<Receipt> plain(@PathVariable OpenOrder open, @RequestBody Order order, Principal caller) {
            return Ledger.take(order, caller);
        }

        @Idempotent
        @PostMapping("/stage/{open}")
        CompletableFuture<ResponseEntity<Receipt>> stage(
                @PathVariable OpenOrder open, @RequestBody Order order, Principal caller) {
            return Ledger.stage(order, caller);
        }

        @Idempotent
        @PostMapping("/deferred/{open}")
        DeferredResult<ResponseEntity<Receipt>> deferred(
                @PathVariable OpenOrder open, @RequestBody Order order, Principal caller) {
            return Ledger.deferred(order, caller);
        }

        @Idempotent
        @PostMapping("/mono/{open}")
        Mono<ResponseEntity<Receipt>> mono(@PathVariable OpenOrder open, @RequestBody Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }
    }
}
