package dev.retrykit.internal.engine;

import dev.retrykit.internal.attempt.IdempotencyKeyBase;
import dev.retrykit.internal.decision.AnswerNotes;
import dev.retrykit.internal.decision.CallState;
import dev.retrykit.internal.decision.CompiledPolicy;
import dev.retrykit.internal.report.RequestStops;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One call as the code inside it sees it: its start, its deadline, and the view of its running attempt. The view is
 * created by the first request for it, on any thread.
 */
abstract sealed class RunningCall extends BudgetedCall implements Attempt permits RetryCall {

    private static final AtomicReferenceFieldUpdater<RunningCall, AttemptView> VIEW =
            AtomicReferenceFieldUpdater.newUpdater(RunningCall.class, AttemptView.class, "view");

    final CompiledPolicy policy;

    /** The view of the running attempt, or of the last one; null before the first request for it. */
    private volatile @Nullable AttemptView view;

    /** The enclosing attempt of an attempt without a view, as far as that is known. */
    private @Nullable AttemptView enclosing;

    private @Nullable RequestStops request;
    private long startedNanos;
    private long deadlineNanos;

    /** The backoff before the last attempt. */
    private long previousDelayNanos;

    /** When the running attempt started, when the last one ended, or since when the next one is held back. */
    private long sinceNanos;

    private boolean heldBack;
    private boolean running;

    @Nullable
    public Throwable lastFailure;

    RunningCall(
            RetryEngine retry, int attempt, @Nullable AttemptView enclosing, long startedNanos, long deadlineNanos) {
        super(retry, attempt);
        this.policy = retry.policy();
        this.enclosing = enclosing;
        this.startedNanos = startedNanos;
        this.deadlineNanos = deadlineNanos;
        this.sinceNanos = startedNanos;
        this.running = attempt > 0;
    }

    /** The next attempt starts. It has a view from the beginning if the previous one has. */
    final void beginAttempt(long nowNanos) {
        AttemptView before = view;
        attempt++;
        sinceNanos = nowNanos;
        running = true;
        if (before != null) {
            view = before.next(lastFailure);
        }
    }

    /** The running attempt ends. */
    final void endRunning(boolean success, long nowNanos) {
        AttemptView known = view;
        running = false;
        sinceNanos = nowNanos;
        if (known != null) {
            known.end(success);
        }
    }

    /** Whether an attempt runs. */
    final boolean isRunning() {
        return running;
    }

    /**
     * A thread that is in the attempt may request the view at any time. Code that ends the attempt while its body may
     * still run requests it first.
     */
    @Override
    public final AttemptView view() {
        AttemptView known = view;
        if (known != null) {
            return known;
        }
        AttemptView made = AttemptView.of(call(), attempt, lastFailure, enclosing);
        return VIEW.compareAndSet(this, null, made) ? made : Objects.requireNonNull(view);
    }

    @Override
    public final @Nullable AttemptView knownView() {
        return view;
    }

    @Override
    public final boolean isAbandoned() {
        AttemptView known = view == null ? enclosing : view;
        return known != null && known.isAbandoned();
    }

    @Override
    public final boolean isNested() {
        AttemptView known = view;
        return known == null ? enclosing != null : known.isNested();
    }

    /** The call turns out to be part of another one. */
    final void within(@Nullable AttemptView outer) {
        AttemptView known = view;
        if (known == null) {
            enclosing = outer;
        } else {
            known.within(outer);
        }
    }

    /** The notes on the last attempt's requests. */
    final AnswerNotes answers() {
        AttemptView known = view;
        return known == null ? AnswerNotes.NONE : known.notes().answers();
    }

    public final IdempotencyKeyBase key() {
        return view().notes().key();
    }

    /** Sets the inbound request of the call, if it is known; only the first one counts. */
    final void madeFor(@Nullable RequestStops known) {
        request = request == null ? known : request;
    }

    /** The inbound request of the call; null if it is not known. */
    final @Nullable RequestStops request() {
        return request;
    }

    /** Whether the last attempt has forbidden another one. */
    final boolean forbidsRetry() {
        AttemptView known = view;
        return known != null && known.forbidsRetry();
    }

    public final RetryEngine retry() {
        return retry;
    }

    final CompiledPolicy policy() {
        return policy;
    }

    /** The number of attempts begun. */
    final int attempt() {
        return attempt;
    }

    public final long startedNanos() {
        return startedNanos;
    }

    /** When the time budget ends. */
    public final long deadlineNanos() {
        return deadlineNanos;
    }

    final long leftNanos(long nowNanos) {
        return deadlineNanos - nowNanos;
    }

    /** When the running attempt must be over. */
    public final long attemptDeadlineNanos() {
        return sinceNanos + attemptLimitNanos();
    }

    /** Whether a blocking attempt is interrupted at its limit; otherwise the limit is only checked beforehand. */
    public final boolean isCut() {
        return policy.attemptTimeoutNanos() != 0;
    }

    /** The time limit of the running attempt, in nanoseconds. */
    public final long attemptLimitNanos() {
        long left = leftNanos(sinceNanos);
        return isCut() ? Math.min(policy.attemptTimeoutNanos(), left) : left;
    }

    public final long sinceNanos() {
        return sinceNanos;
    }

    public final @Nullable Throwable lastFailure() {
        return lastFailure;
    }

    /** Whether the time of a success matters. */
    final boolean isTimed() {
        return retry.circuit() != null
                || !retry.budget().policy().isUnlimited()
                || retry.events().isTimed()
                || retry.events().isListening();
    }

    /**
     * Whether foreign code may have run since the last attempt ended, or to judge it. A zero delay may come from a
     * function.
     */
    final boolean mayHaveAskedOthers() {
        return knownView() != null
                || retry.observer() != null
                || retry.events().isListening()
                || !policy.rules().classifiers().isEmpty()
                || !policy.results().classifiers().isEmpty()
                || !policy.backoff().delay().isZero();
    }

    /** The current time. A call whose start was not read from the clock starts now. */
    final long readTime() {
        long now = retry.time().nanoTime();
        if (startedNanos == CallFrame.UNREAD) {
            startedNanos = now;
            deadlineNanos = now + policy.timeBudgetNanos();
        }
        return now;
    }

    /** The state of the call. */
    final CallState state() {
        return new CallState(attempt, startedNanos, deadlineNanos, previousDelayNanos);
    }

    final long previousDelayNanos() {
        return previousDelayNanos;
    }

    final void delayed(long backoffNanos) {
        previousDelayNanos = backoffNanos;
    }

    /** Since when the next attempt is held back, possibly from now on. */
    final long heldBackSinceNanos(long nowNanos) {
        if (!heldBack) {
            heldBack = true;
            sinceNanos = nowNanos;
        }
        return sinceNanos;
    }

    /** The next attempt is no longer held back. */
    final void release() {
        heldBack = false;
    }
}
