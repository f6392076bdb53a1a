package dev.retrykit;

import dev.retrykit.Audience.Ending;
import dev.retrykit.Decision.RetryIn;
import dev.retrykit.Decision.Stop;
import dev.retrykit.RetryCounters.AttemptResult;
import dev.retrykit.RetryCounters.Outcome;
import dev.retrykit.circuit.Permit;
import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.ThrowingCallable;
import dev.retrykit.failure.Verdict;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One call, whatever its style: asks clock, circuit and budget in the contract's order, and feeds the machine. Drivers
 * {@linkplain #run run} attempts and wait; they tell this what happened and do what it answers. One thread at a time.
 */
final class RetryCall {

    private static final Stop SUCCEEDED = new Stop(StopReason.SUCCESS);

    private final Retry retry;
    private final RetryPolicy policy;
    private final boolean inheritedDeadline;
    private final Admission admission;
    private final Decisions decisions;
    final EarlierFailures failures = new EarlierFailures();
    private final Watch watch;
    private CallState state;
    private final CallKey key;
    private AttemptView view;
    private long attemptStartedNanos;
    private @Nullable Throwable lastFailure;
    private @Nullable Verdict lastVerdict;
    private boolean running;
    private boolean hasResult;

    /** The attempt after which there must be no other; 0 = none. Written by attempts, on whatever thread. */
    private volatile int lastAttempt;

    private RetryCall(Retry retry, @Nullable AttemptView around, Admission gate, boolean inherited, CallState state) {
        this.retry = retry;
        this.policy = retry.policy();
        this.admission = gate;
        this.decisions = new Decisions(retry, policy);
        this.watch = Watch.of(retry);
        this.inheritedDeadline = inherited;
        this.state = state;
        this.attemptStartedNanos = state.startedNanos();
        this.running = state.attempt() > 0;
        this.key = new CallKey(policy);
        this.view = AttemptView.of(this, state.attempt(), key, around);
    }

    /** A call that begins inside of what the frame holds, before its first attempt. */
    static RetryCall begin(Retry retry, Frame frame, long nowNanos) {
        long own = nowNanos + retry.policy().timeBudgetNanos();
        boolean inherited = frame.endsBefore(own, retry);
        CallState state = new CallState(0, nowNanos, inherited ? frame.endNanos() : own, 0);
        Admission gate = new Admission(retry, frame.holds.capture());
        RetryCall call = new RetryCall(retry, frame.enclosing(), gate, inherited, state);
        call.failures.of(frame.request());
        return call;
    }

    /** A call whose first attempt has begun without one. It learns of the call around only when it fails. */
    static RetryCall ofFirstAttempt(Retry retry, @Nullable AttemptView around, long startedNanos, long deadlineNanos) {
        return new RetryCall(retry, around, new Admission(retry), false, CallState.begun(startedNanos, deadlineNanos));
    }

    /** Asks whether an attempt may begin. */
    Decision next() {
        long now = retry.time().nanoTime();
        if (state.leftNanos(now) <= 0) {
            return stop(StopReason.TIME_BUDGET, now);
        }
        Decision held = decisions.heldBack(state, view.notes().answers(), now);
        if (held != null) {
            return held instanceof RetryIn later ? pause(later) : stop(((Stop) held).reason(), now);
        }
        if (state.attempt() > 0 && view.notes().repeat(policy) != null) {
            return stop(StopReason.NOT_IDEMPOTENT, now);
        }
        if (!admission.tryEnter(state.attempt() == 0, now)) {
            return rejected(now);
        }
        state = state.withAttempt();
        attemptStartedNanos = now;
        running = true;
        watch.begin(state.attempt());
        view = view.next(lastFailure);
        return Decision.RUN;
    }

    /** Runs a body as the attempt that may begin, or as its beginning where it returns a stage. */
    <T extends @Nullable Object, X extends Throwable> T run(ThrowingCallable<T, X> body) throws X {
        return Frame.current().run(view, attemptDeadlineNanos(), admission.held(), watch.around(body));
    }

    /** The attempt returned a value. Unless the policy calls it bad, that ends the call. */
    Decision returned(@Nullable Object result) {
        hasResult = true;
        Verdict bad = policy.results().classify(result);
        long now = retry.time().nanoTime();
        return bad == null
                ? succeeded(result, now)
                : settle(null, view.notes().answers().advise(bad), now);
    }

    /** The attempt failed. */
    Decision failed(Throwable failure) {
        hasResult = false;
        long now = retry.time().nanoTime();
        return settle(failure, verdict(failure, now), now);
    }

    /** The wait before the next attempt was interrupted. */
    Decision interrupted() {
        return stop(StopReason.INTERRUPTED, retry.time().nanoTime());
    }

    /** Nobody wants the result any more, or nobody can run the next attempt. */
    Decision cancelled() {
        long now = retry.time().nanoTime();
        endAttempt(AttemptOutcome.CANCELLED, now);
        return stop(StopReason.CANCELLED, now);
    }

    /** The running attempt has reached its limit and can't be waited for. */
    Decision timeUp() {
        if (isCut()) {
            return failed(new AttemptTimeoutException(retry.name(), Duration.ofNanos(attemptLimitNanos()), null));
        }
        long now = retry.time().nanoTime();
        endAttempt(AttemptOutcome.timeUp(inheritedDeadline), now);
        return stop(StopReason.TIME_BUDGET, now);
    }

    /** Whether the caller gets, after a stop, the value that was returned last, good or bad. */
    boolean hasResult() {
        return hasResult;
    }

    /** What the caller gets otherwise: the last real failure, or what says why there is none. */
    Throwable failure() {
        if (lastFailure == null) {
            throw new IllegalStateException("the call hasn't stopped");
        }
        return lastFailure;
    }

    /** The running attempt, for what runs in it. */
    AttemptView view() {
        return view;
    }

    /** Takes over a first attempt that began without this object: its permit, and the attempt around it. */
    void adopt(@Nullable Permit firstPermit, Frame frame) {
        admission.adopt(firstPermit, frame.holds.capture());
        failures.of(frame.request());
        view.within(frame.enclosing());
    }

    /** Whatever the attempt fails with, it isn't retried. Without effect once another one has begun. */
    synchronized void forbidRetryAfter(int attempt) {
        lastAttempt = Math.max(lastAttempt, attempt);
    }

    @Nullable
    Throwable lastFailure() {
        return lastFailure;
    }

    CallKey key() {
        return key;
    }

    Retry retry() {
        return retry;
    }

    long startedNanos() {
        return state.startedNanos();
    }

    /** When the time budget is over. */
    long deadlineNanos() {
        return state.deadlineNanos();
    }

    /** When the running attempt must be over. */
    long attemptDeadlineNanos() {
        return attemptStartedNanos + attemptLimitNanos();
    }

    /** Whether an attempt that blocks is interrupted at its limit; otherwise the limit is only asked beforehand. */
    boolean isCut() {
        return policy.attemptTimeoutNanos() != 0;
    }

    /** How long the running attempt may take, in nanoseconds. */
    long attemptLimitNanos() {
        long left = state.leftNanos(attemptStartedNanos);
        return isCut() ? Math.min(policy.attemptTimeoutNanos(), left) : left;
    }

    private Stop succeeded(@Nullable Object result, long nowNanos) {
        lastVerdict = null;
        endAttempt(AttemptOutcome.good(retry, result), nowNanos);
        if (state.attempt() == 1) {
            retry.audience().firstSucceeded(nowNanos - state.startedNanos());
        } else {
            end(Outcome.RECOVERED, null, StopReason.SUCCESS, nowNanos);
        }
        return SUCCEEDED;
    }

    /** What follows a failure, or a bad value. */
    private Decision settle(@Nullable Throwable failure, Verdict own, long nowNanos) {
        Verdict verdict = UnwatchedRequests.judge(view, failure, own, policy);
        failures.add(lastFailure);
        lastFailure = failure;
        lastVerdict = verdict;
        boolean nested = policy.nested() == NestedRetries.ONCE && view.notes().hasGivenUpOn(failure, verdict);
        endAttempt(AttemptOutcome.of(failure, verdict, view.notes().signal(nested, verdict, retry)), nowNanos);
        if (nested) {
            return stop(StopReason.NESTED, nowNanos);
        }
        Decision decision =
                decisions.after(failure, verdict, state, view.notes().answers(), nowNanos);
        if (decision instanceof Stop stop) {
            return stop(stop.reason(), nowNanos);
        }
        return lastAttempt == state.attempt()
                ? stop(StopReason.NOT_RETRYABLE, nowNanos)
                : afford((RetryIn) decision, nowNanos);
    }

    /** The machine says yes; the retry must still be let through, and paid for. */
    private Decision afford(RetryIn retryIn, long nowNanos) {
        StopReason refusal = retry.shutdownOfCalls().hasBegun()
                ? StopReason.CANCELLED
                : admission.refusal(retryIn.delayNanos(), state.leftNanos(nowNanos), policy.isDryRun(), nowNanos);
        return refusal == null ? pause(retryIn) : stop(refusal, nowNanos);
    }

    /** The circuit gave no permit: the call waits for the next probe, or ends. */
    Decision rejected(long nowNanos) {
        boolean retries = policy.maxAttempts() > 1;
        long wait = retries ? admission.tryWait(state.leftNanos(nowNanos), nowNanos) : -1;
        if (wait >= 0 && !retry.shutdownOfCalls().hasBegun()) {
            return pause(new RetryIn(wait, DelaySource.CIRCUIT, state));
        }
        return stop(StopReason.CIRCUIT_OPEN, nowNanos);
    }

    private Decision pause(RetryIn retryIn) {
        state = retryIn.next();
        view.notes().discard();
        retry.audience().retrying(state.attempt(), lastFailure, retryIn);
        return retryIn;
    }

    private void endAttempt(AttemptOutcome outcome, long nowNanos) {
        if (running) {
            running = false;
            view.end(outcome.result() == AttemptResult.SUCCESS);
            admission.leave(outcome, attemptStartedNanos, nowNanos);
            retry.audience().attemptEnded(state.attempt(), outcome.result());
            watch.end(outcome.result(), outcome.failure());
        }
    }

    private Stop stop(StopReason reason, long nowNanos) {
        admission.giveBackToken(nowNanos);
        if (lastFailure == null && !hasResult) {
            lastFailure = WithoutAttempt.failure(retry, reason, nowNanos);
        }
        Throwable failure = lastFailure;
        failures.endWith(failure, retry.name(), reason, state.attempt(), nowNanos - state.startedNanos());
        view.notes().passOn(policy, reason, failure, lastVerdict, admission);
        end(state.attempt() == 0 ? Outcome.REJECTED : Outcome.FAILED, failure, reason, nowNanos);
        return new Stop(reason);
    }

    /** An attempt that was cut because the call around it had no more time says nothing about the dependency. */
    private Verdict verdict(Throwable failure, long nowNanos) {
        Verdict verdict = policy.classify(failure, view.notes().answers().last());
        boolean cut = inheritedDeadline && failure instanceof AttemptTimeoutException && state.leftNanos(nowNanos) <= 0;
        return cut ? verdict.withSignal(Signal.NONE) : verdict;
    }

    private void end(Outcome outcome, @Nullable Throwable failure, StopReason reason, long nowNanos) {
        var effect = reason == StopReason.NOT_IDEMPOTENT ? view.notes().unrepeatable(policy) : null;
        Ending ending = new Ending(outcome, state.attempt(), reason, nowNanos - state.startedNanos(), effect);
        retry.audience().ended(ending, failure, lastVerdict);
    }
}
