package dev.retrykit;

import dev.retrykit.Decision.RetryIn;
import dev.retrykit.Decision.Stop;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.Permit;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.ThrowingCallable;
import dev.retrykit.hold.Holds;
import dev.retrykit.time.Alarm;
import dev.retrykit.time.Nanos;
import org.jspecify.annotations.Nullable;

/** Runs attempts on the caller's thread, and sleeps there. */
final class BlockingDriver {

    private BlockingDriver() {}

    /**
     * The first attempt stays inline and makes no object; what follows a failure goes through a {@link RetryCall}. Where
     * nobody asks what time it is, the clock isn't read before that.
     */
    static <T extends @Nullable Object, X extends Throwable> T call(Retry retry, ThrowingCallable<T, X> body) throws X {
        Frame frame = Frame.current();
        RetryPolicy policy = retry.policy();
        boolean bare = isBare(retry, policy);
        long now = bare ? Frame.UNREAD : retry.time().nanoTime();
        long deadline = bare ? Frame.UNREAD : now + policy.timeBudgetNanos();
        if (retry.needsCall(policy) || (bare ? frame.hasEnd(retry) : frame.endsBefore(deadline, retry))) {
            RetryCall call = RetryCall.begin(retry, frame, bare ? retry.time().nanoTime() : now);
            return drive(call, call.next(), null, body);
        }
        Circuit circuit = retry.circuit();
        if (circuit == null || frame.holds.has(circuit, false)) {
            return first(retry, frame, null, now, deadline, body);
        }
        Permit permit = circuit.tryAcquireFirst(now);
        if (permit == null) {
            RetryCall call = RetryCall.begin(retry, frame, now);
            return drive(call, call.rejected(now), null, body);
        }
        return first(retry, frame, permit, now, deadline, body);
    }

    /** At most 325 bytes of bytecode, up to which HotSpot inlines a hot method: a tenth of the cost. */
    private static <T extends @Nullable Object, X extends Throwable> T first(
            Retry retry, Frame frame, @Nullable Permit permit, long now, long deadline, ThrowingCallable<T, X> body)
            throws X {
        Holds holds = frame.holds;
        int outerHolds = holds.depth();
        Circuit circuit = retry.circuit();
        if (permit != null && circuit != null) {
            holds.push(circuit, !permit.coversRetries());
        }
        Retry outer = frame.retry;
        long outerStarted = frame.startedNanos;
        long outerDeadline = frame.deadlineNanos;
        AttemptView outerAttempt = frame.attempt;
        AttemptView outerAround = frame.around;
        boolean outerNested = frame.nested;
        frame.nested = outer != null;
        frame.around = outerAttempt == null ? outerAround : outerAttempt;
        frame.set(retry, now, deadline, null);
        T result;
        try {
            result = body.call();
        } catch (Throwable failure) {
            AttemptView begun = frame.attempt;
            // first of all: after a stack overflow nothing deeper than this may succeed, and the thread lives on
            frame.set(outer, outerStarted, outerDeadline, outerAttempt);
            frame.around = outerAround;
            frame.nested = outerNested;
            holds.restore(outerHolds);
            RetryCall call = ofFirstAttempt(retry, begun, now, deadline);
            call.adopt(permit, frame);
            return drive(call, call.failed(failure), null, body);
        }
        AttemptView begun = frame.attempt;
        frame.set(outer, outerStarted, outerDeadline, outerAttempt);
        frame.around = outerAround;
        frame.nested = outerNested;
        holds.restore(outerHolds);
        if (retry.policy().results().accepts(result)) {
            if (begun != null) {
                end(begun, retry, now, frame);
            }
            if (now != deadline) {
                succeeded(retry, permit, now, result);
            }
            return result;
        }
        RetryCall call = ofFirstAttempt(retry, begun, now, deadline);
        call.adopt(permit, frame);
        return drive(call, call.returned(result), result, body);
    }

    /** Bounded by its attempts alone, and nobody counts. */
    private static boolean isBare(Retry retry, RetryPolicy policy) {
        return policy.timeBudgetNanos() == Nanos.UNLIMITED
                && retry.circuit() == null
                && !retry.audience().isTimed()
                && retry.budget().policy().isUnlimited();
    }

    private static RetryCall ofFirstAttempt(
            Retry retry, @Nullable AttemptView begun, long startedNanos, long deadlineNanos) {
        if (begun != null && isOf(retry, begun, startedNanos)) {
            return begun.call();
        }
        if (startedNanos != deadlineNanos) {
            return RetryCall.ofFirstAttempt(retry, null, startedNanos, deadlineNanos);
        }
        long now = retry.time().nanoTime();
        return RetryCall.ofFirstAttempt(retry, null, now, now + retry.policy().timeBudgetNanos());
    }

    /** Whether it is the attempt's own view, and not one that a library has put on this thread and left there. */
    private static boolean isOf(Retry retry, AttemptView begun, long startedNanos) {
        RetryCall call = begun.call();
        return call.retry() == retry && (startedNanos == Frame.UNREAD || call.startedNanos() == startedNanos);
    }

    /** A first attempt that somebody asked about has succeeded. Its effects are those of the attempt around it. */
    private static void end(AttemptView begun, Retry retry, long startedNanos, Frame frame) {
        if (!isOf(retry, begun, startedNanos)) {
            return;
        }
        if (frame.retry != null && begun.notes().concernsEnclosing()) {
            begun.within(frame.enclosing());
        }
        begun.end(true);
    }

    /** All that a first attempt costs after it has succeeded. */
    private static void succeeded(Retry retry, @Nullable Permit permit, long startedNanos, @Nullable Object result) {
        Circuit circuit = retry.circuit();
        Audience audience = retry.audience();
        boolean timed = audience.isTimed() || circuit != null && circuit.isTimed();
        long now = timed ? retry.time().nanoTime() : startedNanos;
        if (permit != null && circuit != null) {
            circuit.end(permit, AttemptOutcome.good(retry, result).recordedBy(circuit), startedNanos, now);
        }
        retry.budget().record(Signal.SUCCESS, now);
        audience.firstSucceeded(now - startedNanos);
    }

    /** Goes on from a decision, with what the attempt before it returned. */
    @SuppressWarnings({"unchecked", "NullAway"}) // a result is a T, or null before there is one
    private static <T extends @Nullable Object, X extends Throwable> T drive(
            RetryCall call, Decision first, @Nullable Object firstResult, ThrowingCallable<T, X> body) throws X {
        Decision decision = first;
        Object result = firstResult;
        while (!(decision instanceof Stop)) {
            if (decision instanceof RetryIn retryIn) {
                decision = sleep(call, retryIn);
                continue;
            }
            try {
                result = attempt(call, body);
            } catch (Throwable failure) {
                decision = call.failed(failure);
                continue;
            }
            decision = call.returned(result);
        }
        if (call.hasResult()) {
            return (T) result;
        }
        throw Sneaky.<X>rethrow(call.failure());
    }

    private static Decision sleep(RetryCall call, RetryIn retryIn) {
        if (retryIn.delayNanos() <= 0
                && !Thread.currentThread().isInterrupted()
                && !call.retry().waiters().areShutDown()) {
            return call.next();
        }
        Sleep sleep = new Sleep(new Alarm());
        Waiters waiters = call.retry().waiters();
        Place place = waiters.enlist(sleep);
        try {
            waiters.ask(sleep);
            call.retry().time().sleep(retryIn.delayNanos(), sleep.alarm);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return call.interrupted();
        } catch (Throwable notSlept) {
            Decision stop = call.cancelled();
            if (!call.hasResult()) {
                Suppressed.addOnce(call.failure(), notSlept);
            }
            return stop;
        } finally {
            waiters.dismiss(place);
        }
        return sleep.alarm.hasRung() ? call.cancelled() : call.next();
    }

    /** A thread that sleeps; a shutdown wakes it. */
    private record Sleep(Alarm alarm) implements Waiters.Waiter {

        @Override
        public void shutDown(boolean now) {
            alarm.ring();
        }

        /** Never: a sleep is over before. */
        @Override
        public void timeIsOver() {}
    }

    private static <T extends @Nullable Object, X extends Throwable> T attempt(
            RetryCall call, ThrowingCallable<T, X> body) throws X {
        return call.isCut()
                ? AttemptTimeout.call(call.retry(), call.attemptLimitNanos(), () -> call.run(body))
                : call.run(body);
    }
}
