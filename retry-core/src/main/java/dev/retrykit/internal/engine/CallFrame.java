package dev.retrykit.internal.engine;

import dev.retrykit.event.Scope;
import dev.retrykit.event.SideEffect;
import dev.retrykit.function.ThrowingFunction;
import dev.retrykit.internal.decision.CompiledPolicy;
import dev.retrykit.internal.report.RequestStops;
import dev.retrykit.internal.thread.HeldPermit;
import dev.retrykit.internal.thread.PerThread;
import dev.retrykit.internal.thread.ThreadPermits;
import dev.retrykit.time.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * The calls and attempts that the current thread is inside: one object per thread, written on entry into an attempt and restored on exit, so
 * that a first attempt that succeeds allocates nothing.
 */
public final class CallFrame {

    /** The start of an attempt whose start was not read from the clock. */
    public static final long UNREAD = Long.MIN_VALUE;

    /** Code that runs an attempt keeps its frame in a local variable. */
    private static final PerThread<CallFrame> FRAMES = new PerThread<>(CallFrame::new);

    /** Keeps the frame while the thread carries an attempt, because then no method on its stack does. */
    private static final ThreadLocal<CallFrame> CARRYING = new ThreadLocal<>();

    /** The permits of this thread's attempts. */
    public final ThreadPermits holds = ThreadPermits.current();

    private static final Scope UNCHANGED = () -> {};

    /**
     * Null outside any attempt; then the other fields have no meaning, except those for the caller's deadline, the
     * request and the timeouts.
     */
    @Nullable
    public RetryEngine retry;

    public long startedNanos;

    /** When the attempt must be over: the end of the time budget or of the attempt timeout. */
    public long deadlineNanos;

    /** Null in a first attempt until an inner call or the body needs it. */
    @Nullable
    public Attempt attempt;

    /** While {@link #attempt} is not created: the innermost enclosing attempt that is, for what the two share. */
    @Nullable
    public Attempt enclosing;

    /** While {@link #attempt} is not created: whether there is an enclosing attempt, created or not. */
    public boolean nested;

    /** Outside any attempt: the clock of the caller's deadline; null if there is none. */
    @Nullable
    TimeSource clock;

    /** The caller's deadline. */
    public long callerDeadlineNanos;

    /** The inbound request in whose scope this thread is; null if there is none. */
    @Nullable
    RequestStops request;

    /** The innermost attempt of this thread that is interrupted at its limit. */
    @Nullable
    AttemptTimeout timeout;

    /** The object that the outermost such attempt reuses. */
    @Nullable
    AttemptTimeout outermostTimeout;

    private CallFrame() {}

    public static CallFrame current() {
        return FRAMES.get();
    }

    public void set(@Nullable RetryEngine newRetry, long newStarted, long newDeadline, @Nullable Attempt newAttempt) {
        retry = newRetry;
        startedNanos = newStarted;
        deadlineNanos = newDeadline;
        attempt = newAttempt;
    }

    /**
     * The clock of the caller's deadline on this thread; null if there is none, and within an attempt, which already
     * respects it.
     */
    @Nullable
    public TimeSource callerClock() {
        return retry == null ? clock : null;
    }

    public long callerDeadlineNanos() {
        return callerDeadlineNanos;
    }

    /** Whether the enclosing call ends before the given time, on the same clock. */
    public boolean endsBefore(long otherDeadlineNanos, RetryEngine inner) {
        return hasEnd(inner) && endNanos() - otherDeadlineNanos < 0;
    }

    /** Whether there is an enclosing call, on the same clock, that has a deadline. */
    public boolean hasEnd(RetryEngine inner) {
        if (retry == null) {
            return clock == inner.time();
        }
        AttemptView made = knownView();
        if (made == null || !made.hasEnded()) {
            return retry.time() == inner.time() && !isUnread();
        }
        AttemptView outer = made.inForce();
        return outer != null && outer.call().retry().time() == inner.time();
    }

    /** The deadline of what this thread is inside, if it {@linkplain #hasEnd has one}. */
    public long endNanos() {
        if (retry == null) {
            return callerDeadlineNanos;
        }
        AttemptView made = knownView();
        AttemptView inForce = made == null ? null : made.inForce();
        return inForce == made || inForce == null
                ? deadlineNanos
                : inForce.call().attemptDeadlineNanos();
    }

    private @Nullable AttemptView knownView() {
        return attempt == null ? null : attempt.knownView();
    }

    private boolean isUnread() {
        return retry != null && startedNanos == UNREAD;
    }

    /** The attempt in which an inner call records what it must know; null outside any attempt. */
    @Nullable
    public AttemptView enclosing() {
        return enclosing(attemptMade());
    }

    /** Calls in the leftover work of a failed attempt still have its keys, and see that it was abandoned. */
    private static @Nullable AttemptView enclosing(@Nullable Attempt outer) {
        return outer == null ? null : outer.view().forRequests();
    }

    /** The running attempt that this thread is inside; null outside any attempt. */
    @Nullable
    public AttemptView attemptInForce() {
        AttemptView made = attemptMade();
        return made == null ? null : made.inForce();
    }

    /** The attempt that was put here, ended or not. Creates the call of a first attempt that has none. */
    @Nullable
    public AttemptView attemptMade() {
        if (attempt == null && retry != null) {
            if (isUnread()) {
                startedNanos = retry.readClock();
                deadlineNanos = startedNanos + retry.policy().firstLimitNanos();
            }
            long callDeadline = startedNanos + retry.policy().timeBudgetNanos();
            RetryCall call = RetryCall.ofFirstAttempt(retry, enclosing(enclosing), startedNanos, callDeadline);
            call.madeFor(request());
            attempt = call;
        }
        return attempt == null ? null : attempt.view();
    }

    /** The inbound request of this thread; an attempt brings its own. Null if it is not known. */
    @Nullable
    RequestStops request() {
        Attempt made = attempt == null ? enclosing : attempt;
        RequestStops brought =
                retry == null || made == null ? null : made.call().request();
        return brought == null ? request : brought;
    }

    /** Whether a commit must be recorded. */
    public boolean tracksCommits() {
        if (retry == null) {
            return false;
        }
        if (attempt == null) {
            return nested || mustNotCommitTwice(retry.policy());
        }
        AttemptView known = attempt.knownView();
        Attempt inForce = known == null ? attempt : known.inForce();
        if (inForce == null || known != null && inForce.view().notes().has(SideEffect.Kind.COMMIT)) {
            return false;
        }
        return nested
                || inForce.isNested()
                || mustNotCommitTwice(inForce.call().retry().policy());
    }

    private static boolean mustNotCommitTwice(CompiledPolicy policy) {
        return policy.maxAttempts() > 1 && !policy.allows(SideEffect.Kind.COMMIT);
    }

    /** Whether the attempt or an enclosing one was abandoned while it runs. */
    public boolean isAbandoned() {
        Attempt made = attempt == null ? enclosing : attempt;
        return retry != null && made != null && made.isAbandoned();
    }

    /** Whether an enclosing attempt has reached its time limit. */
    public boolean isTimedOut() {
        if (isAbandoned()) {
            return true;
        }
        return timeout != null && timeout.isInterrupting();
    }

    /** Runs a body as part of an attempt, which must be over at the deadline. */
    public <C, T extends @Nullable Object, X extends Throwable> T run(
            Attempt into,
            long attemptDeadlineNanos,
            @Nullable HeldPermit hold,
            C argument,
            ThrowingFunction<C, T, X> body)
            throws X {
        RetryEngine outer = retry;
        long outerStarted = startedNanos;
        long outerDeadline = deadlineNanos;
        Attempt outerAttempt = attempt;
        int outerHolds = holds.depth();
        holds.enter(hold);
        set(into.call().retry(), into.call().startedNanos(), attemptDeadlineNanos, into);
        try {
            return body.apply(argument);
        } finally {
            set(outer, outerStarted, outerDeadline, outerAttempt);
            holds.restore(outerHolds);
        }
    }

    /** Puts the thread into an attempt. */
    public void carry(AttemptView into, long attemptDeadlineNanos, @Nullable HeldPermit hold) {
        CARRYING.set(this);
        holds.carry(hold);
        put(into, attemptDeadlineNanos);
    }

    /**
     * Takes the thread out of all attempts, but keeps it in the calls through circuits without a retry that it made
     * itself.
     */
    public void takeBack() {
        if (!holds.tryTakeBack() && retry != null) {
            holds.carry(null);
        }
        put(null, 0);
        CARRYING.remove();
    }

    private void put(@Nullable AttemptView into, long attemptDeadlineNanos) {
        if (into == null) {
            set(null, 0, 0, null);
        } else {
            set(into.call().retry(), into.call().startedNanos(), attemptDeadlineNanos, into);
        }
    }

    /** Puts the thread into an attempt, or with null outside all attempts, until the scope is closed. */
    public Scope enter(@Nullable AttemptView into, long attemptDeadlineNanos, @Nullable HeldPermit hold) {
        if (into == null && hold == null && retry == null && clock == null && holds.isEmpty()) {
            return UNCHANGED;
        }
        Scope back = back();
        holds.enter(hold);
        put(into, attemptDeadlineNanos);
        if (into == null) {
            enclosing = null;
            clock = null;
        }
        return back;
    }

    /**
     * Takes the thread out of all attempts, with a caller's deadline, until the scope is closed. A call through a
     * circuit without a retry continues.
     */
    public Scope enterUntil(TimeSource newClock, long newDeadlineNanos) {
        Scope back = back();
        if (retry != null) {
            holds.enter(null);
        }
        set(null, 0, 0, null);
        enclosing = null;
        clock = newClock;
        callerDeadlineNanos = newDeadlineNanos;
        return back;
    }

    /** Assigns calls that start on this thread to a request, until the scope is closed. */
    public Scope enterFor(RequestStops newRequest) {
        RequestStops outer = request;
        request = newRequest;
        return () -> request = outer;
    }

    private Scope back() {
        RetryEngine outer = retry;
        long outerStarted = startedNanos;
        long outerDeadline = deadlineNanos;
        Attempt outerAttempt = attempt;
        Attempt outerEnclosing = enclosing;
        TimeSource outerClock = clock;
        long outerCallerDeadline = callerDeadlineNanos;
        int outerHolds = holds.depth();
        return () -> {
            set(outer, outerStarted, outerDeadline, outerAttempt);
            enclosing = outerEnclosing;
            clock = outerClock;
            callerDeadlineNanos = outerCallerDeadline;
            holds.restore(outerHolds);
        };
    }
}
