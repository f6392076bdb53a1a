package dev.retrykit.spring.server;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/**
 * A problem response after RFC 9457, with either a Retry-After header or a request not to retry. Reveals nothing about
 * downstream services.
 *
 * @param status the HTTP status
 * @param header the header that says whether to retry
 * @param value the value of the header
 * @param detail a sentence for the caller; contains no external input
 */
public record Problem(int status, String header, String value, String detail) {

    /** The content type of the body. */
    public static final MediaType TYPE = MediaType.APPLICATION_PROBLEM_JSON;

    /** The headers that pages of other origins may read. */
    public static final String EXPOSED = "Idempotent-Replayed, Retry-After, x-should-retry";

    /**
     * Name of the request attribute that marks a request with an idempotency key for an {@code @Idempotent} endpoint.
     */
    public static final String KEYED = Problem.class.getName() + ".keyed";

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** Returns a problem that allows a retry after a time, rounded up to seconds. */
    static Problem later(HttpStatus status, Duration wait) {
        return later(status.value(), wait, "A downstream service is currently unavailable.");
    }

    /** Returns a problem that allows a retry after a time, rounded up to seconds. */
    public static Problem later(int status, Duration wait, String detail) {
        long nanos = Math.max(1, wait.toNanos());
        long seconds = nanos / SECOND + (nanos % SECOND == 0 ? 0 : 1);
        return new Problem(status, HttpHeaders.RETRY_AFTER, String.valueOf(seconds), detail);
    }

    /** Returns a problem that asks the caller not to retry. */
    static Problem never(int status) {
        return never(status, "Do not retry this request: this service has handled the failure as far as it can.");
    }

    /** Returns a problem that asks the caller not to retry. */
    public static Problem never(int status, String detail) {
        return new Problem(status, "x-should-retry", "false", detail);
    }

    /** Returns the body as JSON. */
    public byte[] body() {
        HttpStatus known = HttpStatus.resolve(status);
        String title = known == null ? "Error" : known.getReasonPhrase();
        return ("{\"type\":\"about:blank\",\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\"" + detail
                        + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the problem for a caller that no longer waits. */
    static Problem timeUp() {
        return never(HttpStatus.GATEWAY_TIMEOUT.value(), "The caller's time limit has expired.");
    }
}
