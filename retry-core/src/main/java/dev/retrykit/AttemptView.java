package dev.retrykit;

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

    /** The attempt after this one. Before the first nobody could note anything: it takes those notes on. */
    AttemptView next(@Nullable Throwable failure, @Nullable AttemptNotes enclosing) {
        AttemptNotes next = number == 0 ? notes : new AttemptNotes(notes.key(), enclosing);
        return new AttemptView(call, number + 1, failure, next);
    }
}
