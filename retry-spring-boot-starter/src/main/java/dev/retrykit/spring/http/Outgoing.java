package dev.retrykit.spring.http;

import dev.retrykit.CallerDeadline;
import dev.retrykit.RetryContext;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/**
 * One logical request, whose attempts share what was decided about it before the first: its idempotency key, and which of
 * the headers are the caller's own. What the caller set is never changed.
 */
public final class Outgoing {

    /** Which attempt a request is part of. */
    static final String ATTEMPT = "Retry-Attempt";

    /** How long the sender waits for an answer, in milliseconds. */
    static final String TIMEOUT = "Request-Timeout-Ms";

    /** Who waits for longer than a day doesn't say so. */
    private static final Duration NO_LIMIT = Duration.ofDays(1);

    private final HttpMethod method;
    private final URI uri;
    private final boolean tellsAttempt;
    private final boolean tellsTimeout;
    private final boolean hasKey;

    private Outgoing(HttpMethod method, URI uri, boolean tellsAttempt, boolean tellsTimeout, boolean hasKey) {
        this.method = method;
        this.uri = uri;
        this.tellsAttempt = tellsAttempt;
        this.tellsTimeout = tellsTimeout;
        this.hasKey = hasKey;
    }

    /**
     * Decides, and sets the idempotency key.
     *
     * @param around the attempt that it is part of, before any guard's
     * @param guard its guard, if it has one
     * @param headers its headers
     */
    public static Outgoing of(
            ClientRules rules,
            HttpMethod method,
            URI uri,
            HttpHeaders headers,
            Optional<RetryContext> around,
            @Nullable Guard guard) {
        boolean tells = rules.tells(uri);
        boolean hasKey = Exchange.isUnsafe(method) && hasKey(rules, method, uri, headers, around, guard);
        return new Outgoing(
                method,
                uri,
                tells && !headers.containsHeader(ATTEMPT),
                tells && !headers.containsHeader(TIMEOUT),
                hasKey);
    }

    private static boolean hasKey(
            ClientRules rules,
            HttpMethod method,
            URI uri,
            HttpHeaders headers,
            Optional<RetryContext> around,
            @Nullable Guard guard) {
        String written = headers.getFirst(rules.keyHeader());
        if (written != null && !written.isBlank()) {
            return true;
        }
        Optional<String> key = around.flatMap(attempt -> attempt.nextIdempotencyKey(method + " " + uri));
        if (key.isEmpty() && guard != null && guard.sendsKeys()) {
            key = Optional.of(UUID.randomUUID().toString());
        }
        key.ifPresent(text -> headers.set(rules.keyHeader(), rules.keyValue(text)));
        return key.isPresent();
    }

    /** Tells the peer about an attempt on this thread, if it is to be told. */
    public void tell(HttpHeaders headers, Optional<RetryContext> attempt) {
        tell(headers, attempt, CallerDeadline.current());
    }

    /**
     * Tells the peer about an attempt, if it is to be told.
     *
     * @param deadline how long it is waited for outside of attempts
     */
    public void tell(HttpHeaders headers, Optional<RetryContext> attempt, Optional<CallerDeadline> deadline) {
        if (tellsAttempt) {
            attempt.ifPresent(context -> headers.set(ATTEMPT, String.valueOf(context.attempt())));
        }
        if (tellsTimeout) {
            attempt.map(RetryContext::timeLeft)
                    .or(() -> deadline.map(CallerDeadline::left))
                    .filter(left -> left.compareTo(NO_LIMIT) < 0)
                    .map(Duration::toMillis)
                    .ifPresent(left -> headers.set(TIMEOUT, String.valueOf(left)));
        }
    }

    /** Begins an attempt of it. */
    public Exchange begin(Optional<RetryContext> attempt) {
        return Exchange.begin(attempt, method, uri, hasKey);
    }
}
