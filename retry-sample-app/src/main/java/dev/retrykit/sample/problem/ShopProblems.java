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
 * What the shop answers when it fails. Where this side has retried in vain, {@code x-should-retry: false} tells the
 * caller not to do so again; a circuit that will be probed says when to come back instead.
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
        String detail = "A service behind the shop is out of order, and is not asked for now.";
        return answer(HttpStatus.SERVICE_UNAVAILABLE, detail, headers);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> tooLate(TimeBudgetSpentException failure) {
        return answer(HttpStatus.GATEWAY_TIMEOUT, "A service behind the shop took too long.", noRetry());
    }

    /** The services' own words and addresses stay inside. */
    @ExceptionHandler({RestClientException.class, AttemptTimeoutException.class})
    ResponseEntity<ProblemDetail> upstreamFailed() {
        return answer(HttpStatus.BAD_GATEWAY, "A service behind the shop failed.", noRetry());
    }

    private static ResponseEntity<ProblemDetail> answer(HttpStatus status, String detail, HttpHeaders headers) {
        return ResponseEntity.status(status).headers(headers).body(ProblemDetail.forStatusAndDetail(status, detail));
    }

    /** Whole seconds, never early, at least one. */
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
