package dev.retrykit;

import dev.retrykit.event.Scope;
import dev.retrykit.event.SideEffect;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.AttemptOverException;
import dev.retrykit.failure.RequestMismatchException;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.http.KeyedRequest;
import dev.retrykit.internal.attempt.RecordedSideEffect;
import dev.retrykit.internal.engine.AttemptView;
import dev.retrykit.internal.engine.CallFrame;
import dev.retrykit.internal.thread.HeldPermit;
import dev.retrykit.time.Nanos;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The attempt that a method is part of: what it can know about it, a snapshot, and what it can do with it. Thread-safe:
 * an attempt that goes on on another thread takes its context there.
 */
public final class RetryContext {

    private final AttemptView attempt;
    private final long deadlineNanos;
    private final @Nullable HeldPermit hold;
    private final Duration timeLeft;

    private RetryContext(AttemptView attempt, long deadlineNanos, @Nullable HeldPermit hold) {
        this.attempt = attempt;
        this.deadlineNanos = deadlineNanos;
        this.hold = hold;
        long now = attempt.call().retry().time().nanoTime();
        this.timeLeft = Duration.ofNanos(Math.max(0, deadlineNanos - now));
    }

    private RetryContext of(AttemptView other) {
        return other == attempt ? this : new RetryContext(other, other.call().attemptDeadlineNanos(), hold);
    }

    /**
     * The innermost attempt that this thread is in; empty outside of any. An attempt whose outcome is known counts as
     * absent on all threads that still carry it: what outlives it is part of the attempt around it, if that goes on.
     */
    public static Optional<RetryContext> current() {
        CallFrame frame = CallFrame.current();
        AttemptView attempt = frame.attemptInForce();
        return attempt == null
                ? Optional.empty()
                : Optional.of(new RetryContext(attempt, frame.endNanos(), frame.holds.capture()));
    }

    /** This attempt until its outcome is known; after that the innermost one around it that goes on. */
    public Optional<RetryContext> inForce() {
        return Optional.ofNullable(attempt.inForce()).map(this::of);
    }

    /**
     * The attempt whose idempotency keys a request on this thread carries. Other than the {@linkplain #current current} one
     * it may have failed already, as one that was cut and whose work goes on here: its repetition sends the same request, so
     * both must have the same key.
     */
    public static Optional<RetryContext> currentForRequests() {
        return Optional.ofNullable(carried()).flatMap(RetryContext::forRequests);
    }

    /** This attempt, unless it has succeeded; then the innermost one around it that hasn't. A failed one has time without end. */
    public Optional<RetryContext> forRequests() {
        AttemptView sending = attempt.forRequests();
        if (sending != null && sending.hasEnded()) {
            return Optional.of(
                    new RetryContext(sending, sending.call().retry().time().nanoTime() + Nanos.UNLIMITED, hold));
        }
        return Optional.ofNullable(sending).map(this::of);
    }

    /**
     * What this thread carries, be it over or not; null if nothing. For who puts it back by {@link #carry}; all others
     * ask for the {@linkplain #current current} attempt.
     */
    public static @Nullable RetryContext carried() {
        CallFrame frame = CallFrame.current();
        AttemptView made = frame.attemptMade();
        return made == null ? null : new RetryContext(made, frame.deadlineNanos, frame.holds.capture());
    }

    /**
     * Makes this thread part of an attempt until it is told otherwise, or takes that back with null. For libraries that put
     * back what a thread carried before, such as Micrometer's; all others open a {@linkplain #enter scope}.
     */
    public static void carry(@Nullable RetryContext context) {
        if (context == null) {
            CallFrame.current().takeBack();
        } else {
            CallFrame.current().carry(context.attempt, context.deadlineNanos, context.hold);
        }
    }

    /**
     * Runs a body on this thread as part of the attempt: retries in it are inner ones, within the attempt's time. For
     * work that an attempt hands to another thread.
     *
     * @throws X what the body throws
     */
    public <T extends @Nullable Object, X extends Throwable> T call(ThrowingCallable<T, X> body) throws X {
        Objects.requireNonNull(body, "body");
        return CallFrame.current().run(attempt, deadlineNanos, hold, body, ThrowingCallable::call);
    }

    /**
     * Makes this thread part of the attempt until the scope is closed. For what is told when work begins and ends on a
     * thread, but can't run it as a {@linkplain #call body}.
     */
    public Scope enter() {
        return CallFrame.current().enter(attempt, deadlineNanos, hold);
    }

    /**
     * Makes this thread part of no attempt until the scope is closed. For handing on what an attempt emits: what its
     * receiver does with it is no part of the attempt.
     */
    public static Scope leave() {
        return CallFrame.current().enter(null, 0, null);
    }

    /** {@linkplain #leave Leaves} attempts on whatever thread, but no call of a circuit that this thread is in now. */
    public static Supplier<Scope> leaving() {
        HeldPermit hold = CallFrame.current().holds.capture();
        return () -> CallFrame.current().enter(null, 0, hold);
    }

    /**
     * Whatever this attempt fails with, it isn't retried ({@link StopReason#NOT_RETRYABLE}). For an attempt that has
     * given part of its result away already. Without effect once the attempt has ended.
     */
    public void forbidRetry() {
        attempt.forbidRetry();
    }

    /**
     * Notes that this attempt now does something that must not happen twice, such as a POST, and with it all attempts
     * that it is part of. They aren't retried, unless it turns out that it {@linkplain SideEffect#didNotHappen didn't
     * happen} or the policy {@linkplain UnsafeMethods lets it happen again}.
     *
     * @param what for the log, such as {@code POST http://host/path}
     * @param hasIdempotencyKey whether the peer can tell that it is the same one
     * @throws AttemptOverException if the attempt has failed and another one has begun, and the policy doesn't let it happen
     *     again: don't do it
     */
    public SideEffect sideEffect(String what, boolean hasIdempotencyKey) {
        SideEffect.Kind kind = hasIdempotencyKey ? SideEffect.Kind.WITH_KEY : SideEffect.Kind.WITHOUT_KEY;
        SideEffect effect = begin(kind, what);
        // asked after it was noted, so that either this or who begins the next attempt knows of the other
        if (attempt.notes().isLeftToAnother(kind)) {
            effect.didNotHappen();
            throw new AttemptOverException(what);
        }
        return effect;
    }

    /**
     * Notes that this attempt now commits something, such as a transaction of its own, and with it all attempts that it
     * is part of. They aren't retried, unless it turns out that it {@linkplain SideEffect#didNotHappen didn't happen} or
     * the policy {@linkplain RetryPolicy#allows allows} that.
     *
     * @param what for the log, such as {@code transaction shop.Orders.place}
     */
    public SideEffect commit(String what) {
        return begin(SideEffect.Kind.COMMIT, what);
    }

    private SideEffect begin(SideEffect.Kind kind, String what) {
        RecordedSideEffect effect = new RecordedSideEffect(attempt.notes(), kind, Objects.requireNonNull(what, "what"));
        attempt.notes().add(effect);
        return effect;
    }

    /**
     * Whether a {@linkplain #commit commit} on this thread makes a difference: it is in an attempt that may be retried
     * and must not commit twice, or that is part of another one, and no commit of it is noted yet. Quick, and makes
     * nothing.
     */
    public static boolean tracksCommits() {
        return CallFrame.current().tracksCommits();
    }

    /**
     * Whether the time limit of an attempt that this thread is in is over, and the attempt is to end with it: its thread
     * was interrupted, or its stage was completed without it.
     */
    public static boolean isTimedOut() {
        return CallFrame.current().isTimedOut();
    }

    /**
     * Whether the attempt that this thread is in, or one around it, was given up at its time limit while it runs: another
     * one may have begun already.
     */
    public static boolean isGivenUp() {
        return CallFrame.current().isAbandoned();
    }

    /** Whether this attempt was given up at its time limit while it runs: another one may follow before it ends. */
    public boolean isAbandoned() {
        return attempt.notes().isAbandoned();
    }

    /**
     * If this attempt ends with an HTTP answer of this status that says when to come back, the answer is transient,
     * whatever the rules for statuses say. For who knows why it was given, such as a 409 to its own idempotency key.
     *
     * @param status from 1 to 999
     */
    public void expectStatus(int status) {
        if (status < 1 || status > 999) {
            throw new IllegalArgumentException("status must be 1 to 999, but was " + status);
        }
        attempt.notes().answers().expect(status);
    }

    /**
     * Cleans up after this attempt if another one follows, before its delay begins: for what the attempt returned and
     * nobody will see, such as an open response. What it throws changes nothing.
     */
    public void onRetry(Runnable cleanup) {
        attempt.notes().onRetry(Objects.requireNonNull(cleanup, "cleanup"));
    }

    /**
     * Tells once if what this attempt did is done again: if another attempt follows this one, or one that it is part of.
     * What it throws changes nothing.
     */
    public void onRepeat(Runnable repeated) {
        attempt.notes().onRepeat(Objects.requireNonNull(repeated, "repeated"));
    }

    /** The requests of this call have idempotency keys, random ones unless it is told what to make them from. */
    public void sendIdempotencyKeys() {
        attempt.call().key().use();
    }

    /**
     * Makes all idempotency keys of this call from a text of the caller's own: another call with the same text gives the
     * same requests the same keys. Without a text they are random.
     */
    public void idempotencyKeysFrom(String text) {
        attempt.call().key().use(Objects.requireNonNull(text, "text"));
    }

    /**
     * The idempotency key of the next request of a kind, which ends before the next one of its kind begins: as
     * {@link AttemptRequests#nextKeyedRequest}, without the content of the request.
     *
     * @param kind what tells it from other requests, such as method and path
     * @return empty if no call around has keys
     * @throws RequestMismatchException as there
     */
    public Optional<String> nextIdempotencyKey(String kind) {
        AttemptRequests requests = requests();
        if (!requests.hasIdempotencyKeys()) {
            return Optional.empty();
        }
        KeyedRequest request = requests.nextKeyedRequest(kind, null);
        request.ended(KeyedRequest.Outcome.UNKNOWN);
        requests.watched();
        return Optional.of(request.key());
    }

    /** The requests that this attempt sends. */
    public AttemptRequests requests() {
        return new AttemptRequests(attempt);
    }

    /** The policy's name. */
    public String policy() {
        return attempt.call().retry().name();
    }

    /** 1 in the first attempt. */
    public int attempt() {
        return attempt.number();
    }

    /** The failure of the attempt before this one. */
    public Optional<Throwable> lastFailure() {
        return Optional.ofNullable(attempt.lastFailure());
    }

    /**
     * Until this attempt's timeout or the end of the time budget, whichever comes first; never negative. As it was when
     * this was asked for.
     */
    public Duration timeLeft() {
        return timeLeft;
    }
}
