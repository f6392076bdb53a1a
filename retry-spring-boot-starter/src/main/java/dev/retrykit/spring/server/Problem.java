package dev.retrykit.spring.server;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/**
 * An answer after RFC 9457, with either a time to come back or the wish not to. It tells nothing about what is behind.
 *
 * @param status the status
 * @param header the header that says whether to come back
 * @param value its value
 * @param detail a sentence about it; nothing in it comes from outside
 */
public record Problem(int status, String header, String value, String detail) {

    /** What it is written as. */
    public static final MediaType TYPE = MediaType.APPLICATION_PROBLEM_JSON;

    /** The headers that pages of other origins are allowed to read. */
    public static final String EXPOSED = "Idempotent-Replayed, Retry-After, x-should-retry";

    /** The attribute of a request that an {@code @Idempotent} endpoint knows again by its key. */
    public static final String KEYED = Problem.class.getName() + ".keyed";

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** Come back then, rounded up to seconds. */
    static Problem later(HttpStatus status, Duration wait) {
        return later(status.value(), wait, "A service that this one needs isn't available at the moment.");
    }

    /** Come back then, rounded up to seconds. */
    public static Problem later(int status, Duration wait, String detail) {
        long nanos = Math.max(1, wait.toNanos());
        long seconds = nanos / SECOND + (nanos % SECOND == 0 ? 0 : 1);
        return new Problem(status, HttpHeaders.RETRY_AFTER, String.valueOf(seconds), detail);
    }

    /** Don't come back. */
    static Problem never(int status) {
        return never(status, "What this service could do about a failure behind it has been done.");
    }

    /** Don't come back. */
    public static Problem never(int status, String detail) {
        return new Problem(status, "x-should-retry", "false", detail);
    }

    /** As JSON. */
    public byte[] body() {
        HttpStatus known = HttpStatus.resolve(status);
        String title = known == null ? "Error" : known.getReasonPhrase();
        return ("{\"type\":\"about:blank\",\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\"" + detail
                        + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The caller doesn't wait any more. */
    static Problem timeUp() {
        return never(HttpStatus.GATEWAY_TIMEOUT.value());
    }
}
