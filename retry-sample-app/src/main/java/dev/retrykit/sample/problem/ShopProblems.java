package dev.retrykit.sample.problem;

import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.TimeBudgetSpentException;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.client.RestClientException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Maps failures to responses of the shop. If this service has already retried, {@code x-should-retry: false} tells the
 * caller not to retry; for a circuit with a planned probe, {@code Retry-After} says when to retry instead.
 */
@RestControllerAdvice
class ShopProblems extends ResponseEntityExceptionHandler {

    @ExceptionHandler
    ResponseEntity<ProblemDetail> badValue(BadValueException failure) {
        ProblemDetail problem = failure.problem();
        return ResponseEntity.status(problem.getStatus()).body(problem);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> circuitOpen(CircuitOpenException failure) {
        HttpHeaders headers = failure.retryAfter().map(ShopProblems::retryAfter).orElseGet(ShopProblems::noRetry);
        String detail = "A downstream service is unavailable and is currently not called.";
        return answer(HttpStatus.SERVICE_UNAVAILABLE, detail, headers);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> tooLate(TimeBudgetSpentException failure) {
        return answer(HttpStatus.GATEWAY_TIMEOUT, "A downstream service took too long.", noRetry());
    }

    /** Does not reveal messages and addresses of the downstream services. */
    @ExceptionHandler({RestClientException.class, AttemptTimeoutException.class})
    ResponseEntity<ProblemDetail> upstreamFailed() {
        return answer(HttpStatus.BAD_GATEWAY, "A downstream service failed.", noRetry());
    }

    private static ResponseEntity<ProblemDetail> answer(HttpStatus status, String detail, HttpHeaders headers) {
        return ResponseEntity.status(status).headers(headers).body(ProblemDetail.forStatusAndDetail(status, detail));
    }

    /** Rounds up to whole seconds, at least one. */
    private static HttpHeaders retryAfter(Duration wait) {
        HttpHeaders headers = new HttpHeaders();
        long seconds = Math.max(1, wait.plusNanos(999_999_999).toSeconds());
        headers.set(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
        return headers;
    }

    private static HttpHeaders noRetry() {
        HttpHeaders headers = new HttpHeaders();
        headers.set("x-should-retry", "false");
        return headers;
    }
}
