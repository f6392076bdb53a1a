package dev.retrykit.spring.client;

import dev.retrykit.CallerDeadline;
import dev.retrykit.RetryContext;
import dev.retrykit.http.KeyedRequest;
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
 * One logical request, whose attempts share what was decided about it before the first: its idempotency key, and which of
 * the headers are the caller's own. What the caller set is never changed.
 */
public final class OutgoingRequest {

    /** Which attempt a request is part of. */
    static final String ATTEMPT = "Retry-Attempt";

    /** How long the sender waits for an answer, in milliseconds. */
    static final String TIMEOUT = "Request-Timeout-Ms";

    /** Who waits for longer than a day doesn't say so. */
    private static final Duration NO_LIMIT = Duration.ofDays(1);

    private final URI uri;

    /** What must not be done twice; null if it may. */
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
     * Whether a request has a key.
     *
     * @param sent if it does: as what an attempt sends it; null if no attempt sends it
     * @param guarded whether a guard makes attempts of it, so that it goes on when one of them has ended
     */
    private record Key(boolean isThere, @Nullable KeyedRequest sent, boolean guarded) {

        static final Key NONE = new Key(false, null, false);
    }

    /**
     * A request as its caller made it.
     *
     * @param headers which the key is added to
     * @param body asked for only if it gets a key
     * @param fetchesToken whether it is a form that an interceptor or filter of another request sends, as OAuth2 clients
     *     fetch tokens
     */
    public record Message(HttpMethod method, URI uri, HttpHeaders headers, BodyContent body, boolean fetchesToken) {

        /** Whether a second one would do something that the first has done already. To fetch a token again doesn't. */
        boolean isUnsafe() {
            return RequestTracker.isUnsafe(method) && !fetchesToken;
        }

        /** Whether headers are those of a form. */
        public static boolean isForm(HttpHeaders headers) {
            String type = headers.getFirst(HttpHeaders.CONTENT_TYPE);
            return type != null
                    && type.toLowerCase(Locale.ROOT).startsWith(MediaType.APPLICATION_FORM_URLENCODED_VALUE);
        }

        /** Without what may be secret: user and query. */
        private String describe() {
            String authority = String.valueOf(uri.getRawAuthority());
            String host = authority.substring(authority.lastIndexOf('@') + 1);
            return method + " " + uri.getScheme() + "://" + host + uri.getRawPath();
        }

        /**
         * What tells it from other requests whatever host it goes to. Part of the contract: keys of values are made from
         * it.
         */
        String kind() {
            String path = uri.getRawPath();
            return method + " " + (path == null || path.isEmpty() ? "/" : path);
        }

        /** Parts are separated by another text each time. */
        byte @Nullable [] content() {
            String type = headers.getFirst(HttpHeaders.CONTENT_TYPE);
            return type != null && type.toLowerCase(Locale.ROOT).contains("multipart/") ? null : body.bytes();
        }
    }

    /**
     * Decides, and sets the idempotency key.
     *
     * @param around the attempt that it is part of, before any guard's
     * @param guard its guard, if it has one
     * @throws dev.retrykit.failure.RequestMismatchException if the attempt before has sent another request in its place
     */
    public static OutgoingRequest of(
            ClientRules rules, Message message, Optional<RetryContext> around, @Nullable Guard guard) {
        boolean tells = rules.tells(message.uri());
        boolean unsafe = message.isUnsafe();
        return new OutgoingRequest(
                message.uri(),
                unsafe ? message.describe() : null,
                tells && !message.headers().containsHeader(ATTEMPT),
                tells && !message.headers().containsHeader(TIMEOUT),
                unsafe ? key(rules, message, around, guard) : Key.NONE);
    }

    private static Key key(ClientRules rules, Message message, Optional<RetryContext> around, @Nullable Guard guard) {
        KeyHeader header = rules.keyHeader(message.uri());
        String written = message.headers().getFirst(header.name());
        if (written != null && !written.isBlank()) {
            KeyedRequest own = around.map(attempt -> attempt.requests().ownKeyedRequest(message.kind(), written))
                    .orElse(null);
            return new Key(true, own, guard != null);
        }
        boolean guardSendsKeys = guard != null && guard.sendsKeys();
        KeyedRequest sent = around.filter(
                        attempt -> guardSendsKeys || attempt.requests().hasIdempotencyKeys())
                .map(attempt -> attempt.requests().nextKeyedRequest(message.kind(), message.content()))
                .orElse(null);
        if (sent == null && !guardSendsKeys) {
            return Key.NONE;
        }
        String text = sent == null ? UUID.randomUUID().toString() : sent.key();
        message.headers().set(header.name(), header.value(text));
        return new Key(true, sent, guard != null);
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

    /** Whatever became of it, it is on its way no more: its guard has made its attempts, or its caller went away. */
    public void ended() {
        ended(KeyedRequest.Outcome.UNKNOWN);
    }

    private void ended(KeyedRequest.Outcome outcome) {
        if (key.sent() != null) {
            key.sent().ended(outcome);
        }
    }
}
