package dev.retrykit.spring.idempotency.neighbor;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Order;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import reactor.core.publisher.Mono;

/** Handlers whose answer is written by whom they forward to. */
final class MvcForwards {

    private static final String ANSWER = "answer";
    private static final String VIEW = "forward:/forwarded";

    private MvcForwards() {}

    @Controller
    @RequestMapping("/forward-view")
    static class Views {

        @Idempotent
        @PostMapping("/plain")
        String plain(@RequestBody Order order, Principal caller, HttpServletRequest request) {
            return view(request, Ledger.take(order, caller));
        }

        @Idempotent
        @PostMapping("/stage")
        CompletableFuture<String> stage(@RequestBody Order order, Principal caller, HttpServletRequest request) {
            return Ledger.stage(order, caller).thenApply(answer -> view(request, answer));
        }

        @Idempotent
        @PostMapping("/deferred")
        DeferredResult<String> deferred(@RequestBody Order order, Principal caller, HttpServletRequest request) {
            return Ledger.deferred(Ledger.stage(order, caller).thenApply(answer -> view(request, answer)));
        }

        @Idempotent
        @PostMapping("/mono")
        Mono<String> mono(@RequestBody Order order, Principal caller, HttpServletRequest request) {
            return Ledger.mono(order, caller).map(answer -> view(request, answer));
        }

        private static String view(HttpServletRequest request, ResponseEntity<?> answer) {
            request.setAttribute(ANSWER, answer);
            return VIEW;
        }
    }

    @Controller
    @RequestMapping("/forward-dispatcher")
    static class Dispatchers {

        @Idempotent
        @PostMapping("/plain")
        void plain(@RequestBody Order order, Principal caller, HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            request.setAttribute(ANSWER, Ledger.take(order, caller));
            request.getRequestDispatcher("/forwarded").forward(request, response);
        }
    }

    @RestController
    static class Target {

        @PostMapping("/forwarded")
        ResponseEntity<?> forwarded(HttpServletRequest request) {
            return (ResponseEntity<?>) request.getAttribute(ANSWER);
        }
    }
}
