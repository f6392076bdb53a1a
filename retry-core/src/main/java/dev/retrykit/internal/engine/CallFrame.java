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
 * What the current thread is inside of: one object per thread, written on the way into an attempt and written back on
 * the way out, so that nothing is made for a first attempt that succeeds.
 */
public final class CallFrame {

    /** The start of an attempt whose start was not read from the clock. */
    public static final long UNREAD = Long.MIN_VALUE;

    /** Whoever runs an attempt keeps its frame in a local variable. */
    private static final PerThread<CallFrame> FRAMES = new PerThread<>(CallFrame::new);

    /** Keeps the frame while the thread carries an attempt: then no method on its stack does. */
    private static final ThreadLocal<CallFrame> CARRYING = new ThreadLocal<>();

    /** The permits of this thread's attempts. */
    public final ThreadPermits holds = ThreadPermits.current();

    private static final Scope UNCHANGED = () -> {};

    /** Null outside of any attempt; then the other fields mean nothing. */
    @Nullable
    public RetryEngine retry;

    public long startedNanos;

    /** When the attempt must be over: the end of the time budget or of the attempt timeout. */
    public long deadlineNanos;

    /** Null in a first attempt until an inner call or the body needs it. */
    @Nullable
    public Attempt attempt;

    /** Where {@link #attempt} isn't made yet: the innermost attempt around it that is, for what the two share. */
    @Nullable
    public Attempt around;

    /** Where {@link #attempt} isn't made yet: whether there is an attempt around it, made or not. */
    public boolean nested;

    /** Outside of any attempt: the clock of a deadline that came from outside; null if there is none. */
    @Nullable
    TimeSource clock;

    /** That deadline. */
    public long callerDeadlineNanos;

    /** In whose scope this thread is; null if in none. */
    @Nullable
    RequestStops request;

    /** The innermost attempt of this thread that is interrupted at its limit. */
    @Nullable
    AttemptTimeout timeout;

    /** What the outermost such attempt uses, each time. */
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

    /** The clock of the deadline from outside that this thread has; null if there is none, or in an attempt, which heeds it. */
    @Nullable
    public TimeSource callerClock() {
        return retry == null ? clock : null;
    }

    public long callerDeadlineNanos() {
        return callerDeadlineNanos;
    }

    /** Whether the call around is over before the given time, on the same clock. */
    public boolean endsBefore(long otherDeadlineNanos, RetryEngine inner) {
        return hasEnd(inner) && endNanos() - otherDeadlineNanos < 0;
    }

    /** Whether there is a call around, on the same clock, that ends some time. */
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

    /** When what this thread is inside of must be over, if that {@linkplain #hasEnd ends}. */
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

    /** Where an inner call notes what the attempt must know; null outside of any. */
    @Nullable
    public AttemptView enclosing() {
        return enclosing(attemptMade());
    }

    /** Calls in what an attempt that failed has left behind still have its keys, and know that it was given up. */
    private static @Nullable AttemptView enclosing(@Nullable Attempt outer) {
        return outer == null ? null : outer.view().forRequests();
    }

    /** The attempt that this thread is inside of and that goes on; null outside of any. */
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
            RetryCall call = RetryCall.ofFirstAttempt(retry, enclosing(around), startedNanos, callDeadline);
            call.madeFor(request());
            attempt = call;
        }
        return attempt == null ? null : attempt.view();
    }

    /** What this thread works for: an attempt brings its request with it. Null if that isn't known. */
    @Nullable
    RequestStops request() {
        Attempt made = attempt == null ? around : attempt;
        RequestStops brought =
                retry == null || made == null ? null : made.call().request();
        return brought == null ? request : brought;
    }

    /** Whether a commit has to be noted. */
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

    /** Whether the attempt, or one around, was given up while it runs. */
    public boolean isAbandoned() {
        Attempt made = attempt == null ? around : attempt;
        return retry != null && made != null && made.isAbandoned();
    }

    /** Whether an attempt around this point is over by its time limit. */
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

    /** Puts the thread outside of any attempt, and back into the calls of circuits alone that it is in itself. */
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

    /** Puts the thread into an attempt, or with null outside of any, until the scope is closed. */
    public Scope enter(@Nullable AttemptView into, long attemptDeadlineNanos, @Nullable HeldPermit hold) {
        if (into == null && hold == null && retry == null && clock == null && holds.isEmpty()) {
            return UNCHANGED;
        }
        Scope back = back();
        holds.enter(hold);
        put(into, attemptDeadlineNanos);
        if (into == null) {
            around = null;
            clock = null;
        }
        return back;
    }

    /**
     * Puts the thread outside of any attempt, with a deadline from outside, until the scope is closed. A call of a circuit
     * alone, in which it is, goes on.
     */
    public Scope enterUntil(TimeSource newClock, long newDeadlineNanos) {
        Scope back = back();
        if (retry != null) {
            holds.enter(null);
        }
        set(null, 0, 0, null);
        around = null;
        clock = newClock;
        callerDeadlineNanos = newDeadlineNanos;
        return back;
    }

    /** Lets calls that begin on this thread be those of a request, until the scope is closed. */
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
        Attempt outerAround = around;
        TimeSource outerClock = clock;
        long outerCallerDeadline = callerDeadlineNanos;
        int outerHolds = holds.depth();
        return () -> {
            set(outer, outerStarted, outerDeadline, outerAttempt);
            around = outerAround;
            clock = outerClock;
            callerDeadlineNanos = outerCallerDeadline;
            holds.restore(outerHolds);
        };
    }
}
