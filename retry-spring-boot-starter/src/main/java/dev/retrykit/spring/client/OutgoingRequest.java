package dev.retrykit.spring.client;

import dev.retrykit.CallerDeadline;
import dev.retrykit.RetryContext;
import dev.retrykit.http.KeyedRequest;
import dev.retrykit.spring.client.tracking.RequestTracker;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;

/**
 * One logical request. Its attempts share what was decided before the first one: the idempotency key, and which headers
 * the caller set. Headers that the caller set are never changed.
 */
public final class OutgoingRequest {

    /** Header with the attempt number. */
    static final String ATTEMPT = "Retry-Attempt";

    /** Header with the time for which the sender waits for a response, in milliseconds. */
    static final String TIMEOUT = "Request-Timeout-Ms";

    /** A remaining time of a day or more is not sent. */
    private static final Duration NO_LIMIT = Duration.ofDays(1);

    private final URI uri;

    /** Describes a request that must not run twice; null if it may. */
    private final @Nullable String effect;

    private final boolean tellsAttempt;
    private final boolean tellsTimeout;
    private final Key key;

    private OutgoingRequest(URI uri, @Nullable String effect, boolean tellsAttempt, boolean tellsTimeout, Key key) {
        this.uri = uri;
        this.effect = effect;
        this.tellsAttempt = tellsAttempt;
        this.tellsTimeout = tellsTimeout;
        this.key = key;
    }

    /**
     * The idempotency key of a request.
     *
     * @param isThere whether the request has a key
     * @param sent the key as an attempt sends it; null if there is no key or no enclosing attempt
     * @param guarded whether a guard makes the attempts, so that the request continues when one of them has ended
     */
    private record Key(boolean isThere, @Nullable KeyedRequest sent, boolean guarded) {

        static final Key NONE = new Key(false, null, false);
    }

    /**
     * A request as its caller made it.
     *
     * @param headers receive the key
     * @param body read only if the request gets a key
     * @param fetchesToken whether the request is a form that an interceptor or filter sends for another request, as
     *     OAuth2 clients do to fetch tokens
     */
    public record Message(HttpMethod method, URI uri, HttpHeaders headers, BodyContent body, boolean fetchesToken) {

        /** Whether a second execution could repeat an effect of the first. Fetching a token again cannot. */
        boolean isUnsafe() {
            return RequestTracker.isUnsafe(method) && !fetchesToken;
        }

        /** Whether the headers are those of a form. */
        public static boolean isForm(HttpHeaders headers) {
            String type = headers.getFirst(HttpHeaders.CONTENT_TYPE);
            return type != null
                    && type.toLowerCase(Locale.ROOT).startsWith(MediaType.APPLICATION_FORM_URLENCODED_VALUE);
        }

        /** Describes the request without parts that may be secret: user information and query. */
        private String describe() {
            String authority = String.valueOf(uri.getRawAuthority());
            String host = authority.substring(authority.lastIndexOf('@') + 1);
            return method + " " + uri.getScheme() + "://" + host + uri.getRawPath();
        }

        /**
         * Identifies the kind of request, whatever its host. Part of the contract: keys derived from a value depend on
         * it.
         */
        String kind() {
            String path = uri.getRawPath();
            return method + " " + (path == null || path.isEmpty() ? "/" : path);
        }

        /** A multipart body has a different boundary in each attempt, so its content is unknown. */
        byte @Nullable [] content() {
            String type = headers.getFirst(HttpHeaders.CONTENT_TYPE);
            return type != null && type.toLowerCase(Locale.ROOT).contains("multipart/") ? null : body.bytes();
        }
    }

    /**
     * Creates a request and sets its idempotency key.
     *
     * @param enclosing the enclosing attempt, before any attempt of a guard
     * @param guard the guard of the request; null if it has none
     * @throws dev.retrykit.failure.RequestMismatchException if the previous attempt sent a different request in its
     *     place
     */
    public static OutgoingRequest of(
            ClientRules rules, Message message, Optional<RetryContext> enclosing, @Nullable Guard guard) {
        boolean tells = rules.tells(message.uri());
        boolean unsafe = message.isUnsafe();
        return new OutgoingRequest(
                message.uri(),
                unsafe ? message.describe() : null,
                tells && !message.headers().containsHeader(ATTEMPT),
                tells && !message.headers().containsHeader(TIMEOUT),
                unsafe ? key(rules, message, enclosing, guard) : Key.NONE);
    }

    private static Key key(
            ClientRules rules, Message message, Optional<RetryContext> enclosing, @Nullable Guard guard) {
        KeyHeader header = rules.keyHeader(message.uri());
        String written = message.headers().getFirst(header.name());
        if (written != null && !written.isBlank()) {
            KeyedRequest own = enclosing
                    .map(attempt -> attempt.requests().ownKeyedRequest(message.kind(), written))
                    .orElse(null);
            return new Key(true, own, guard != null);
        }
        boolean guardSendsKeys = guard != null && guard.sendsKeys();
        KeyedRequest sent = enclosing
                .filter(attempt -> guardSendsKeys || attempt.requests().hasIdempotencyKeys())
                .map(attempt -> attempt.requests().nextKeyedRequest(message.kind(), message.content()))
                .orElse(null);
        if (sent == null && !guardSendsKeys) {
            return Key.NONE;
        }
        String text = sent == null ? UUID.randomUUID().toString() : sent.key();
        message.headers().set(header.name(), header.value(text));
        return new Key(true, sent, guard != null);
    }

    /** Adds the headers for an attempt on this thread, if the host is to receive them. */
    public void tell(HttpHeaders headers, Optional<RetryContext> attempt) {
        tell(headers, attempt, CallerDeadline.current());
    }

    /**
     * Adds the headers for an attempt, if the host is to receive them.
     *
     * @param deadline limits the time outside attempts
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

    /** Starts an attempt of the request. */
    public RequestTracker begin(Optional<RetryContext> attempt) {
        RequestTracker exchange;
        try {
            exchange = RequestTracker.begin(attempt, uri, effect, key.isThere());
        } catch (RuntimeException refused) {
            if (!key.guarded()) {
                ended(KeyedRequest.Outcome.NOT_DONE);
            }
            throw refused;
        }
        if (key.sent() != null && !key.guarded()) {
            exchange.carry(key.sent());
        }
        return exchange;
    }

    /** Reports that the request is no longer being sent: its guard has made all attempts, or its caller went away. */
    public void ended() {
        ended(KeyedRequest.Outcome.UNKNOWN);
    }

    private void ended(KeyedRequest.Outcome outcome) {
        if (key.sent() != null) {
            key.sent().ended(outcome);
        }
    }
}
