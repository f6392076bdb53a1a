package dev.retrykit.internal.engine;

import dev.retrykit.circuit.Permit;
import dev.retrykit.event.AttemptObserver;
import dev.retrykit.event.AttemptResult;
import dev.retrykit.event.CallOutcome;
import dev.retrykit.event.DelaySource;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.function.ThrowingFunction;
import dev.retrykit.internal.attempt.AttemptRecord;
import dev.retrykit.internal.decision.Decision;
import dev.retrykit.internal.decision.Decision.RetryIn;
import dev.retrykit.internal.decision.Decision.Stop;
import dev.retrykit.internal.report.EventPublisher;
import dev.retrykit.internal.report.FailureHistory;
import dev.retrykit.internal.report.RequestStops;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call in any style: checks clock, circuit and budget in the order that is part of the public contract, and calls
 * the decision logic. Drivers {@linkplain #run run} attempts and wait; they report what happened and follow the
 * decisions. Used by one thread at a time.
 */
public final class RetryCall extends RunningCall {

    /** Null if the call has nothing to hold. */
    private @Nullable RetryGate gate;

    /** Null if the attempt is not observed. */
    private AttemptObserver.@Nullable Watched watched;

    private List<Throwable> earlierFailures = List.of();
    private @Nullable Verdict lastVerdict;
    private boolean inheritedDeadline;
    private boolean hasResult;

    private RetryCall(
            RetryEngine retry, int attempt, @Nullable AttemptView enclosing, long startedNanos, long deadlineNanos) {
        super(retry, attempt, enclosing, startedNanos, deadlineNanos);
    }

    /** Starts a call inside what the frame holds, before its first attempt. */
    public static RetryCall begin(RetryEngine retry, CallFrame frame, long nowNanos) {
        long own = nowNanos + retry.policy().timeBudgetNanos();
        boolean inherited = frame.endsBefore(own, retry);
        long deadline = inherited ? frame.endNanos() : own;
        RetryCall call = new RetryCall(retry, 0, frame.enclosing(), nowNanos, deadline);
        call.inheritedDeadline = inherited;
        call.gate = RetryGate.of(retry, null, frame.holds.capture());
        call.madeFor(frame.request());
        return call;
    }

    /**
     * Creates the call for a first attempt that started without one. It learns of the enclosing call only when the
     * attempt fails.
     */
    public static RetryCall ofFirstAttempt(
            RetryEngine retry, @Nullable AttemptView enclosing, long startedNanos, long deadlineNanos) {
        return new RetryCall(retry, 1, enclosing, startedNanos, deadlineNanos);
    }

    /** Takes over a first attempt that started without this object: its permit and its enclosing attempt. */
    public RetryCall adopt(@Nullable Permit firstPermit, CallFrame frame) {
        gate = RetryGate.of(retry, firstPermit, frame.holds.capture());
        madeFor(frame.request());
        within(frame.enclosing());
        return this;
    }

    @Override
    public RetryCall call() {
        return this;
    }

    /** Decides whether an attempt may start. */
    public Decision next() {
        return next(retry.time().nanoTime());
    }

    /**
     * Decides whether an attempt may start without a delay. The retry starts at the end of the last attempt, unless
     * foreign code has run since.
     */
    public Decision nextAtOnce(RetryIn retryIn) {
        boolean reread = retryIn.source() == DelaySource.CIRCUIT || mayHaveAskedOthers();
        return next(reread ? retry.time().nanoTime() : sinceNanos());
    }

    /** Decides whether an attempt may start, at a time that was just read. */
    public Decision next(long nowNanos) {
        if (leftNanos(nowNanos) <= 0) {
            return stop(StopReason.TIME_BUDGET, nowNanos);
        }
        Decision held = attempt == 0 ? null : Decisions.heldBack(this, nowNanos);
        if (held != null) {
            return held instanceof RetryIn later ? pause(later) : stop(((Stop) held).reason(), nowNanos);
        }
        AttemptView before = knownView();
        if (before != null && attempt > 0 && before.notes().repeat(policy) != null) {
            return stop(StopReason.NOT_IDEMPOTENT, nowNanos);
        }
        if (gate != null && !gate.tryEnter(attempt == 0, nowNanos)) {
            return rejected(nowNanos);
        }
        beginAttempt(nowNanos);
        watched = AttemptTracer.begin(retry, attempt);
        return Decision.RUN;
    }

    /**
     * Runs a body as the attempt that may start, or as its beginning if it returns a stage. An attempt with a timeout
     * has a view from the beginning, because its body may still read it when the next attempt runs.
     */
    public <C, T extends @Nullable Object, X extends Throwable> T run(
            CallFrame frame, C argument, ThrowingFunction<C, T, X> body) throws X {
        Attempt into = isCut() ? view() : this;
        AttemptObserver.Watched watch = watched;
        ThrowingFunction<C, T, X> seen = watch == null ? body : AttemptTracer.around(watch, body);
        return frame.run(into, attemptDeadlineNanos(), gate == null ? null : gate.held(), argument, seen);
    }

    /** The attempt returned a value. Unless the policy rejects it, that ends the call. */
    public Decision returned(@Nullable Object result) {
        hasResult = true;
        Verdict bad = policy.results().classify(result);
        if (bad == null) {
            return succeeded(result, isTimed() ? retry.time().nanoTime() : sinceNanos());
        }
        return settle(null, answers().advise(bad), readTime());
    }

    /** The attempt failed. */
    public Decision failed(Throwable failure) {
        hasResult = false;
        long now = readTime();
        return settle(failure, verdict(failure, now), now);
    }

    /** The delay before the next attempt was interrupted. */
    public Decision interrupted() {
        return stop(StopReason.INTERRUPTED, retry.time().nanoTime());
    }

    /** The caller has cancelled, or no thread can run the next attempt. */
    public Decision cancelled() {
        return leave(AttemptOutcome.CANCELLED, StopReason.CANCELLED);
    }

    /** The running attempt has reached its limit and cannot be waited for. */
    public Decision timeUp() {
        return isCut()
                ? failed(new AttemptTimeoutException(retry.name(), Duration.ofNanos(attemptLimitNanos()), null))
                : leave(AttemptOutcome.timeUp(inheritedDeadline), StopReason.TIME_BUDGET);
    }

    /** Code of the attempt that is still running must see that the attempt has ended. */
    private Decision leave(AttemptOutcome outcome, StopReason reason) {
        long now = retry.time().nanoTime();
        if (isRunning()) {
            view();
        }
        endAttempt(outcome, now);
        return stop(reason, now);
    }

    /** Whether the caller gets, after a stop, the value that was returned last, good or bad. */
    public boolean hasResult() {
        return hasResult;
    }

    /** The failure that the caller gets: the last real failure, or an exception that says why there is none. */
    public Throwable failure() {
        if (lastFailure == null) {
            throw new IllegalStateException("the call has not stopped");
        }
        return lastFailure;
    }

    private Stop succeeded(@Nullable Object result, long nowNanos) {
        lastVerdict = null;
        endAttempt(AttemptOutcome.good(retry, result), nowNanos);
        if (attempt == 1) {
            retry.events().firstSucceeded(nowNanos - startedNanos());
        } else {
            end(CallOutcome.RECOVERED, null, StopReason.SUCCESS, nowNanos);
        }
        return Stop.of(StopReason.SUCCESS);
    }

    /** The decision after a failure, or after a rejected value. */
    private Decision settle(@Nullable Throwable failure, Verdict own, long nowNanos) {
        Verdict verdict = judge(failure, own);
        earlierFailures = FailureHistory.with(lastFailure, earlierFailures);
        lastFailure = failure;
        lastVerdict = verdict;
        AttemptRecord nested = notesOfNested(failure, verdict);
        Signal signal = nested == null ? verdict.signal() : nested.signalNested(verdict, retry.circuit());
        endAttempt(outcome(failure, verdict, signal), nowNanos);
        retry.events().failed(failure, verdict, nested != null);
        if (nested != null) {
            return stop(StopReason.NESTED, nowNanos);
        }
        Decision decision = Decisions.after(this, verdict, nowNanos);
        if (decision instanceof Stop stop) {
            return stop(stop.reason(), nowNanos);
        }
        return forbidsRetry() ? stop(StopReason.NOT_RETRYABLE, nowNanos) : afford((RetryIn) decision, nowNanos);
    }

    /** The verdict on the end of an attempt, considering what it did before. */
    private Verdict judge(@Nullable Throwable failure, Verdict own) {
        UnwatchedRequests.record(this, failure, own);
        AttemptView known = knownView();
        return known == null ? own : known.notes().judge(own, policy);
    }

    /**
     * The record of an attempt that ended with a failure on which an inner call has given up, if that is not retried;
     * null for all others.
     */
    private @Nullable AttemptRecord notesOfNested(@Nullable Throwable failure, Verdict verdict) {
        AttemptView known = policy.multipliesNested() ? null : knownView();
        return known != null && known.notes().hasGivenUpOn(failure, verdict) ? known.notes() : null;
    }

    /** Only a circuit or an observer needs the failure. */
    private AttemptOutcome outcome(@Nullable Throwable failure, Verdict verdict, Signal signal) {
        return retry.circuit() == null && watched == null
                ? AttemptOutcome.counted(AttemptOutcome.resultOf(verdict, failure), signal)
                : AttemptOutcome.of(failure, verdict, signal);
    }

    /** The decision is to retry; the circuit and the budget must still allow it. */
    private Decision afford(RetryIn retryIn, long nowNanos) {
        StopReason refusal =
                retry.shutdownOfCalls().hasBegun() ? StopReason.CANCELLED : refusal(retryIn.delayNanos(), nowNanos);
        return refusal == null ? pause(retryIn) : stop(refusal, nowNanos);
    }

    /** Why a retry must not be made; null if it may be, and then it is paid for. In a dry run it is paid for, too. */
    private @Nullable StopReason refusal(long delayNanos, long nowNanos) {
        if (gate != null && !gate.opensInTime(delayNanos, leftNanos(nowNanos), nowNanos)) {
            return StopReason.CIRCUIT_OPEN;
        }
        if (!tryPay(policy.isDryRun(), nowNanos)) {
            return StopReason.RETRY_BUDGET;
        }
        return policy.isDryRun() ? StopReason.DRY_RUN : null;
    }

    /** The circuit granted no permit: the call waits for the next probe, or ends. */
    public Decision rejected(long nowNanos) {
        RetryGate waiting = policy.maxAttempts() > 1 ? gate : null;
        long wait = waiting == null ? -1 : waiting.tryWait(leftNanos(nowNanos), nowNanos);
        if (wait >= 0 && !retry.shutdownOfCalls().hasBegun()) {
            return pause(new RetryIn(wait, DelaySource.CIRCUIT, previousDelayNanos()));
        }
        return stop(StopReason.CIRCUIT_OPEN, nowNanos);
    }

    private Decision pause(RetryIn retryIn) {
        delayed(retryIn.backoffNanos());
        AttemptView known = knownView();
        if (known != null) {
            known.notes().discard();
        }
        retry.events().retrying(attempt, lastFailure, retryIn);
        return retryIn;
    }

    private void endAttempt(AttemptOutcome outcome, long nowNanos) {
        if (isRunning()) {
            long began = sinceNanos();
            endRunning(outcome.result() == AttemptResult.SUCCESS, nowNanos);
            Signal heeded = gate == null ? outcome.signal() : gate.leave(outcome, began, nowNanos);
            tellBudget(heeded, nowNanos);
            retry.events().attemptEnded(attempt, outcome.result());
            AttemptObserver.Watched ended = watched;
            watched = null;
            AttemptTracer.end(ended, outcome);
        }
    }

    private Stop stop(StopReason reason, long nowNanos) {
        giveBackToken(nowNanos);
        if (lastFailure == null && !hasResult) {
            lastFailure = NoAttemptFailure.failure(retry, reason, nowNanos);
        }
        Throwable failure = lastFailure;
        if (failure != null) {
            Duration elapsed = Duration.ofNanos(nowNanos - startedNanos());
            RequestStops request = request();
            long ordinal = request == null ? RequestStops.nextUnknown() : 0;
            RequestStops.tell(
                    request,
                    failure,
                    new RetryStopped(retry.name(), reason, attempt, elapsed, earlierFailures, ordinal));
        }
        if (knownView() != null || isNested()) {
            view().notes()
                    .passOn(
                            policy,
                            reason,
                            failure,
                            lastVerdict,
                            gate != null && gate.isCounted(),
                            gate == null ? null : gate.passed());
        }
        end(attempt == 0 ? CallOutcome.REJECTED : CallOutcome.FAILED, failure, reason, nowNanos);
        return Stop.of(reason);
    }

    /**
     * An attempt that was interrupted because the enclosing call had no more time says nothing about the dependency.
     */
    private Verdict verdict(Throwable failure, long nowNanos) {
        Verdict verdict = policy.rules().classify(failure, answers());
        boolean cut = inheritedDeadline && failure instanceof AttemptTimeoutException && leftNanos(nowNanos) <= 0;
        return cut ? verdict.withSignal(Signal.NONE) : verdict;
    }

    private void end(CallOutcome outcome, @Nullable Throwable failure, StopReason reason, long nowNanos) {
        EventPublisher events = retry.events();
        events.count(outcome, reason, nowNanos - startedNanos());
        if (events.isListening()) {
            Duration elapsed = Duration.ofNanos(nowNanos - startedNanos());
            var effect = reason == StopReason.NOT_IDEMPOTENT ? view().notes().unrepeatable(policy) : null;
            events.tell(new RetryEvent.Ended(
                    retry.name(),
                    attempt,
                    Optional.ofNullable(failure),
                    reason,
                    elapsed,
                    Optional.ofNullable(lastVerdict),
                    Optional.ofNullable(effect)));
        }
    }
}
