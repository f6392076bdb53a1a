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
import reactor.core.publisher.Mono;

/** Handlers of WebFlux, and what stands on them. */
final class FluxControllers {

    private FluxControllers() {}

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
        @PostMapping("/mono")
        Mono<ResponseEntity<Receipt>> mono(@RequestBody Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }
    }

    /** With a fallback for failed calls. */
    @RestController
    @RequestMapping("/retryable")
    static class Retried {

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
        @PostMapping("/mono/{open}")
        Mono<ResponseEntity<Receipt>> mono(@PathVariable OpenOrder open, @RequestBody Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }
    }

    /** By API versions in a header. */
    @RestController
    @RequestMapping(path = "/version", version = "1.0")
    static class FirstVersion {

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
        @PostMapping("/mono")
        Mono<ResponseEntity<Receipt>> mono(Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }
    }

    /** Handlers that return something else than a Mono. */
    @RestController
    @RequestMapping("/other-kinds")
    static class OtherKinds {

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
    }
}
