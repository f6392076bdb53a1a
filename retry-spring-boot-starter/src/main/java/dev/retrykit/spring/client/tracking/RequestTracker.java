package dev.retrykit.spring.client.tracking;

import dev.retrykit.RetryContext;
import dev.retrykit.event.SideEffect;
import dev.retrykit.failure.Verdict;
import dev.retrykit.http.AnswerRules;
import dev.retrykit.http.HeaderLines;
import dev.retrykit.http.KeyedRequest;
import dev.retrykit.http.KeyedRequest.Outcome;
import dev.retrykit.http.RetryAfter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;

/**
 * Tracks one request of an attempt, from the moment at which it may have been sent. From then on a POST or PATCH counts
 * as executed until it is certain that it was not. Thread-safe.
 */
public final class RequestTracker {

    /** Name of the request attribute that holds the tracker. */
    public static final String ATTRIBUTE = RequestTracker.class.getName();

    private static final int MOST_RESENDS = 100;
    private static final int HTTP = 80;
    private static final int HTTPS = 443;
    private static final int LOWEST_FAILURE = 400;
    private static final int CONFLICT = 409;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    private final @Nullable RetryContext attempt;
    private final @Nullable SideEffect effect;
    private final String peer;
    private final boolean hasKey;
    private volatile @Nullable KeyedRequest keyed;
    private final ConnectionUse connection = new ConnectionUse();
    private final AtomicInteger resends = new AtomicInteger();

    private final TransportFacts facts = new TransportFacts();
    private volatile boolean ownConflict;
    private volatile boolean answered;

    /** Number of times that interceptors of the application sent the request without its being turned away. */
    private final AtomicInteger undecided = new AtomicInteger();

    private volatile boolean turnedAway;

    private RequestTracker(@Nullable RetryContext attempt, @Nullable SideEffect effect, String peer, boolean hasKey) {
        this.attempt = attempt;
        this.effect = effect;
        this.peer = peer;
        this.hasKey = hasKey;
    }

    /**
     * Starts tracking a request.
     *
     * @param attempt the enclosing attempt
     * @param what the description of a request that must not run twice; null if it may
     * @param hasKey whether the request carries an idempotency key
     * @throws dev.retrykit.failure.PeerBusyException if the policy currently sends nothing to the host
     */
    public static RequestTracker begin(Optional<RetryContext> attempt, URI uri, @Nullable String what, boolean hasKey) {
        String peer = attempt.isPresent() ? peer(uri) : "";
        attempt.ifPresent(context -> context.requests().sendTo(peer));
        attempt.ifPresent(context -> context.requests().watched(SpringAnswerMarks.INSTANCE));
        SideEffect effect = what == null
                ? null
                : attempt.map(context -> context.sideEffect(what, hasKey)).orElse(null);
        return new RequestTracker(attempt.orElse(null), effect, peer, hasKey);
    }

    /** Returns host and port in canonical form; the authority if it is not a valid host in a URI. */
    private static String peer(URI uri) {
        String authority = String.valueOf(uri.getRawAuthority());
        String host = uri.getHost() == null ? authority.substring(authority.lastIndexOf('@') + 1) : uri.getHost();
        int standard = "https".equalsIgnoreCase(uri.getScheme()) ? HTTPS : HTTP;
        return host.toLowerCase(Locale.ROOT) + ":" + (uri.getPort() < 0 ? standard : uri.getPort());
    }

    /** Sets the key that was created for the request; it ends with the request. */
    public void carry(KeyedRequest sent) {
        keyed = sent;
    }

    private void end(Outcome outcome) {
        KeyedRequest sent = keyed;
        if (sent != null) {
            boolean undone = effect != null && effect.isRetracted();
            sent.ended(undone ? Outcome.NOT_DONE : outcome);
        }
    }

    /** Whether a second request with the method could repeat an effect of the first. */
    public static boolean isUnsafe(HttpMethod method) {
        return method.equals(HttpMethod.POST) || method.equals(HttpMethod.PATCH);
    }

    /** Reports what the transport knows of the request. */
    public void report(TransportFact fact) {
        facts.add(fact);
    }

    /** Reports the server's response. */
    public void answered(int status, HeaderLines headers) {
        RetryAfter advice = note(status, headers);
        if (attempt == null || effect == null) {
            return;
        }
        if (status == CONFLICT && hasKey) {
            ownConflict = true;
            attempt.expectStatus(CONFLICT);
        } else if (undecided.get() == 0 && isTurnedAway(status, headers, advice)) {
            effect.didNotHappen();
        }
        end(status < LOWEST_FAILURE ? Outcome.DONE : Outcome.UNKNOWN);
    }

    private RetryAfter note(int status, HeaderLines headers) {
        answered = true;
        return attempt == null
                ? RetryAfter.none()
                : attempt.requests().answered(facts.isRedirected() ? null : peer, status, headers);
    }

    /** Reports that interceptors of the application send the request; they may send it several times. */
    public void sentByInterceptors() {
        undecided.incrementAndGet();
    }

    /** Reports a response to interceptors of the application, which may change it. */
    public void received(int status, HeaderLines headers) {
        RetryAfter advice = note(status, headers);
        if (isTurnedAway(status, headers, advice)) {
            turnedAway = true;
            undecided.decrementAndGet();
        }
    }

    /** Reports a failure to interceptors of the application. */
    public void lost(Throwable failure) {
        answered = false;
        noteFailure(failure);
        if (facts.isUnsent(failure)) {
            undecided.decrementAndGet();
        }
    }

    /**
     * Whether the tracker needs to know if the response breaks off: only then is it certain that no other client has
     * failed.
     */
    public boolean mustKnowFailures() {
        return attempt != null && !hasKey && attempt.requests().hasIdempotencyKeys();
    }

    /** Records that the response broke off or did not arrive. */
    public void noteFailure(Throwable failure) {
        if (attempt != null) {
            attempt.requests().failed(failure);
            if (!answered) {
                attempt.requests().unanswered();
            }
        }
    }

    private boolean isTurnedAway(int status, HeaderLines headers, RetryAfter advice) {
        return facts.isOwn() && !advice.vetoed() && isRefused(status, headers, advice);
    }

    /**
     * Whether the request was turned away without being processed. A 503 means that only together with a Retry-After.
     */
    private static boolean isRefused(int status, HeaderLines headers, RetryAfter advice) {
        return status == TOO_MANY_REQUESTS
                || AnswerRules.isRateLimit(status, advice)
                || status == UNAVAILABLE
                        && RetryAfter.read(headers, Instant.EPOCH).delayNanos() != Verdict.NO_HINT;
    }

    /** Returns the connection of the request. */
    public ConnectionUse connection() {
        return connection;
    }

    /** Sets the mark of the response, by which its failure is recognized. */
    public void mark(Object mark) {
        if (attempt != null) {
            attempt.requests().mark(mark);
        }
    }

    /** Whether the request is part of an attempt. */
    public boolean isPartOfAttempt() {
        return attempt != null;
    }

    /** Whether the attempt, if there is one, has time left. */
    boolean hasTimeLeft() {
        return attempt == null || attempt.timeLeft().compareTo(Duration.ZERO) > 0;
    }

    /** Whether the request was certainly not sent. */
    boolean isUnsent() {
        return facts.isUnsent();
    }

    /**
     * Whether to send the request once more immediately because its pooled connection was stale. Called for transports
     * that cannot resend on their own. Evicts connections of the same age from the pool. A connection closed before
     * anything was sent does not count as a resend. Whether the request is repeatable is checked last.
     */
    public boolean mayResend(HttpMethod method, Throwable failure, BooleanSupplier repeatable) {
        if (!connection.isStale(failure)) {
            return false;
        }
        int limit = connection.hasBegun() ? 0 : MOST_RESENDS;
        connection.evict();
        return resends.getAndIncrement() <= limit
                && Resends.allows(method.name(), this)
                && Resends.repeats(method.name(), failure, repeatable);
    }

    /** Reports that there is no response, or that it could not be read. */
    public void failed(Throwable failure) {
        connection.abort();
        noteFailure(failure);
        if (effect != null && undecided.get() == 0 && (turnedAway || facts.isUnsent(failure))) {
            effect.didNotHappen();
        }
        end(Outcome.UNKNOWN);
    }

    /** Whether the response was a conflict with the request's own key: the first request is still in progress. */
    public boolean isOwnConflict() {
        return ownConflict;
    }
}
