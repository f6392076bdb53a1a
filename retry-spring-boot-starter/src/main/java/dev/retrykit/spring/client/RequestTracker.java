package dev.retrykit.spring.client;

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
 * One request of an attempt, from the moment in which it may have been sent. A POST or PATCH counts as done from then on,
 * until it is certain that it wasn't. Thread-safe.
 */
public final class RequestTracker {

    /** Under this name the attributes of a request hold its exchange. */
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

    /** Whether the transport goes to another place by itself if it is told so: what fails there may have been done here. */
    private volatile boolean redirects = true;

    /** Whether nothing is on its way before {@link #reached} is called. */
    private volatile boolean tellsReached;

    private volatile boolean reached;

    /** Whether the transport itself says when a request goes out, which is better than when it asks for its body. */
    private volatile boolean tellsCommitted;

    private volatile boolean committed;

    /** Whether the transport says if it follows a redirect. */
    private volatile boolean tellsRedirects;

    private volatile boolean redirected;
    private volatile boolean ownConflict;
    private volatile boolean answered;

    /** How many times interceptors of the application had it sent without its being turned away. */
    private final AtomicInteger undecided = new AtomicInteger();

    private volatile boolean turnedAway;

    private RequestTracker(@Nullable RetryContext attempt, @Nullable SideEffect effect, String peer, boolean hasKey) {
        this.attempt = attempt;
        this.effect = effect;
        this.peer = peer;
        this.hasKey = hasKey;
    }

    /**
     * Begins one.
     *
     * @param attempt what it is part of
     * @param what it is called if it must not be done twice; null if it may
     * @param hasKey whether it carries an idempotency key
     * @throws dev.retrykit.failure.PeerBusyException if the policy sends nothing to the host for now
     */
    static RequestTracker begin(Optional<RetryContext> attempt, URI uri, @Nullable String what, boolean hasKey) {
        String peer = attempt.isPresent() ? peer(uri) : "";
        attempt.ifPresent(context -> context.requests().sendTo(peer));
        attempt.ifPresent(context -> context.requests().watched(SpringAnswerMarks.INSTANCE));
        SideEffect effect = what == null
                ? null
                : attempt.map(context -> context.sideEffect(what, hasKey)).orElse(null);
        return new RequestTracker(attempt.orElse(null), effect, peer, hasKey);
    }

    /** Host and port, equal for all ways to write them; the authority where that is no host by the rules for URIs. */
    private static String peer(URI uri) {
        String authority = String.valueOf(uri.getRawAuthority());
        String host = uri.getHost() == null ? authority.substring(authority.lastIndexOf('@') + 1) : uri.getHost();
        int standard = "https".equalsIgnoreCase(uri.getScheme()) ? HTTPS : HTTP;
        return host.toLowerCase(Locale.ROOT) + ":" + (uri.getPort() < 0 ? standard : uri.getPort());
    }

    /** It carries a key that was made for it, and ends that request when it ends. */
    void carry(KeyedRequest sent) {
        keyed = sent;
    }

    private void end(Outcome outcome) {
        KeyedRequest sent = keyed;
        if (sent != null) {
            boolean undone = effect != null && effect.isRetracted();
            sent.ended(undone ? Outcome.NOT_DONE : outcome);
        }
    }

    /** Whether a second one of the same kind would do something that the first has done already. */
    static boolean isUnsafe(HttpMethod method) {
        return method.equals(HttpMethod.POST) || method.equals(HttpMethod.PATCH);
    }

    /** The transport doesn't follow redirects. */
    public void staysHere() {
        redirects = false;
    }

    /** Nothing is on its way before {@link #reached} is called. */
    public void willTellReached() {
        tellsReached = true;
    }

    /** From here on the peer may have got something. */
    public void reached() {
        reached = true;
    }

    /** The transport will say when the request goes out. */
    public void willTellCommitted() {
        tellsCommitted = true;
    }

    /** The request goes out. */
    public void committed() {
        committed = true;
    }

    /** The transport will say if it follows a redirect. */
    public void willTellRedirects() {
        tellsRedirects = true;
    }

    /** The transport follows a redirect: what comes from now on is another peer's, or about another request. */
    public void redirected() {
        redirected = true;
    }

    /** Whether what comes of it is certainly about this request, and not about where it was redirected to. */
    private boolean isOwn() {
        return !redirects || tellsRedirects && !redirected;
    }

    /** The peer has answered. */
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
                : attempt.requests().answered(redirected ? null : peer, status, headers);
    }

    /** Interceptors of the application stand between this and who began it: they may have it sent several times. */
    public void sentByInterceptors() {
        undecided.incrementAndGet();
    }

    /** The transport has an answer for interceptors of the application, which may make something else of it. */
    public void received(int status, HeaderLines headers) {
        RetryAfter advice = note(status, headers);
        if (isTurnedAway(status, headers, advice)) {
            turnedAway = true;
            undecided.decrementAndGet();
        }
    }

    /** The transport has no answer for interceptors of the application. */
    public void lost(Throwable failure) {
        answered = false;
        noteFailure(failure);
        if (isUnsent(failure)) {
            undecided.decrementAndGet();
        }
    }

    /** Whether it must be told if its answer breaks off: only so it is known that no other client has failed. */
    public boolean mustKnowFailures() {
        return attempt != null && !hasKey && attempt.requests().hasIdempotencyKeys();
    }

    /** The answer has broken off, or there is none. */
    public void noteFailure(Throwable failure) {
        if (attempt != null) {
            attempt.requests().failed(failure);
            if (!answered) {
                attempt.requests().unanswered();
            }
        }
    }

    private boolean isTurnedAway(int status, HeaderLines headers, RetryAfter advice) {
        return isOwn() && !advice.vetoed() && isRefused(status, headers, advice);
    }

    /** Whether the request was turned away without being worked on. A 503 says so only together with a time to come back. */
    private static boolean isRefused(int status, HeaderLines headers, RetryAfter advice) {
        return status == TOO_MANY_REQUESTS
                || AnswerRules.isRateLimit(status, advice)
                || status == UNAVAILABLE
                        && RetryAfter.read(headers, Instant.EPOCH).delayNanos() != Verdict.NO_HINT;
    }

    /** What it travels over. */
    public ConnectionUse connection() {
        return connection;
    }

    /** The answer to it bears a mark, by which its failure is known. */
    public void mark(Object mark) {
        if (attempt != null) {
            attempt.requests().mark(mark);
        }
    }

    /** Whether it is part of an attempt. */
    public boolean isPartOfAttempt() {
        return attempt != null;
    }

    /** Whether its attempt, if it has one, may still go on. */
    boolean hasTimeLeft() {
        return attempt == null || attempt.timeLeft().compareTo(Duration.ZERO) > 0;
    }

    /** Whether it certainly hasn't gone out. */
    boolean isUnsent() {
        return tellsCommitted && !committed;
    }

    /**
     * Whether it is sent once more at once, since the pooled connection that it was sent over was dead: asked by those who
     * can send it again, whose transport can't do that by itself. What is as old in the pool is thrown away. A connection
     * that was closed before anything was sent isn't counted. Whether the request is repeatable is asked last.
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

    /** There is no answer, or nobody could make anything of it. */
    public void failed(Throwable failure) {
        connection.abort();
        noteFailure(failure);
        if (effect != null && undecided.get() == 0 && (turnedAway || isUnsent(failure))) {
            effect.didNotHappen();
        }
        end(Outcome.UNKNOWN);
    }

    private boolean isUnsent(Throwable failure) {
        if (tellsCommitted) {
            return !committed && NotSentFailures.isBeforeSending(failure);
        }
        boolean unasked = tellsReached && !reached;
        return (unasked || isOwn()) && NotSentFailures.isBeforeSending(failure)
                || isOwn() && NotSentFailures.isRefused(failure);
    }

    /** Whether the answer was a conflict with the request's own key: the first one is still being worked on. */
    public boolean isOwnConflict() {
        return ownConflict;
    }
}
