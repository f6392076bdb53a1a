package dev.retrykit.internal.decision;

import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.failure.AttemptOverException;
import dev.retrykit.failure.Causes;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.KnownFailures;
import dev.retrykit.failure.PeerBusyException;
import dev.retrykit.failure.RetryHint;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.TimeBudgetSpentException;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.failure.book.Repeatable;
import dev.retrykit.http.AnswerRules;
import dev.retrykit.internal.book.ClassifierName;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The verdict on a failure under one policy. The rules are evaluated in a fixed order that is part of the public contract:
 * abort-on, a veto or a hint, statuses, retry-on, the classifiers, the failure book. The signal about the dependency
 * does not depend on the policy's own lists. Whichever rule decides, what may have had an effect is not repeated, and
 * what an inner layer has retried is not retried again.
 *
 * @param abortOn failures that are never retried
 * @param retryOn failures that are retried in addition to the known ones
 * @param abortIf predicates, also tested with each cause, for failures that are never retried
 * @param retryIf predicates, also tested with each cause, for failures that are retried in addition to the known ones
 * @param classifiers called in this order
 * @param book consulted last
 * @param answers what responses of servers mean; statuses that the policy lists come before retryOn
 * @param known whether {@link KnownFailures} decide what is retried
 * @param may what the policy allows to be repeated anyway
 * @param multiplies whether what an inner layer has retried is retried again
 */
public record FailureRules(
        List<Class<? extends Throwable>> abortOn,
        List<Class<? extends Throwable>> retryOn,
        List<Predicate<? super Throwable>> abortIf,
        List<Predicate<? super Throwable>> retryIf,
        List<FailureClassifier> classifiers,
        FailureBook book,
        AnswerRules answers,
        boolean known,
        Repeatable may,
        boolean multiplies) {

    private static final String RETRIED = "retry-on";
    private static final Verdict RETRY_ON = Verdict.retryable().by(RETRIED);
    private static final String HINT = "the failure's own RetryHint";
    private static final Verdict BROKEN_CLASSIFIER = Verdict.notRetryable().by("a FailureClassifier that failed");
    private static final Verdict INTERRUPTED =
            Verdict.of(Kind.INTERRUPTED, Signal.NONE).by("an interruption");
    private static final Verdict OURS = Verdict.notRetryable().by("an inner call that did not run");
    private static final Verdict BUSY =
            Verdict.of(Kind.NOT_RETRYABLE, Signal.NONE).by("a server that asked for time");

    /**
     * Bounds classifications within a classification: an accessor or a classifier may itself classify a failure, even
     * the same one.
     */
    private static final int MOST_NESTED = 4;

    private static final ThreadLocal<int[]> NESTED = ThreadLocal.withInitial(() -> new int[1]);

    /**
     * Classifies a failure.
     *
     * @param answers the responses to the attempt's watched requests
     */
    public Verdict classify(Throwable failure, AnswerNotes answers) {
        int[] nested = NESTED.get();
        if (nested[0] == MOST_NESTED) {
            return BROKEN_CLASSIFIER;
        }
        nested[0]++;
        try {
            Throwable cause = Causes.causeOf(failure);
            Verdict own = settle(failure, cause, answers.last());
            Throwable reason = reason(failure);
            Verdict settled = reason == null ? own : byReason(reason, own, failure, answers.last());
            Verdict verdict = unrepeatable(settled, failure, cause, may);
            boolean forbidden = verdict.kind() == Kind.NOT_IDEMPOTENT && settled.kind() != Kind.NOT_IDEMPOTENT;
            return forbidden && isOfWatched(failure, answers)
                    ? unrepeatable(settled, failure, cause, new Repeatable(may.effects(), true))
                    : verdict;
        } catch (Throwable classifierFailed) {
            SuppressedFailures.addOnce(failure, classifierFailed);
            return BROKEN_CLASSIFIER;
        } finally {
            nested[0]--;
        }
    }

    /** The effects of a watched request are recorded, so its method alone does not decide. */
    private static boolean isOfWatched(Throwable failure, AnswerNotes answers) {
        return answers.hasFailure(failure) || answers.hasMarkOf(failure);
    }

    /** A failure that replaced another one is judged as that one, unless the policy names it or its effect is unknown. */
    private Verdict byReason(Throwable reason, Verdict own, Throwable failure, @Nullable PeerAnswer answer) {
        if (own.kind() == Kind.NOT_IDEMPOTENT
                || own.kind() == Kind.INTERRUPTED
                || isSelected(failure, abortOn, abortIf)
                || isSelected(failure, retryOn, retryIf)) {
            return own;
        }
        Throwable itsCause = Causes.causeOf(reason);
        Verdict told = unrepeatable(settle(reason, itsCause, answer), reason, itsCause, may);
        return told.kind() == Kind.UNKNOWN ? own : told;
    }

    /** Checks for the class first, because a failed check for an interface scans all interfaces of an object. */
    private @Nullable Throwable reason(Throwable failure) {
        for (int i = 0; i < classifiers.size(); i++) {
            FailureClassifier classifier = classifiers.get(i);
            Throwable reason = classifier instanceof FailureBook || !(classifier instanceof KnownFailures known)
                    ? null
                    : known.reason(failure);
            if (reason != null) {
                return reason;
            }
        }
        return null;
    }

    private Verdict settle(Throwable failure, @Nullable Throwable cause, @Nullable PeerAnswer answer) {
        Verdict own = ofRejection(general(failure, cause), failure, cause != null);
        Verdict general = answer == null || isOurs(failure) ? own : answer.judge(own, failure, answers);
        if (isSelected(failure, abortOn, abortIf)) {
            return general.as(Kind.NOT_RETRYABLE).withoutHint().by("abort-on");
        }
        if (general.kind() == Kind.VETOED || general.kind() == Kind.INTERRUPTED) {
            return general;
        }
        if (failure instanceof InterruptedException) {
            return INTERRUPTED;
        }
        if (Causes.unwrap(failure) instanceof RetryHint hint) {
            return hinted(general, failure, cause, hint);
        }
        boolean listed = own.status() != 0 && answers.statuses() != null;
        if (!listed && isSelected(failure, retryOn, retryIf)) {
            return retryable(general, failure, cause, RETRIED);
        }
        if (failure instanceof Error) {
            return general.as(Kind.NOT_RETRYABLE).by("an Error");
        }
        return known || listed ? general : withoutKnowledge(failure, cause, general);
    }

    private static boolean isSelected(
            Throwable failure, List<Class<? extends Throwable>> types, List<Predicate<? super Throwable>> predicates) {
        if (!types.isEmpty() && Causes.anyInstance(failure, types)) {
            return true;
        }
        for (int i = 0; i < predicates.size(); i++) {
            if (Causes.anyMatch(failure, predicates.get(i))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Transient or not as the application's own classifiers say, or as the response says if the policy lists statuses.
     */
    private Verdict withoutKnowledge(Throwable failure, @Nullable Throwable cause, Verdict general) {
        if (general.status() != 0 && answers.statuses() != null) {
            return general;
        }
        for (FailureClassifier classifier : classifiers) {
            Verdict verdict = classifier instanceof KnownFailures ? null : opinion(classifier, failure, cause);
            if (verdict != null) {
                return verdict.kind() == Kind.RETRYABLE
                        ? retryable(general, failure, cause, verdict.rule())
                        : general.as(verdict.kind()).by(verdict.rule());
            }
        }
        return general.as(Kind.NOT_RETRYABLE).by("known-failures: false");
    }

    /** Applies whichever rule decided: the decision never leads to a second effect or to a second layer of retries. */
    private Verdict unrepeatable(Verdict settled, Throwable failure, @Nullable Throwable cause, Repeatable allowed) {
        boolean repeatable = settled.kind() == Kind.NOT_IDEMPOTENT && allowed.effects();
        Verdict verdict = book.change(repeatable ? settled.as(Kind.RETRYABLE) : settled, failure, cause, allowed);
        for (int i = 0; i < classifiers.size(); i++) {
            if (classifiers.get(i) instanceof FailureBook lines) {
                verdict = lines.change(verdict, failure, cause, allowed);
            }
        }
        return verdict.kind() == Kind.NESTED && multiplies ? verdict.as(Kind.RETRYABLE) : verdict;
    }

    /**
     * The opinion of a classifier. The policy's list of statuses also applies to a status that an application's
     * classifier or the book reports; the library's other classifiers have already applied it.
     */
    private @Nullable Verdict opinion(FailureClassifier classifier, Throwable failure, @Nullable Throwable cause) {
        Verdict verdict =
                classifier instanceof FailureBook lines ? lines.judge(failure, cause) : classifier.classify(failure);
        if (verdict == null) {
            return null;
        }
        boolean looksUp = !(classifier instanceof FailureBook) && classifier instanceof KnownFailures;
        Verdict named = ClassifierName.named(verdict, classifier);
        return named.status() == 0 || looksUp ? named : answers.listed(named);
    }

    /** Naming a type in retry-on cannot make an effect safe to repeat, whatever other rules said about it. */
    private Verdict retryable(Verdict general, Throwable failure, @Nullable Throwable cause, @Nullable String rule) {
        if (general.kind() == Kind.NOT_IDEMPOTENT && !may.effects()) {
            return general;
        }
        Verdict effect = general.kind() == Kind.RETRYABLE || may.effects() ? null : unknownEffect(failure, cause);
        if (effect != null) {
            return effect;
        }
        Verdict named = general.as(Kind.RETRYABLE);
        return named.equals(RETRY_ON) && RETRIED.equals(rule) ? RETRY_ON : named.by(rule);
    }

    /**
     * A verdict that the effect is unknown, if there is one. Without classifiers, the book has been consulted already.
     */
    private @Nullable Verdict unknownEffect(Throwable failure, @Nullable Throwable cause) {
        for (int i = 0; i <= classifiers.size() && !classifiers.isEmpty(); i++) {
            Verdict verdict = opinion(i == classifiers.size() ? book : classifiers.get(i), failure, cause);
            if (verdict != null && verdict.kind() == Kind.NOT_IDEMPOTENT) {
                return verdict;
            }
        }
        return null;
    }

    /**
     * The first opinion wins, except that a server's veto comes before all of them, and that calling a failure
     * transient undoes neither an effect nor an interruption.
     */
    private Verdict general(Throwable failure, @Nullable Throwable cause) {
        Verdict first = null;
        boolean own = false;
        for (int i = 0; i < classifiers.size(); i++) {
            Verdict verdict = opinion(classifiers.get(i), failure, cause);
            if (verdict != null && verdict.kind() == Kind.VETOED) {
                return verdict;
            }
            own |= first == null && verdict != null && !(classifiers.get(i) instanceof KnownFailures);
            first = first == null || isUnknownEffect(first, verdict) ? verdict : first;
        }
        Verdict told = first == null || first.kind() == Kind.RETRYABLE ? opinion(book, failure, cause) : null;
        boolean interrupted = own && told != null && told.kind() == Kind.INTERRUPTED;
        first = first == null || interrupted || isUnknownEffect(first, told) ? told : first;
        if (first != null) {
            return first;
        }
        if (failure instanceof PeerBusyException busy) {
            return BUSY.withRetryAfter(busy.retryAfter());
        }
        return isOurs(failure) ? OURS : Verdict.unknown();
    }

    private static boolean isUnknownEffect(Verdict first, @Nullable Verdict verdict) {
        return first.kind() == Kind.RETRYABLE && verdict != null && verdict.kind() == Kind.NOT_IDEMPOTENT;
    }

    /** Whether a line reports the method of the HTTP request that failed. */
    public boolean tellsMethod(Throwable failure) {
        for (int i = 0; i < classifiers.size(); i++) {
            if (classifiers.get(i) instanceof FailureBook lines && lines.tellsMethod(failure)) {
                return true;
            }
        }
        return book.tellsMethod(failure);
    }

    /** A rejection has no signal for circuits and budgets: the dependency was not reached. */
    private static Verdict ofRejection(Verdict verdict, Throwable failure, boolean caused) {
        return (caused ? isRejected(failure) : isRejection(failure)) ? verdict.withSignal(Signal.NONE) : verdict;
    }

    /** Whether the failure is, or was caused by, a rejection before the dependency was reached. */
    public static boolean isRejected(Throwable failure) {
        return Causes.anyMatch(failure, FailureRules::isRejection);
    }

    /** Rejected by a circuit, a server that asked for time, or a full pool, or because the attempt was over. */
    private static boolean isRejection(Throwable failure) {
        return failure instanceof CircuitOpenException
                || failure instanceof PeerBusyException
                || failure instanceof AttemptOverException
                || failure instanceof RejectedExecutionException;
    }

    /** The end of an inner call without a failure of a dependency. */
    private static boolean isOurs(Throwable failure) {
        return failure instanceof CircuitOpenException
                || failure instanceof TimeBudgetSpentException
                || failure instanceof PeerBusyException
                || failure instanceof AttemptOverException;
    }

    private Verdict hinted(Verdict general, Throwable failure, @Nullable Throwable cause, RetryHint hint) {
        if (!hint.retryable()) {
            return general.as(Kind.NOT_RETRYABLE).withoutHint().by(HINT);
        }
        Verdict hinted = retryable(general, failure, cause, HINT);
        return hint.retryAfter().map(hinted::withRetryAfter).orElse(hinted);
    }
}
