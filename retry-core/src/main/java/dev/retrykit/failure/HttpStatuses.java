package dev.retrykit.failure;

import dev.retrykit.failure.Verdict.Kind;

/** Verdicts for HTTP statuses of 400 and above, RFC 9110 section 15. */
final class HttpStatuses {

    private HttpStatuses() {}

    static Verdict verdict(int status) {
        return switch (status) {
            case 408, 425, 500, 502, 503, 504 -> Verdict.retryable();
            case 429 -> Verdict.of(Kind.RETRYABLE, Signal.THROTTLED);
            case 401, 403, 407 -> Verdict.of(Kind.NOT_RETRYABLE, Signal.NONE);
            default -> Verdict.of(Kind.NOT_RETRYABLE, status <= 499 ? Signal.SUCCESS : Signal.FAILURE);
        };
    }
}
