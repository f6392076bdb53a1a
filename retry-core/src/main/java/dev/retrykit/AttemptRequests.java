package dev.retrykit;

import dev.retrykit.event.SideEffect;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.AnswerMarks;
import dev.retrykit.failure.PeerBusyException;
import dev.retrykit.failure.RequestMismatchException;
import dev.retrykit.http.HeaderLines;
import dev.retrykit.http.KeyedRequest;
import dev.retrykit.http.RetryAfter;
import dev.retrykit.internal.attempt.AttemptRecord;
import dev.retrykit.internal.attempt.IdempotencyKeyBase;
import dev.retrykit.internal.attempt.RecordedSideEffect;
import dev.retrykit.internal.engine.AttemptView;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Records the requests that an attempt sends: their servers, responses and idempotency keys. For HTTP clients and
 * similar libraries. Thread-safe.
 */
public final class AttemptRequests {

    private final AttemptView attempt;

    AttemptRequests(AttemptView attempt) {
        this.attempt = attempt;
    }

    /**
     * Records that this attempt is about to send a request to a server. No retry of the attempt starts while that
     * server asks for time, even if it told another call.
     *
     * @param peer host and port of the server, in lower case
     * @throws PeerBusyException if the server asks for time and the policy rejects requests to it until then ({@link
     *     RetryAfterSharing#ALL}). The request must not be sent
     */
    public void sendTo(String peer) {
        attempt.sendTo(Objects.requireNonNull(peer, "peer"));
    }

    /**
     * Records that this attempt is about to send a watched HTTP request: its {@linkplain RetryContext#sideEffect side
     * effects} are recorded, and it carries an idempotency key if the policy asks for one. The failure of an HTTP
     * client in an attempt without a watched request cannot be judged.
     */
    public void watched() {
        attempt.notes().add(new RecordedSideEffect(attempt.notes(), SideEffect.Kind.WATCHED, ""));
    }

    /**
     * Records a {@linkplain #watched() watched} request whose response may carry a {@linkplain #mark mark}. A failure
     * caused by a response without a mark comes from another client.
     *
     * @param marks finds marks in the failures of all watched clients
     */
    public void watched(AnswerMarks marks) {
        Objects.requireNonNull(marks, "marks");
        for (AttemptRecord each = attempt.notes(); each != null; each = each.enclosing()) {
            each.answers().markBy(marks);
        }
        watched();
    }

    /**
     * Records the mark of the response to a watched request of this attempt: an object that identifies that response
     * alone.
     */
    public void mark(Object mark) {
        Objects.requireNonNull(mark, "mark");
        for (AttemptRecord each = attempt.notes(); each != null; each = each.enclosing()) {
            each.answers().mark(mark);
        }
    }

    /**
     * Records that this attempt received a response. If the attempt's failure has no status of its own (an application
     * exception, a truncated response, a returned value), the status, retry delay and veto of the last response apply.
     * A response with a status below 400 clears what was recorded before. Has no effect once the attempt has ended.
     *
     * @param peer host and port of the addressed server; null if another one responded, for example after a redirect
     * @param headers read during this method only
     * @return what the response asks for; {@link RetryAfter#none()} if the status is below 400
     */
    public RetryAfter answered(@Nullable String peer, int status, HeaderLines headers) {
        return attempt.answered(peer, status, headers);
    }

    /**
     * Records that the last request of this attempt failed without a response, so that no earlier response explains the
     * attempt's failure.
     */
    public void unanswered() {
        attempt.notes().noteAnswer(null);
    }

    /**
     * Records the failure of a {@linkplain #watched watched} request of this attempt, or of reading its response. If
     * the attempt ends with this failure or with one of its causes, no other client has failed.
     */
    public void failed(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        AttemptRecord notes = attempt.notes();
        boolean over = notes.answers().hasEnded() || notes.isAbandoned();
        for (AttemptRecord each = over ? null : notes; each != null; each = each.enclosing()) {
            each.answers().fail(failure);
        }
    }

    /** Whether requests carry idempotency keys here, because of this call or an enclosing one. */
    public boolean hasIdempotencyKeys() {
        return IdempotencyKeyBase.isWantedIn(attempt.notes());
    }

    /**
     * Returns the next request of a kind, with its idempotency key. The n-th request of a kind in an attempt has the
     * same key in every attempt of the call, including inner retries, and no other request has that key. The outermost
     * call that {@linkplain #hasIdempotencyKeys has idempotency keys} supplies them; without such a call the key is
     * random. Concurrent requests of one kind are told apart by content; without content, the attempt is not retried
     * ({@link StopReason#NOT_IDEMPOTENT}).
     *
     * @param kind what distinguishes it from other requests, such as method and path
     * @param content the request body, if it is in memory and the same in each attempt
     * @throws RequestMismatchException if an earlier attempt sent another request in its place, and the policy does not
     *     allow a second effect. The request must not be sent; the call ends with {@link StopReason#NOT_IDEMPOTENT}
     */
    public KeyedRequest nextKeyedRequest(String kind, byte @Nullable [] content) {
        return IdempotencyKeyBase.next(attempt.notes(), Objects.requireNonNull(kind, "kind"), content);
    }

    /**
     * Returns the next request of a kind whose idempotency key the caller has set. That key must be the same in each
     * attempt.
     *
     * @param kind as in {@link #nextKeyedRequest}
     * @throws RequestMismatchException if an earlier attempt sent it with another key, and the policy does not allow a
     *     second effect. The request must not be sent; the call ends with {@link StopReason#NOT_IDEMPOTENT}
     */
    public KeyedRequest ownKeyedRequest(String kind, String key) {
        return IdempotencyKeyBase.own(
                attempt.notes(), Objects.requireNonNull(kind, "kind"), Objects.requireNonNull(key, "key"));
    }
}
