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
 * The attempt that the current code is part of: a snapshot of its state, and the operations on it. Thread-safe: an
 * attempt that continues on another thread can pass its context to that thread.
 *
 * <pre>{@code
 * @Retryable("inventory")
 * Stock stock(String sku) {
 *     RetryContext.current().ifPresent(attempt -> log.debug("attempt {}", attempt.attempt()));
 *     return client.stock(sku);
 * }
 * }</pre>
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
     * Returns the innermost attempt that this thread is in; empty outside any attempt. An attempt whose outcome is
     * known is ignored on all threads that still carry it: work that outlives it is part of the enclosing attempt, if
     * that is still running.
     */
    public static Optional<RetryContext> current() {
        CallFrame frame = CallFrame.current();
        AttemptView attempt = frame.attemptInForce();
        return attempt == null
                ? Optional.empty()
                : Optional.of(new RetryContext(attempt, frame.endNanos(), frame.holds.capture()));
    }

    /**
     * Returns this attempt until its outcome is known; after that, the innermost enclosing attempt that is still
     * running.
     */
    public Optional<RetryContext> inForce() {
        return Optional.ofNullable(attempt.inForce()).map(this::of);
    }

    /**
     * Returns the attempt that supplies the idempotency keys of requests on this thread. Unlike the {@linkplain
     * #current current} attempt, it may have failed already, for example at its timeout while its work continues here:
     * its retry sends the same request, so both need the same key.
     */
    public static Optional<RetryContext> currentForRequests() {
        return Optional.ofNullable(carried()).flatMap(RetryContext::forRequests);
    }

    /**
     * Returns this attempt unless it has succeeded; then the innermost enclosing attempt that has not. A failed attempt
     * has unlimited remaining time.
     */
    public Optional<RetryContext> forRequests() {
        AttemptView sending = attempt.forRequests();
        if (sending != null && sending.hasEnded()) {
            return Optional.of(
                    new RetryContext(sending, sending.call().retry().time().nanoTime() + Nanos.UNLIMITED, hold));
        }
        return Optional.ofNullable(sending).map(this::of);
    }

    /**
     * Returns what this thread carries, even if that attempt is over; null if it carries nothing. For libraries that
     * restore it by {@link #carry}; all others use the {@linkplain #current current} attempt.
     */
    public static @Nullable RetryContext carried() {
        CallFrame frame = CallFrame.current();
        AttemptView made = frame.attemptMade();
        return made == null ? null : new RetryContext(made, frame.deadlineNanos, frame.holds.capture());
    }

    /**
     * Makes this thread part of an attempt until the next invocation; null clears it. For libraries that restore what a
     * thread carried before, such as Micrometer's context propagation; all others open a {@linkplain #enter scope}.
     */
    public static void carry(@Nullable RetryContext context) {
        if (context == null) {
            CallFrame.current().takeBack();
        } else {
            CallFrame.current().carry(context.attempt, context.deadlineNanos, context.hold);
        }
    }

    /**
     * Runs a body on this thread as part of the attempt: retries in it are inner retries, within the attempt's
     * remaining time. For work that an attempt hands to another thread.
     *
     * @throws X what the body throws
     */
    public <T extends @Nullable Object, X extends Throwable> T call(ThrowingCallable<T, X> body) throws X {
        Objects.requireNonNull(body, "body");
        return CallFrame.current().run(attempt, deadlineNanos, hold, body, ThrowingCallable::call);
    }

    /**
     * Makes this thread part of the attempt until the scope is closed. For libraries that are notified when work begins
     * and ends on a thread, but cannot run it as a {@linkplain #call body}.
     */
    public Scope enter() {
        return CallFrame.current().enter(attempt, deadlineNanos, hold);
    }

    /**
     * Takes this thread out of all attempts until the scope is closed. For passing on what an attempt emits: the
     * receiver's work is not part of the attempt.
     */
    public static Scope leave() {
        return CallFrame.current().enter(null, 0, null);
    }

    /**
     * Returns a supplier that {@linkplain #leave leaves} all attempts on any thread, but stays in the circuit calls
     * that this thread is in now.
     */
    public static Supplier<Scope> leaving() {
        HeldPermit hold = CallFrame.current().holds.capture();
        return () -> CallFrame.current().enter(null, 0, hold);
    }

    /**
     * Forbids a retry of this attempt, whatever it fails with ({@link StopReason#NOT_RETRYABLE}). For an attempt that
     * has already emitted part of its result. Has no effect once the attempt has ended.
     */
    public void forbidRetry() {
        attempt.forbidRetry();
    }

    /**
     * Records that this attempt, and every enclosing attempt, is about to do something that must not happen twice, such
     * as a POST. These attempts are not retried unless the effect turns out {@linkplain SideEffect#didNotHappen not to
     * have happened} or the policy {@linkplain UnsafeMethods allows a second one}.
     *
     * @param what for the log, such as {@code POST http://host/path}
     * @param hasIdempotencyKey whether the server can recognize a repetition
     * @throws AttemptOverException if the attempt has failed, another one has started, and the policy does not allow a
     *     second effect. The operation must not be carried out
     */
    public SideEffect sideEffect(String what, boolean hasIdempotencyKey) {
        SideEffect.Kind kind = hasIdempotencyKey ? SideEffect.Kind.WITH_KEY : SideEffect.Kind.WITHOUT_KEY;
        SideEffect effect = begin(kind, what);
        // checked after the effect is recorded, so that either this thread or the one that starts the next attempt sees
        // the other
        if (attempt.notes().isLeftToAnother(kind)) {
            effect.didNotHappen();
            throw new AttemptOverException(what);
        }
        return effect;
    }

    /**
     * Records that this attempt, and every enclosing attempt, is about to commit something, such as a transaction.
     * These attempts are not retried unless the commit turns out {@linkplain SideEffect#didNotHappen not to have
     * happened} or the policy {@linkplain RetryPolicy#allows allows a second one}.
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
     * Whether a {@linkplain #commit commit} on this thread must be recorded: the thread is in an attempt that may be
     * retried and must not commit twice, or that is part of another attempt, and no commit is recorded yet. Fast;
     * allocates nothing.
     */
    public static boolean tracksCommits() {
        return CallFrame.current().tracksCommits();
    }

    /**
     * Whether an attempt of this thread has reached its timeout and will end with it: its thread was interrupted, or
     * its stage was completed early.
     */
    public static boolean isTimedOut() {
        return CallFrame.current().isTimedOut();
    }

    /**
     * Whether the attempt of this thread, or an enclosing one, was abandoned at its timeout while it is still running.
     * Another attempt may have started already.
     */
    public static boolean isGivenUp() {
        return CallFrame.current().isAbandoned();
    }

    /**
     * Whether this attempt was abandoned at its timeout while it is still running. Another attempt may start before it
     * ends.
     */
    public boolean isAbandoned() {
        return attempt.notes().isAbandoned();
    }

    /**
     * Makes a response of this status transient if this attempt ends with it and it carries a Retry-After, whatever the
     * rules for statuses say. For callers that know the cause of the response, such as a 409 to their own idempotency
     * key.
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
     * Registers a cleanup that runs if another attempt follows this one, before the delay starts. For results that no
     * caller will see, such as an open response. Exceptions of the cleanup are ignored.
     */
    public void onRetry(Runnable cleanup) {
        attempt.notes().onRetry(Objects.requireNonNull(cleanup, "cleanup"));
    }

    /**
     * Registers a callback that runs once if the work of this attempt is repeated, because another attempt follows this
     * one or an enclosing one. Exceptions of the callback are ignored.
     */
    public void onRepeat(Runnable repeated) {
        attempt.notes().onRepeat(Objects.requireNonNull(repeated, "repeated"));
    }

    /**
     * Gives the requests of this call idempotency keys. They are random unless {@link #idempotencyKeysFrom} sets their
     * source.
     */
    public void sendIdempotencyKeys() {
        attempt.call().key().use();
    }

    /**
     * Derives all idempotency keys of this call from a text: another call with the same text gives the same requests
     * the same keys. Without a text they are random.
     */
    public void idempotencyKeysFrom(String text) {
        attempt.call().key().use(Objects.requireNonNull(text, "text"));
    }

    /**
     * Returns the idempotency key of the next request of a kind. Requests of one kind must not overlap. Otherwise like
     * {@link AttemptRequests#nextKeyedRequest} without content.
     *
     * @param kind what distinguishes it from other requests, such as method and path
     * @return empty if neither this call nor an enclosing one has keys
     * @throws RequestMismatchException as {@link AttemptRequests#nextKeyedRequest} does
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

    /** Returns the recorder of the requests that this attempt sends. */
    public AttemptRequests requests() {
        return new AttemptRequests(attempt);
    }

    /** The name of the policy. */
    public String policy() {
        return attempt.call().retry().name();
    }

    /** The number of this attempt; 1 for the first. */
    public int attempt() {
        return attempt.number();
    }

    /** The failure of the previous attempt; empty in the first attempt. */
    public Optional<Throwable> lastFailure() {
        return Optional.ofNullable(attempt.lastFailure());
    }

    /**
     * The time until this attempt's timeout or the end of the time budget, whichever comes first; never negative.
     * Measured when this context was obtained.
     */
    public Duration timeLeft() {
        return timeLeft;
    }
}
