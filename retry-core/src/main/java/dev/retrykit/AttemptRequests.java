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
 * The requests that an attempt sends to peers: whom they go to, how they are answered, and which idempotency keys they have.
 * For HTTP clients and the like. Thread-safe.
 */
public final class AttemptRequests {

    private final AttemptView attempt;

    AttemptRequests(AttemptView attempt) {
        this.attempt = attempt;
    }

    /**
     * This attempt now sends a request to a peer. A retry of it doesn't begin while the peer has asked for time, whichever
     * call it asked.
     *
     * @param peer host and port, in lower case
     * @throws PeerBusyException if the peer has asked for time and the policy leaves it alone until then ({@link
     *     RetryAfterSharing#ALL}): don't send the request
     */
    public void sendTo(String peer) {
        attempt.sendTo(Objects.requireNonNull(peer, "peer"));
    }

    /**
     * Notes that this attempt now sends an HTTP request that is watched: its {@linkplain RetryContext#sideEffect side effects} are
     * noted, and it carries an idempotency key where one was asked for. An attempt that fails by an HTTP client and has
     * noted no such request can't be judged.
     */
    public void watched() {
        attempt.notes().add(new RecordedSideEffect(attempt.notes(), SideEffect.Kind.WATCHED, ""));
    }

    /**
     * Notes a {@linkplain #watched() watched} request whose answer may bear a {@linkplain #mark mark}: a failure by an
     * answer without one is another client's.
     *
     * @param marks finds marks in the failures of all clients that are watched anywhere
     */
    public void watched(AnswerMarks marks) {
        Objects.requireNonNull(marks, "marks");
        for (AttemptRecord each = attempt.notes(); each != null; each = each.around()) {
            each.answers().markBy(marks);
        }
        watched();
    }

    /** The answer to a watched request of this attempt bears a mark: an object that is this answer's alone. */
    public void mark(Object mark) {
        Objects.requireNonNull(mark, "mark");
        for (AttemptRecord each = attempt.notes(); each != null; each = each.around()) {
            each.answers().mark(mark);
        }
    }

    /**
     * This attempt was answered. If its failure has no status of its own, the status, time and veto of its last answer hold:
     * an exception of the application's, an answer that broke off, a value. Without effect on the attempt once it has
     * ended. Well-meant ones of a status below 400 make what was noted before forgotten.
     *
     * @param peer who was asked; null if it is another one that has answered, such as one redirected to
     * @param headers asked for within this method
     * @return what the answer asks for; nothing if the status is below 400
     */
    public RetryAfter answered(@Nullable String peer, int status, HeaderLines headers) {
        return attempt.answered(peer, status, headers);
    }

    /** The last request of this attempt has failed without an answer: no answer before it is what the attempt fails with. */
    public void unanswered() {
        attempt.notes().noteAnswer(null);
    }

    /**
     * A {@linkplain #watched watched} request of this attempt has failed so, or its answer has broken off so. The attempt
     * may end with the failure or with one of its causes: it is known then that no other client has failed.
     */
    public void failed(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        AttemptRecord notes = attempt.notes();
        boolean over = notes.answers().hasEnded() || notes.isAbandoned();
        for (AttemptRecord each = over ? null : notes; each != null; each = each.around()) {
            each.answers().fail(failure);
        }
    }

    /** Whether requests have idempotency keys here: this call has, or one around. */
    public boolean hasIdempotencyKeys() {
        return IdempotencyKeyBase.isWantedIn(attempt.notes());
    }

    /**
     * The next request of a kind, with its idempotency key: the n-th one of that kind in an attempt has the same key in
     * each attempt of the call, and no other has it. An inner retry repeats it, too. The outermost call that
     * {@linkplain #hasIdempotencyKeys has keys} decides; without one the key is random. Requests of one kind that are sent at the same time are told apart by their contents; without these
     * the attempt isn't retried ({@link StopReason#NOT_IDEMPOTENT}).
     *
     * @param kind what tells it from other requests, such as method and path
     * @param content what it sends, if that is in memory and the same in each attempt
     * @throws RequestMismatchException if it is not the request that an earlier attempt sent in its place, and the
     *     policy doesn't allow that it is done twice. It must not be sent; the call ends with
     *     {@link StopReason#NOT_IDEMPOTENT}
     */
    public KeyedRequest nextKeyedRequest(String kind, byte @Nullable [] content) {
        return IdempotencyKeyBase.next(attempt.notes(), Objects.requireNonNull(kind, "kind"), content);
    }

    /**
     * The next request of a kind that has an idempotency key of the caller's own, which must be the same in each attempt.
     *
     * @param kind as in {@link #nextKeyedRequest}
     * @throws RequestMismatchException if an earlier attempt sent it with another key, and the policy doesn't allow that it
     *     is done twice. It must not be sent; the call ends with {@link StopReason#NOT_IDEMPOTENT}
     */
    public KeyedRequest ownKeyedRequest(String kind, String key) {
        return IdempotencyKeyBase.own(
                attempt.notes(), Objects.requireNonNull(kind, "kind"), Objects.requireNonNull(key, "key"));
    }
}
