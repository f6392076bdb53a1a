package dev.retrykit.internal.drive;

import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.Permit;
import dev.retrykit.event.AttemptObserver;
import dev.retrykit.failure.Signal;
import dev.retrykit.function.ThrowingFunction;
import dev.retrykit.internal.decision.CompiledPolicy;
import dev.retrykit.internal.decision.Decision;
import dev.retrykit.internal.decision.Decision.RetryIn;
import dev.retrykit.internal.decision.Decision.Stop;
import dev.retrykit.internal.decision.SuppressedFailures;
import dev.retrykit.internal.engine.Attempt;
import dev.retrykit.internal.engine.AttemptOutcome;
import dev.retrykit.internal.engine.AttemptTimeout;
import dev.retrykit.internal.engine.AttemptView;
import dev.retrykit.internal.engine.CallFrame;
import dev.retrykit.internal.engine.RetryCall;
import dev.retrykit.internal.engine.RetryEngine;
import dev.retrykit.internal.report.EventPublisher;
import dev.retrykit.internal.thread.ThreadPermits;
import dev.retrykit.internal.timer.Shutdown;
import dev.retrykit.time.Alarm;
import dev.retrykit.time.Nanos;
import org.jspecify.annotations.Nullable;

/** Runs attempts and delays on the caller's thread. */
public final class BlockingDriver {

    private BlockingDriver() {}

    /**
     * The first attempt stays inline and allocates nothing; what follows a failure goes through a {@link RetryCall}. If
     * nothing depends on the time, the clock is not read before that.
     */
    public static <C, T extends @Nullable Object, X extends Throwable> T call(
            RetryEngine retry, C argument, ThrowingFunction<C, T, X> body) throws X {
        CallFrame frame = CallFrame.current();
        CompiledPolicy policy = retry.policy();
        boolean bare = isBare(retry, policy);
        long now = bare ? CallFrame.UNREAD : retry.readClock();
        if (needsCall(retry, policy)
                || (bare ? frame.hasEnd(retry) : frame.endsBefore(now + policy.timeBudgetNanos(), retry))) {
            RetryCall call = RetryCall.begin(retry, frame, bare ? retry.time().nanoTime() : now);
            return drive(call, frame, call.next(), null, argument, body);
        }
        Circuit circuit = retry.circuit();
        if (circuit == null || frame.holds.has(circuit, false)) {
            return first(retry, policy, frame, null, now, argument, body);
        }
        Permit permit = circuit.tryAcquireFirst(now);
        if (permit == null) {
            RetryCall call = RetryCall.begin(retry, frame, now);
            return drive(call, frame, call.rejected(now), null, argument, body);
        }
        return first(retry, policy, frame, permit, now, argument, body);
    }

    /** At most 325 bytes of bytecode, up to which HotSpot inlines a hot method; this reduces the cost to a tenth. */
    @SuppressWarnings("NullAway") // a result is a T, or null before there is one
    private static <C, T extends @Nullable Object, X extends Throwable> T first(
            RetryEngine retry,
            CompiledPolicy policy,
            CallFrame frame,
            @Nullable Permit permit,
            long now,
            C argument,
            ThrowingFunction<C, T, X> body)
            throws X {
        ThreadPermits holds = frame.holds;
        int outerHolds = holds.depth();
        Circuit circuit = retry.circuit();
        if (permit != null && circuit != null) {
            holds.push(circuit, !permit.coversRetries());
        }
        RetryEngine outer = frame.retry;
        long outerStarted = frame.startedNanos;
        long outerDeadline = frame.deadlineNanos;
        Attempt outerAttempt = frame.attempt;
        Attempt outerEnclosing = frame.enclosing;
        boolean outerNested = frame.nested;
        frame.nested = outer != null;
        frame.enclosing = outerAttempt == null ? outerEnclosing : outerAttempt;
        long limit = policy.firstLimitNanos();
        frame.set(retry, now, now + limit, null);
        T result = null;
        Throwable failure = null;
        try {
            result = policy.attemptTimeoutNanos() == 0
                    ? body.apply(argument)
                    : AttemptTimeout.call(retry, frame, begin(retry, permit, now), limit, argument, body);
        } catch (Throwable thrown) {
            failure = thrown;
        }
        Attempt begun = frame.attempt;
        // first of all: after a stack overflow nothing deeper than this may succeed, and the thread lives on
        frame.set(outer, outerStarted, outerDeadline, outerAttempt);
        frame.enclosing = outerEnclosing;
        frame.nested = outerNested;
        holds.restore(outerHolds);
        if (failure == null && policy.results().accepts(result)) {
            if (begun != null) {
                end(begun, retry, now, frame);
            }
            if (now != CallFrame.UNREAD) {
                succeeded(retry, permit, now, result);
            }
            return result;
        }
        RetryCall call = afterFirst(retry, policy, frame, permit, now, begun);
        return drive(
                call, frame, failure == null ? call.returned(result) : call.failed(failure), result, argument, body);
    }

    /** Returns the call for a first attempt that started without one. */
    private static RetryCall afterFirst(
            RetryEngine retry,
            CompiledPolicy policy,
            CallFrame frame,
            @Nullable Permit permit,
            long startedNanos,
            @Nullable Attempt begun) {
        RetryCall call;
        if (begun != null && isOf(retry, begun, startedNanos)) {
            call = begun.call();
        } else {
            long deadline = startedNanos + policy.timeBudgetNanos();
            call = RetryCall.ofFirstAttempt(retry, null, startedNanos, deadline);
        }
        return call.adopt(permit, frame);
    }

    /**
     * The start of the body. With a permit for a probe, listeners of the circuit may have run since the clock was read.
     */
    private static long begin(RetryEngine retry, @Nullable Permit permit, long now) {
        return permit == null || !permit.isProbe() ? now : retry.time().nanoTime();
    }

    /** Whether even the first attempt needs to know its call. */
    private static boolean needsCall(RetryEngine retry, CompiledPolicy policy) {
        AttemptObserver observer = retry.observer();
        return policy.sendsKeys() || observer != null && observer.isWatching();
    }

    /** Whether the call is limited only by its number of attempts, and is not counted or timed. */
    private static boolean isBare(RetryEngine retry, CompiledPolicy policy) {
        return policy.firstLimitNanos() == Nanos.UNLIMITED
                && retry.circuit() == null
                && !retry.events().isTimed()
                && retry.budget().policy().isUnlimited();
    }

    /** Whether it is the attempt's own view, and not one that a library left on this thread. */
    private static boolean isOf(RetryEngine retry, Attempt begun, long startedNanos) {
        RetryCall call = begun.call();
        return call.retry() == retry && (startedNanos == CallFrame.UNREAD || call.startedNanos() == startedNanos);
    }

    /** A first attempt that has a view has succeeded. Its effects count for the enclosing attempt. */
    private static void end(Attempt begun, RetryEngine retry, long startedNanos, CallFrame frame) {
        AttemptView known = begun.knownView();
        if (known == null || !isOf(retry, begun, startedNanos)) {
            return;
        }
        if (frame.retry != null && known.notes().concernsEnclosing()) {
            known.within(frame.enclosing());
        }
        known.end(true);
    }

    /** Everything that a first attempt has to do after it has succeeded. */
    private static void succeeded(
            RetryEngine retry, @Nullable Permit permit, long startedNanos, @Nullable Object result) {
        Circuit circuit = retry.circuit();
        EventPublisher events = retry.events();
        boolean timed = events.isTimed() || circuit != null && circuit.isTimed();
        long now = timed ? retry.time().nanoTime() : startedNanos;
        if (permit != null && circuit != null) {
            circuit.end(permit, AttemptOutcome.good(retry, result).recordedBy(circuit), startedNanos, now);
        }
        retry.budget().record(Signal.SUCCESS, now);
        events.firstSucceeded(now - startedNanos);
    }

    /** Continues from a decision, with what the previous attempt returned. */
    @SuppressWarnings({"unchecked", "NullAway"}) // a result is a T, or null before there is one
    private static <C, T extends @Nullable Object, X extends Throwable> T drive(
            RetryCall call,
            CallFrame frame,
            Decision first,
            @Nullable Object firstResult,
            C argument,
            ThrowingFunction<C, T, X> body)
            throws X {
        Decision decision = first;
        Object result = firstResult;
        while (!(decision instanceof Stop)) {
            if (decision instanceof RetryIn retryIn) {
                decision = sleep(call, retryIn);
                continue;
            }
            try {
                result = attempt(call, frame, argument, body);
            } catch (Throwable failure) {
                decision = call.failed(failure);
                continue;
            }
            decision = call.returned(result);
        }
        if (call.hasResult()) {
            return (T) result;
        }
        throw SneakyThrow.<X>rethrow(call.failure());
    }

    private static Decision sleep(RetryCall call, RetryIn retryIn) {
        if (retryIn.delayNanos() <= 0
                && !Thread.currentThread().isInterrupted()
                && !call.retry().shutdownOfCalls().hasBegun()) {
            return call.nextAtOnce(retryIn);
        }
        Sleep sleep = new Sleep();
        Shutdown shutdown = call.retry().shutdownOfCalls();
        try {
            shutdown.add(sleep);
            shutdown.ask(sleep);
            call.retry().time().sleep(retryIn.delayNanos(), sleep.alarm);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return call.interrupted();
        } catch (Throwable notSlept) {
            Decision stop = call.cancelled();
            if (!call.hasResult()) {
                SuppressedFailures.addOnce(call.failure(), notSlept);
            }
            return stop;
        } finally {
            shutdown.remove(sleep);
        }
        return sleep.alarm.hasRung() ? call.cancelled() : call.next();
    }

    /**
     * A sleeping thread, which a shutdown wakes. Not a record, because the hash code of a record makes the JDK keep its
     * class loader.
     */
    private static final class Sleep implements Shutdown.Waiter {

        private final Alarm alarm = new Alarm();

        @Override
        public void shutDown(boolean now) {
            alarm.ring();
        }
    }

    private static <C, T extends @Nullable Object, X extends Throwable> T attempt(
            RetryCall call, CallFrame frame, C argument, ThrowingFunction<C, T, X> body) throws X {
        if (!call.isCut()) {
            return call.run(frame, argument, body);
        }
        long now = call.retry().time().nanoTime();
        return AttemptTimeout.call(
                call.retry(), frame, now, call.attemptLimitNanos(), call, own -> own.run(frame, argument, body));
    }
}
