package dev.retrykit.failure.book;

import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A class of failures, and what they mean.
 *
 * @param heading the library
 * @param type the binary name of the class; {@code *.Name} for all classes with that simple name that have its
 *     accessors; with a leading {@code =} for the class without its subclasses
 * @param text its clauses, as they are written
 * @param clauses the clauses that decide, in the order of evaluation
 * @param changes the clauses that apply whichever rule decides
 */
record Line(String heading, String type, String text, List<Clause> clauses, List<Change> changes) {

    /** Prefix of a line by shape. */
    static final String ANY_PACKAGE = "*.";

    /** Prefix of a line that does not apply to subclasses. */
    static final String ITSELF = "=";

    /**
     * Returns what the line says about a failure; null if it does not apply. The status of the failure is kept,
     * whichever clause decides.
     */
    @Nullable
    Verdict decide(Throwable failure, JudgmentContext reading) {
        for (int i = 0; i < clauses.size(); i++) {
            Verdict verdict = clauses.get(i).decide(failure, reading);
            if (verdict != null) {
                boolean lacksStatus = verdict.status() == 0 && verdict.kind() != Kind.UNKNOWN;
                return lacksStatus ? withStatus(verdict, failure, reading) : verdict;
            }
        }
        return null;
    }

    private Verdict withStatus(Verdict verdict, Throwable failure, JudgmentContext reading) {
        for (int i = 0; i < clauses.size(); i++) {
            if (clauses.get(i) instanceof Clauses.Status status && status.code(failure) != 0) {
                Verdict answered = status.decide(failure, reading);
                return answered == null ? verdict : readOff(answered, verdict);
            }
        }
        return verdict;
    }

    private static Verdict readOff(Verdict answered, Verdict verdict) {
        Kind kind = answered.kind() == Kind.VETOED ? Kind.VETOED : verdict.kind();
        return new Verdict(kind, verdict.signal(), answered.retryAfterNanos(), answered.status(), verdict.rule());
    }

    /** All accessors. */
    List<PropertyPath> paths() {
        List<PropertyPath> paths = new ArrayList<>();
        clauses.forEach(clause -> paths.addAll(clause.paths()));
        changes.forEach(change -> paths.addAll(change.paths()));
        return paths;
    }

    /** Whether a class has all accessors of a line by shape. */
    boolean fits(Class<?> failure) {
        return paths().stream().allMatch(path -> path.beginsIn(failure));
    }
}
