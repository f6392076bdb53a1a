package dev.retrykit.internal.attempt;

import dev.retrykit.circuit.Circuit;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.SideEffect;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.internal.decision.AnswerNotes;
import dev.retrykit.internal.decision.CompiledPolicy;
import dev.retrykit.internal.decision.PeerAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The facts about an attempt that its failure alone does not show: on which failures inner calls have given up, which
 * effects must not happen twice, and which responses the sender knows to be transient. It is kept here and never on the
 * exceptions, which other calls may share. An inner call that outlives its attempt writes into a record that is no
 * longer read. Thread-safe.
 */
public final class AttemptRecord {

    /** A request that was rejected as a mismatch ends the call, whatever the failure was turned into. */
    private static final Set<Kind> STOPPED_BY_MISMATCH = Set.of(Kind.RETRYABLE, Kind.NOT_RETRYABLE, Kind.UNKNOWN);

    private final IdempotencyKeyBase key;
    private final AnswerNotes answers = new AnswerNotes();
    private final InnerFailures inner = new InnerFailures();

    /** Written under this object's lock. */
    private volatile @Nullable AttemptRecord enclosing;

    /** Null while there is none: most attempts have none, and reading it takes no lock. Created under the lock. */
    private volatile @Nullable AttemptEffects noted;

    /** Whether the attempt was abandoned while it still runs. */
    private volatile boolean abandoned;

    /** Whether another attempt has followed. */
    private volatile boolean repeated;

    /**
     * Creates the record of an attempt that has just begun.
     *
     * @param enclosing the record of the enclosing attempt, if that is known
     */
    public AttemptRecord(IdempotencyKeyBase key, @Nullable AttemptRecord enclosing) {
        this.key = key;
        this.enclosing = enclosing;
    }

    /**
     * An inner call has ended with a failure. A policy with one attempt never gives up, but what was given up further
     * inside its last attempt is passed on.
     */
    public void passOn(
            CompiledPolicy policy,
            StopReason reason,
            @Nullable Throwable failure,
            @Nullable Verdict last,
            boolean counted,
            @Nullable Circuit passed) {
        AttemptRecord outer = enclosing();
        if (outer == null) {
            return;
        }
        Verdict verdict = last == null ? Verdict.unknown() : last;
        boolean givenUp = policy.maxAttempts() > 1 && InnerFailures.isGivenUp(reason);
        if (givenUp || inner.hasGivenUpOn(failure, verdict)) {
            outer.inner.giveUpOn(failure, verdict, inner.isCountedFor(null) || counted);
        }
        outer.inner.leaveUncounted(passed, inner.uncounted());
    }

    /**
     * Whether an inner call has given up on what the attempt ended with: the failure, one in its cause chain, or a
     * response.
     */
    public boolean hasGivenUpOn(@Nullable Throwable failure, Verdict verdict) {
        return inner.hasGivenUpOn(failure, verdict);
    }

    /** The signal for circuit and budget if an inner call has given up on what the attempt ended with. */
    public Signal signalNested(Verdict verdict, @Nullable Circuit circuit) {
        return inner.isCountedFor(circuit) ? Signal.NONE : verdict.signal();
    }

    /** The verdict on the end of the attempt, considering what it did before. */
    public Verdict judge(Verdict verdict, CompiledPolicy policy) {
        Verdict known = answers.withExpected(verdict);
        AttemptEffects any = noted;
        if (any == null) {
            return known;
        }
        boolean mismatched = counts(any, SideEffect.Kind.MISMATCHED_KEY) && STOPPED_BY_MISMATCH.contains(known.kind());
        RetryEvent.Effect once = mismatched || known.kind() == Kind.RETRYABLE ? unrepeatable(policy) : null;
        if (once == null) {
            return known;
        }
        Verdict unrepeatable = known.as(Kind.NOT_IDEMPOTENT).by(ruleOf(once.kind()));
        return mismatched ? unrepeatable.withSignal(Signal.NONE) : unrepeatable;
    }

    /** Whatever the failure means by itself, the effect decided that the attempt is not repeated. */
    private static String ruleOf(SideEffect.Kind effect) {
        return switch (effect) {
            case COMMIT -> "a commit in the attempt";
            case MISMATCHED_KEY -> "a request that differs from the one with its idempotency key";
            case AMBIGUOUS_KEY, FORGOTTEN_KEY -> "a request whose idempotency key is lost";
            case WITHOUT_KEY -> "a request without an idempotency key";
            case WITH_KEY, WATCHED -> "a request that must not be repeated";
            case UNWATCHED -> "a request of a client that is not instrumented";
        };
    }

    public AnswerNotes answers() {
        return answers;
    }

    /**
     * Records the response to the last request of the attempt, and of all enclosing attempts; null if it was
     * successful, or if there was none.
     */
    public void noteAnswer(@Nullable PeerAnswer answer) {
        if (answers.hasEnded() || isAbandoned()) {
            return;
        }
        for (AttemptRecord notes = this; notes != null; notes = notes.enclosing()) {
            notes.answers.note(answer);
        }
    }

    /** An effect that the policy does not allow to be repeated; null if there was none. */
    public synchronized RetryEvent.@Nullable Effect unrepeatable(CompiledPolicy policy) {
        AttemptEffects any = noted;
        return any == null ? null : any.effects.unrepeatable(policy);
    }

    /**
     * Another attempt begins, which repeats what this one has left undone.
     *
     * @return what was done, also since it was judged, that the policy does not allow to be repeated; null if nothing
     *     was
     */
    public RetryEvent.@Nullable Effect repeat(CompiledPolicy policy) {
        repeated = true;
        return unrepeatable(policy);
    }

    /** Whether an effect that was just added would happen again in an attempt that has followed this one. */
    public boolean isLeftToAnother(SideEffect.Kind kind) {
        for (AttemptRecord notes = this; notes != null; notes = notes.enclosing()) {
            if (notes.repeated && !notes.key.allows(kind)) {
                return true;
            }
        }
        return false;
    }

    /** Adds the effect here and in all enclosing attempts. */
    public void add(RecordedSideEffect effect) {
        for (AttemptRecord notes = this; notes != null; notes = notes.enclosing()) {
            notes.count(effect.kind(), 1, effect.what());
        }
    }

    /** Removes the effect wherever it was added. */
    void remove(RecordedSideEffect effect) {
        for (AttemptRecord notes = this; notes != null; notes = notes.enclosing()) {
            notes.count(effect.kind(), -1, null);
        }
    }

    private synchronized void count(SideEffect.Kind kind, int more, @Nullable String what) {
        known().effects.count(kind, more, what);
    }

    /** Whether the attempt had an effect of this kind. */
    public boolean has(SideEffect.Kind kind) {
        AttemptEffects known = noted;
        return known != null && counts(known, kind);
    }

    private synchronized boolean counts(AttemptEffects known, SideEffect.Kind kind) {
        return known.effects.has(kind);
    }

    /** Registers a callback that runs once if another attempt follows this one, or an enclosing one. */
    public void onRepeat(Runnable repeated) {
        for (AttemptRecord notes = this; notes != null; notes = notes.enclosing()) {
            notes.addRepeats(Set.of(repeated));
        }
    }

    private synchronized void addRepeats(Set<Runnable> repeated) {
        known().repeats.addAll(repeated);
    }

    /** The attempt is abandoned; the part of it that still runs no longer belongs to its call. */
    public void abandon() {
        abandoned = true;
    }

    /** Whether this attempt or an enclosing one was abandoned. */
    public boolean isAbandoned() {
        for (AttemptRecord notes = this; notes != null; notes = notes.enclosing()) {
            if (notes.abandoned) {
                return true;
            }
        }
        return false;
    }

    /**
     * Makes this attempt part of another one, which then did what this one did. From now on both count new effects, and
     * earlier ones are taken over, so nothing is lost in between.
     */
    public void within(@Nullable AttemptRecord outer) {
        if (outer == null && enclosing == null) {
            return;
        }
        AttemptRecord known;
        AttemptEffects untilNow;
        synchronized (this) {
            known = enclosing;
            enclosing = outer;
            untilNow = noted == null ? null : noted.lasting();
        }
        for (AttemptRecord notes = outer; notes != null && notes != known; notes = notes.enclosing()) {
            notes.answers.takeOver(answers);
            if (untilNow != null) {
                notes.takeOver(untilNow);
                notes.key().takeOver(notes, this);
            }
        }
    }

    private synchronized void takeOver(AttemptEffects inner) {
        known().effects.addAll(inner.effects);
        addRepeats(inner.repeats);
    }

    /** Whether an enclosing attempt needs the record of this one even if it succeeds. */
    public boolean concernsEnclosing() {
        AttemptEffects known = noted;
        return known != null && isCounting(known) || answers.last() != null;
    }

    private synchronized boolean isCounting(AttemptEffects known) {
        return !known.effects.isEmpty();
    }

    /** Registers a cleanup that runs once if another attempt follows. */
    public synchronized void onRetry(Runnable cleanup) {
        known().cleanups.add(cleanup);
    }

    /** Another attempt follows. */
    public void discard() {
        AttemptEffects known = noted;
        if (known == null) {
            return;
        }
        List<Runnable> due;
        synchronized (this) {
            due = new ArrayList<>(known.cleanups);
            due.addAll(known.repeats);
            known.cleanups.clear();
            known.repeats.clear();
        }
        due.forEach(AttemptRecord::runQuietly);
    }

    private static void runQuietly(Runnable cleanup) {
        try {
            cleanup.run();
        } catch (Throwable failed) {
            // the retry does not depend on it
        }
    }

    public IdempotencyKeyBase key() {
        return key;
    }

    @Nullable
    public AttemptRecord enclosing() {
        return enclosing;
    }

    /** Guarded by this object's lock. */
    private AttemptEffects known() {
        AttemptEffects known = noted;
        if (known == null) {
            known = new AttemptEffects();
            noted = known;
        }
        return known;
    }
}
