package dev.retrykit;

import dev.retrykit.http.HeaderLines;
import dev.retrykit.http.RetryAdvice;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call as what runs in it sees it, on whatever thread. What outlives its attempt doesn't become part of
 * the next one.
 *
 * @param call the call
 * @param number 1 for the first, 0 before it
 * @param lastFailure the failure of the attempt before
 * @param notes what happens in it that its failure alone doesn't tell
 */
record AttemptView(RetryCall call, int number, @Nullable Throwable lastFailure, AttemptNotes notes) {

    private static final int LOWEST_FAILURE = 400;

    /** A request goes to a peer, unless the peer is to be left alone. */
    void sendTo(String peer) {
        Retry retry = call.retry();
        if (retry.policy().retryAfterSharing() == RetryAfterSharing.ALL
                && retry.policy().respectsRetryAfter()) {
            long left = retry.cooldowns.leftNanos(peer, retry.time().nanoTime());
            if (left > 0) {
                throw new PeerBusyException(peer, left);
            }
        }
        notes.answers().sendTo(peer);
    }

    /** What an answer asks for, which is noted. */
    RetryAdvice answered(@Nullable String peer, int status, HeaderLines headers) {
        if (status < LOWEST_FAILURE) {
            notes.noteAnswer(null);
            return RetryAdvice.none();
        }
        Retry retry = call.retry();
        RetryAdvice advice = RetryAdvice.read(status, headers, retry.time().now());
        notes.noteAnswer(new PeerAnswer(status, advice));
        if (peer != null) {
            Decisions.tell(retry, peer, status, advice);
        }
        return advice;
    }

    /** A first attempt that its driver ends by itself. What outlives it tells the attempt around nothing any more. */
    void succeed(@Nullable Frame outer) {
        if (outer != null && notes.concernsEnclosing()) {
            notes.within(outer.enclosing());
        }
        notes.answers().end();
    }

    /** The attempt after this one. Before the first nobody could note anything: it takes those notes on. */
    AttemptView next(@Nullable Throwable failure, @Nullable AttemptNotes enclosing) {
        AttemptNotes next = number == 0 ? notes : new AttemptNotes(notes.key(), enclosing);
        return new AttemptView(call, number + 1, failure, next);
    }
}
