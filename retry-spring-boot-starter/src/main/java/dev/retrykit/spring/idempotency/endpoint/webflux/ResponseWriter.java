package dev.retrykit.spring.idempotency.endpoint.webflux;

import dev.retrykit.spring.idempotency.IdempotencyRules;
import dev.retrykit.spring.idempotency.endpoint.ClaimedCall;
import dev.retrykit.spring.idempotency.endpoint.Refusals;
import dev.retrykit.spring.idempotency.endpoint.RefusedException;
import dev.retrykit.spring.idempotency.endpoint.content.KeptHeaders;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.server.ExhaustedFailureHandler;
import dev.retrykit.spring.server.Problem;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/** Writes the responses that replace a call. */
final class ResponseWriter {

    private ResponseWriter() {}

    /** Writes the response to a failure that does not come from a handler. */
    static Mono<Void> instead(Throwable failure, ServerHttpResponse response) {
        if (failure instanceof RefusedException refused) {
            return write(refused, response);
        }
        return ClaimedCall.isLost(failure) && !response.isCommitted()
                ? ExhaustedFailureHandler.write(Refusals.lost(), response)
                : Mono.error(failure);
    }

    static Mono<Void> write(RefusedException refused, ServerHttpResponse response) {
        return Mono.defer(() -> {
            Problem problem = refused.problem();
            Answer answer = refused.answer();
            if (problem != null) {
                return ExhaustedFailureHandler.write(problem, response);
            }
            return answer == null ? Mono.empty() : write(answer, response);
        });
    }

    private static Mono<Void> write(Answer answer, ServerHttpResponse response) {
        HttpHeaders headers = response.getHeaders();
        headers.set(IdempotencyRules.REPLAYED, "true");
        ExhaustedFailureHandler.expose(headers);
        KeptHeaders.write(answer, headers::set, headers::add);
        HttpStatusCode status = HttpStatusCode.valueOf(answer.status());
        if (answer.error()) {
            String reason = new String(answer.body(), StandardCharsets.UTF_8);
            return Mono.error(new ResponseStatusException(status, reason.isEmpty() ? null : reason));
        }
        response.setStatusCode(status);
        if (answer.body().length == 0) {
            return response.setComplete();
        }
        headers.setContentLength(answer.body().length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(answer.body())));
    }
}
