package dev.retrykit.spring.server;

import dev.retrykit.InboundRequest;
import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.Causes;
import dev.retrykit.failure.PeerBusyException;
import dev.retrykit.failure.TimeBudgetSpentException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ResponseStatus;

/**
 * Determines the HTTP response for a failure that left a controller after a policy gave up on it: it tells the caller
 * not to repeat what was retried here already. A policy with one attempt never gives up.
 */
final class ExhaustedFailure {

    private static final Duration COME_BACK = Duration.ofSeconds(1);

    private static final Set<String> UNSAFE_METHODS = Set.of("POST", "PATCH");

    private static final String CUT_OFF = "This instance of the service could not retry the failed downstream call.";

    private ExhaustedFailure() {}

    /**
     * Returns the response; null if no policy gave up on the failure.
     *
     * @param request the inbound request, which knows how its calls ended; if null, the information attached to the
     *     failure is used
     * @param method the HTTP method
     * @param keyed whether an endpoint recognizes repeats of the request by an idempotency key
     */
    static @Nullable Problem problem(
            Throwable failure, @Nullable InboundRequest request, String method, boolean keyed) {
        if (Causes.unwrap(failure) instanceof CircuitOpenException open) {
            return open.retryAfter()
                    .map(wait -> Problem.later(HttpStatus.SERVICE_UNAVAILABLE, wait))
                    .orElseGet(() -> Problem.never(HttpStatus.SERVICE_UNAVAILABLE.value()));
        }
        if (Causes.unwrap(failure) instanceof PeerBusyException busy) {
            return Problem.later(HttpStatus.SERVICE_UNAVAILABLE, busy.retryAfter());
        }
        List<RetryStopped> stops = request == null ? attached(failure) : request.stops(failure);
        StopReason reason = stops.stream()
                .filter(ExhaustedFailure::isFinal)
                .map(RetryStopped::reason)
                .findFirst()
                .orElse(null);
        boolean timeUp = reason == StopReason.TIME_BUDGET || Causes.unwrap(failure) instanceof TimeBudgetSpentException;
        Integer mapped = mapped(failure);
        if (reason == null && !timeUp) {
            return cancelled(stops, mapped, keyed || !UNSAFE_METHODS.contains(method));
        }
        int status = (timeUp ? HttpStatus.GATEWAY_TIMEOUT : HttpStatus.BAD_GATEWAY).value();
        return Problem.never(mapped == null ? status : mapped);
    }

    /**
     * Returns the response if this instance is shutting down or has no thread for the retry, so that another attempt
     * may succeed, later or on another instance. Callers read a Retry-After as a promise that nothing was executed, so
     * a request that must not be repeated gets none.
     */
    private static @Nullable Problem cancelled(List<RetryStopped> stops, @Nullable Integer mapped, boolean repeatable) {
        int status = mapped == null ? HttpStatus.SERVICE_UNAVAILABLE.value() : mapped;
        List<RetryStopped> cancelled = stops.stream()
                .filter(stop -> stop.reason() == StopReason.CANCELLED)
                .toList();
        if (cancelled.isEmpty()) {
            return null;
        }
        return repeatable || cancelled.stream().allMatch(stop -> stop.attempts() == 0)
                ? Problem.later(status, COME_BACK, CUT_OFF)
                : Problem.never(status, CUT_OFF);
    }

    private static List<RetryStopped> attached(Throwable failure) {
        return Causes.chain(failure).stream()
                .flatMap(link -> Arrays.stream(link.getSuppressed()))
                .filter(RetryStopped.class::isInstance)
                .map(RetryStopped.class::cast)
                .toList();
    }

    private static boolean isFinal(RetryStopped stop) {
        return switch (stop.reason()) {
            case EXHAUSTED -> stop.attempts() > 1;
            case TIME_BUDGET, RETRY_BUDGET, CIRCUIT_OPEN, RETRY_AFTER_TOO_LONG, NESTED, VETOED, NOT_IDEMPOTENT -> true;
            case SUCCESS, NOT_RETRYABLE, INTERRUPTED, CANCELLED, DRY_RUN -> false;
        };
    }

    /** Returns the status that the application assigned to the failure's type. */
    private static @Nullable Integer mapped(Throwable failure) {
        if (failure instanceof ErrorResponse known) {
            return known.getStatusCode().value();
        }
        ResponseStatus status = AnnotatedElementUtils.findMergedAnnotation(failure.getClass(), ResponseStatus.class);
        return status == null ? null : status.code().value();
    }
}
