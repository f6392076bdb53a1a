package dev.retrykit.internal.engine;

import dev.retrykit.failure.PeerBusyException;
import dev.retrykit.http.HeaderLines;
import dev.retrykit.http.RetryAfter;
import dev.retrykit.internal.attempt.AttemptRecord;
import dev.retrykit.internal.attempt.IdempotencyKeyBase;
import dev.retrykit.internal.decision.PeerAnswer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call as the code inside it sees it, on any thread. Work that outlives its attempt does not become
 * part of the next one. Thread-safe.
 */
public final class AttemptView implements Attempt {

    private final RetryCall call;
    private final int number;
    private final @Nullable Throwable lastFailure;
    private final AttemptRecord notes;

    /** The enclosing attempt, as far as that is known. */
    private volatile @Nullable AttemptView enclosing;

    /** Null until the outcome is known; from then on, code that still carries the attempt ignores it. */
    private volatile @Nullable Boolean succeeded;

    private volatile boolean retryForbidden;

    /**
     * Creates the view of an attempt.
     *
     * @param number 1 for the first, 0 if none has started
     * @param lastFailure the failure of the previous attempt
     * @param notes what happens in it that its failure alone does not show
     */
    private AttemptView(
            RetryCall call,
            int number,
            @Nullable Throwable lastFailure,
            AttemptRecord notes,
            @Nullable AttemptView enclosing) {
        this.call = call;
        this.number = number;
        this.lastFailure = lastFailure;
        this.notes = notes;
        this.enclosing = enclosing;
    }

    /** Creates the first view of a call that has made this many attempts. */
    static AttemptView of(
            RetryCall call, int number, @Nullable Throwable lastFailure, @Nullable AttemptView enclosing) {
        IdempotencyKeyBase key = new IdempotencyKeyBase(call.policy());
        return new AttemptView(call, number, lastFailure, new AttemptRecord(key, notesOf(enclosing)), enclosing);
    }

    private static final int LOWEST_FAILURE = 400;

    /** Higher statuses have no known meaning. */
    private static final int HIGHEST_STATUS = 999;

    /** Records a request to a server, unless the server must not be called now. */
    public void sendTo(String peer) {
        RetryEngine retry = call.retry();
        if (retry.policy().rejectsBusyPeers() && retry.policy().respectsRetryAfter()) {
            long left = retry.cooldowns().leftNanos(peer, retry.time().nanoTime());
            if (left > 0) {
                throw new PeerBusyException(peer, left);
            }
        }
        notes.answers().sendTo(peer);
    }

    /** Records a response, and returns what it asks for. */
    public RetryAfter answered(@Nullable String peer, int status, HeaderLines headers) {
        if (status < LOWEST_FAILURE) {
            notes.noteAnswer(null);
            return RetryAfter.none();
        }
        RetryEngine retry = call.retry();
        int known = Math.min(status, HIGHEST_STATUS);
        RetryAfter advice = RetryAfter.read(known, headers, retry.time().now());
        notes.noteAnswer(new PeerAnswer(known, advice));
        if (peer != null) {
            Decisions.tell(retry, peer, known, advice);
        }
        return advice;
    }

    /** The next attempt. */
    AttemptView next(@Nullable Throwable failure) {
        AttemptView outer = enclosing;
        return new AttemptView(call, number + 1, failure, new AttemptRecord(notes.key(), notesOf(outer)), outer);
    }

    /**
     * This attempt turns out to be part of another one, which did what this one did. It stays part of the attempt in
     * which it started, even if that has ended meanwhile, because its keys depend on it.
     */
    public void within(@Nullable AttemptView outer) {
        AttemptView known = enclosing;
        if (outer != null && (known == null || outer.isIn(known))) {
            enclosing = outer;
            notes.within(outer.notes);
        }
    }

    private boolean isIn(AttemptView other) {
        AttemptView attempt = this;
        while (attempt != null && attempt != other) {
            attempt = attempt.enclosing;
        }
        return attempt != null;
    }

    private static @Nullable AttemptRecord notesOf(@Nullable AttemptView attempt) {
        return attempt == null ? null : attempt.notes;
    }

    public void end(boolean success) {
        succeeded = success;
        notes.answers().end();
    }

    /** Forbids a retry, whatever the attempt fails with. Has no effect once another attempt has started. */
    public void forbidRetry() {
        retryForbidden = true;
    }

    boolean forbidsRetry() {
        return retryForbidden;
    }

    public boolean hasEnded() {
        return succeeded != null;
    }

    /**
     * This attempt until its outcome is known; after that the innermost enclosing one that is still running; null if
     * there is none.
     */
    @Nullable
    public AttemptView inForce() {
        AttemptView attempt = this;
        while (attempt != null && attempt.hasEnded()) {
            attempt = attempt.enclosing;
        }
        return attempt;
    }

    /**
     * The attempt that supplies the keys of requests from code that still carries this one: this attempt, unless it has
     * succeeded. A failed attempt may be repeated, and the request must have the key that it has there.
     */
    @Nullable
    public AttemptView forRequests() {
        AttemptView attempt = this;
        while (attempt != null && Boolean.TRUE.equals(attempt.succeeded)) {
            attempt = attempt.enclosing;
        }
        return attempt;
    }

    @Override
    public RetryCall call() {
        return call;
    }

    @Override
    public AttemptView view() {
        return this;
    }

    @Override
    public AttemptView knownView() {
        return this;
    }

    @Override
    public boolean isAbandoned() {
        return notes.isAbandoned();
    }

    @Override
    public boolean isNested() {
        return notes.enclosing() != null;
    }

    public int number() {
        return number;
    }

    @Nullable
    public Throwable lastFailure() {
        return lastFailure;
    }

    public AttemptRecord notes() {
        return notes;
    }
}
