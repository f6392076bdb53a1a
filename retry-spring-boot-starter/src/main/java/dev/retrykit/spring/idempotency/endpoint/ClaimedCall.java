package dev.retrykit.spring.idempotency.endpoint;

import dev.retrykit.failure.Causes;
import dev.retrykit.spring.idempotency.ActiveClaim;
import dev.retrykit.spring.idempotency.ClaimLostException;
import dev.retrykit.spring.idempotency.IdempotentMethodInfo;
import dev.retrykit.spring.idempotency.endpoint.content.Statuses;
import dev.retrykit.spring.idempotency.store.Answer;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;

/**
 * The call of a handler that holds the claim on a key, from the claim to the response. Observes the call outside the
 * bean's proxy, and decides how the claim ends.
 *
 * <p>Thread-safe: several threads may report about one call, and the first one that decides the end counts.
 */
public final class ClaimedCall {

    private final ActiveClaim claim;
    private final IdempotentMethodInfo record;
    private final AccessDenials denials = new AccessDenials();
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.CLAIMED);

    /** The number of commits when the handler first forwarded the request. */
    private volatile int ownCommits = Integer.MAX_VALUE;

    private enum Phase {

        /** The handler was not entered, so the request had no effect. */
        CLAIMED,

        /** The handler was entered and may have had an effect. */
        ENTERED,

        /** The handler has succeeded: the request has had its effect, whatever happens to the response. */
        RETURNED,

        /** The handler has succeeded, and a later step has failed. */
        FAILED_LATER,

        /** The server no longer waits for the result; what the handler has started continues. */
        TIMED_OUT,

        /** The end of the claim is decided. */
        ENDED
    }

    ClaimedCall(ActiveClaim claim, IdempotentMethodInfo record) {
        this.claim = claim;
        this.record = record;
    }

    /** Reports that the handler was called, perhaps without being observed. */
    void entered() {
        phase.compareAndSet(Phase.CLAIMED, Phase.ENTERED);
    }

    /**
     * Reports that the handler is about to be called.
     *
     * @throws CancellationException if the claim has ended
     */
    public void enter() {
        if (phase.compareAndExchange(Phase.CLAIMED, Phase.ENTERED) == Phase.ENDED) {
            throw new CancellationException("the caller has disconnected, and the idempotency key is free");
        }
    }

    /** Calls the method of a handler. */
    @FunctionalInterface
    public interface Body {

        /** Calls the method. */
        @Nullable
        Object run() throws Throwable;
    }

    /**
     * Calls a handler.
     *
     * @throws CancellationException if the claim has ended
     */
    public @Nullable Object run(HandlerMethod handler, Body body) throws Throwable {
        enter();
        try {
            Object result = body.run();
            phase.compareAndSet(Phase.ENTERED, Phase.RETURNED);
            return result;
        } catch (Throwable failure) {
            if (InvalidArguments.areWhy(failure, handler)) {
                phase.compareAndSet(Phase.ENTERED, Phase.CLAIMED);
            }
            throw failure;
        }
    }

    /** Calls a handler and observes whether its method security denies the call. */
    public @Nullable Object run(HandlerMethod handler, MethodInvocation call) throws Throwable {
        return run(handler, () -> denials.proceed(handler, call));
    }

    /** Reports that the method has returned before its result was complete, or that an asynchronous result failed. */
    public void incomplete() {
        phase.updateAndGet(now -> now == Phase.RETURNED || now == Phase.FAILED_LATER ? Phase.ENTERED : now);
    }

    /** Reports that a result that was incomplete when the method returned is complete. */
    public void completed() {
        phase.compareAndSet(Phase.ENTERED, Phase.RETURNED);
    }

    /** Reports that writing the response, or a later step, has failed. No effect if the handler has not succeeded. */
    public void failedLater() {
        phase.compareAndSet(Phase.RETURNED, Phase.FAILED_LATER);
    }

    /** Reports that the server no longer waits for the result. */
    public void timedOut() {
        phase.updateAndGet(now -> now == Phase.CLAIMED || now == Phase.ENDED ? now : Phase.TIMED_OUT);
    }

    /** Reports that the handler forwards the request, perhaps to a target that does a part of the work. */
    public void forwards() {
        ownCommits = Math.min(ownCommits, claim.commits());
    }

    /** Whether a failure shows that another call has taken over the claim. */
    public static boolean isLost(Throwable failure) {
        return Causes.chain(failure).stream().anyMatch(ClaimLostException.class::isInstance);
    }

    /** Binds the claim to the current thread, so that transactions on the thread belong to it. */
    public ActiveClaim.Binding bind() {
        return claim.bind();
    }

    /**
     * Decides the end of the claim when the response is known and not sent yet.
     *
     * @param status the final status
     * @param answer the response; null if it cannot be stored
     * @return ends the claim, which may block; empty if the end was decided before
     */
    public Optional<Runnable> end(int status, @Nullable Answer answer) {
        Phase last = phase.getAndSet(Phase.ENDED);
        return last == Phase.ENDED ? Optional.empty() : Optional.of(() -> end(last, status, answer));
    }

    private void end(Phase last, int status, @Nullable Answer answer) {
        if (last == Phase.CLAIMED || denials.areWhy()) {
            claim.release();
        } else if (Statuses.isKept(status)) {
            if (Statuses.isSuccess(status)) {
                record.executed(claim);
            }
            claim.complete(answer);
        } else if (last == Phase.TIMED_OUT) {
            claim.abandon();
        } else if (last == Phase.FAILED_LATER && claim.commits() <= ownCommits) {
            claim.complete(null); // the handler has succeeded, but its response could not be written
        } else {
            claim.release();
        }
    }

    /**
     * Ends the claim when the client has disconnected. If the handler was entered, its outcome will not be known. Never
     * blocks.
     *
     * @param blocking runs the release of a key, which may block
     */
    public void cancel(Executor blocking) {
        Phase last = phase.getAndSet(Phase.ENDED);
        if (last == Phase.CLAIMED) {
            try {
                blocking.execute(claim::release);
            } catch (RejectedExecutionException busy) {
                claim.abandon(); // else it would be renewed forever
            }
        } else if (last != Phase.ENDED) {
            claim.abandon();
        }
    }
}
