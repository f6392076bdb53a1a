package dev.retrykit;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt's failure alone doesn't tell: on what inner calls have given up, what it did that must not happen
 * twice, which answers its sender knows to be transient. Kept here and never on the exceptions, which may be shared by
 * other calls. An inner call that outlives its attempt writes where nobody looks any more. Thread-safe.
 */
final class AttemptNotes {

    /** Of an attempt that swallows many inner failures only the latest can be the one it ends with. */
    private static final int KEPT = 16;

    private final CallKey key;

    /** Written under this object's lock. */
    private volatile @Nullable AttemptNotes around;

    /** Whether there are any. Most attempts have none, and who asks about them takes no lock. */
    private volatile boolean some;

    // All under this object's lock, and made by the first.
    private @Nullable Deque<Throwable> failures;
    private @Nullable BitSet givenUpStatuses;
    private @Nullable BitSet transientStatuses;
    private int withKey;
    private int withoutKey;
    private @Nullable String whatWithKey;
    private @Nullable String whatWithoutKey;
    private @Nullable Map<String, Integer> requests;
    private int innerCalls;
    private @Nullable List<Runnable> cleanups;

    /**
     * Of an attempt that has just begun.
     *
     * @param around those of the attempt that it is part of, if that is known
     */
    AttemptNotes(CallKey key, @Nullable AttemptNotes around) {
        this.key = key;
        this.around = around;
    }

    /** Whether an inner call that ends so has done what retries can do. */
    private static boolean isGivenUp(StopReason reason) {
        return switch (reason) {
            case EXHAUSTED, TIME_BUDGET, RETRY_BUDGET, RETRY_AFTER_TOO_LONG, VETOED, NESTED -> true;
            case SUCCESS, NOT_RETRYABLE, NOT_IDEMPOTENT, CIRCUIT_OPEN, INTERRUPTED, CANCELLED, DRY_RUN -> false;
        };
    }

    /** An inner call has given up on a failure, or on an answer that it returned: the attempt may make a failure of it. */
    synchronized void giveUpOn(@Nullable Throwable failure, Verdict verdict) {
        some = true;
        if (failure == null) {
            givenUpStatuses = with(givenUpStatuses, verdict.status());
            return;
        }
        Deque<Throwable> known = failures == null ? new ArrayDeque<>(2) : failures;
        if (known.size() == KEPT) {
            known.removeFirst();
        }
        known.addLast(failure);
        failures = known;
    }

    /** A policy of one attempt gives up on nothing, but what was given up further inside its last attempt passes on. */
    void passOn(RetryPolicy policy, StopReason reason, @Nullable Throwable failure, @Nullable Verdict last) {
        AttemptNotes outer = around();
        Verdict verdict = last == null ? Verdict.unknown() : last;
        boolean givenUp = policy.maxAttempts() > 1 && isGivenUp(reason);
        if (outer != null && (givenUp || hasGivenUpOn(failure, verdict))) {
            outer.giveUpOn(failure, verdict);
        }
    }

    /** Whether an inner call has given up on what the attempt ended with: the failure, one in its cause chain, an answer. */
    boolean hasGivenUpOn(@Nullable Throwable failure, Verdict verdict) {
        return some && isAmongGivenUp(failure, verdict);
    }

    private synchronized boolean isAmongGivenUp(@Nullable Throwable failure, Verdict verdict) {
        if (givenUpStatuses != null && verdict.status() != 0 && givenUpStatuses.get(verdict.status())) {
            return true;
        }
        if (failures == null || failure == null) {
            return false;
        }
        for (Throwable link : Causes.chain(failure)) {
            for (Throwable given : failures) {
                if (given == link) {
                    return true;
                }
            }
        }
        return false;
    }

    /** An answer of this status that says when to come back is transient, whatever the rules for statuses say. */
    synchronized void expect(int status) {
        some = true;
        transientStatuses = with(transientStatuses, status);
    }

    /** What the end of the attempt means, seen with what it did before. */
    Verdict judge(Verdict verdict, RetryPolicy policy) {
        if (!some) {
            return verdict;
        }
        Verdict known = isExpected(verdict) ? verdict.as(Kind.RETRYABLE) : verdict;
        boolean once = known.kind() == Kind.RETRYABLE && unrepeatable(policy) != null;
        return once ? known.as(Kind.NOT_IDEMPOTENT) : known;
    }

    private synchronized boolean isExpected(Verdict verdict) {
        return verdict.kind() == Kind.NOT_RETRYABLE
                && verdict.retryAfterNanos() != Verdict.NO_HINT
                && transientStatuses != null
                && transientStatuses.get(verdict.status());
    }

    /** What was done that the policy doesn't let be done again; null if nothing was. */
    synchronized @Nullable String unrepeatable(RetryPolicy policy) {
        if (withoutKey > 0 && !policy.repeats().allow(false)) {
            return whatWithoutKey;
        }
        return withKey > 0 && !policy.repeats().allow(true) ? whatWithKey : null;
    }

    /** Here and in all attempts around. */
    void add(SideEffect effect) {
        for (AttemptNotes notes = this; notes != null; notes = notes.around()) {
            notes.count(effect.hasKey(), 1, effect.what());
        }
    }

    /** Wherever it was added. */
    void remove(SideEffect effect) {
        for (AttemptNotes notes = this; notes != null; notes = notes.around()) {
            notes.count(effect.hasKey(), -1, null);
        }
    }

    private synchronized void count(boolean hasKey, int more, @Nullable String newWhat) {
        some = true;
        if (hasKey) {
            withKey += more;
            whatWithKey = newWhat == null ? whatWithKey : newWhat;
        } else {
            withoutKey += more;
            whatWithoutKey = newWhat == null ? whatWithoutKey : newWhat;
        }
    }

    /**
     * The attempt turns out to be part of another one, which did what this one did. What comes from now on is counted in
     * both, what came before is taken over: nothing is lost in between.
     */
    void within(@Nullable AttemptNotes outer) {
        if (outer == null && around == null) {
            return;
        }
        AttemptNotes known;
        int keyed;
        int unkeyed;
        String withKeyUntilNow;
        String withoutKeyUntilNow;
        synchronized (this) {
            known = around;
            around = outer;
            keyed = withKey;
            unkeyed = withoutKey;
            withKeyUntilNow = whatWithKey;
            withoutKeyUntilNow = whatWithoutKey;
        }
        for (AttemptNotes notes = outer; notes != null && notes != known; notes = notes.around()) {
            notes.count(true, keyed, withKeyUntilNow);
            notes.count(false, unkeyed, withoutKeyUntilNow);
        }
    }

    /** Whether an attempt around must hear of this one even if it succeeds. */
    boolean hasSideEffects() {
        return some && isCounting();
    }

    private synchronized boolean isCounting() {
        return withKey > 0 || withoutKey > 0;
    }

    /** To be done once, if another attempt follows. */
    synchronized void onRetry(Runnable cleanup) {
        some = true;
        List<Runnable> known = cleanups == null ? new ArrayList<>(1) : cleanups;
        known.add(cleanup);
        cleanups = known;
    }

    /** Another attempt follows. */
    void discard() {
        if (!some) {
            return;
        }
        List<Runnable> due;
        synchronized (this) {
            due = cleanups;
            cleanups = null;
        }
        if (due != null) {
            due.forEach(AttemptNotes::runQuietly);
        }
    }

    private static void runQuietly(Runnable cleanup) {
        try {
            cleanup.run();
        } catch (Throwable failed) {
            // the retry doesn't depend on it
        }
    }

    /** How many requests of the kind there were, with this one. */
    synchronized int nextRequest(String kind) {
        Map<String, Integer> known = requests == null ? new HashMap<>() : requests;
        requests = known;
        return known.merge(kind, 1, Integer::sum);
    }

    synchronized int nextInnerCall() {
        return ++innerCalls;
    }

    CallKey key() {
        return key;
    }

    @Nullable
    AttemptNotes around() {
        return around;
    }

    private static BitSet with(@Nullable BitSet statuses, int status) {
        BitSet known = statuses == null ? new BitSet() : statuses;
        known.set(status);
        return known;
    }
}
