package dev.retrykit.internal.book;

import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.internal.foreign.Labels;
import dev.retrykit.internal.foreign.PropertyPath;
import java.lang.reflect.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A class of failures, and what they mean.
 *
 * @param heading the library
 * @param type the binary name of the class; {@code *.Name} for all classes with that simple name that have its
 *     accessors; {@code com.acme.*} for the classes of a package and of those below it; {@code *} for all classes; with
 *     a leading {@code =} for the class without its subclasses
 * @param text its clauses, as they are written
 * @param clauses the clauses that decide, in the order of evaluation
 * @param changes the clauses that apply whichever rule decides
 */
public record Line(String heading, String type, String text, List<Clause> clauses, List<Change> changes) {

    /** Prefix of a line by shape. */
    static final String ANY_PACKAGE = "*.";

    /** Suffix of a line for the classes of a package and of the packages below it. */
    static final String ANY_CLASS = ".*";

    /** The name of a line for all classes. */
    static final String EVERY_CLASS = "*";

    /** Prefix of a line that does not apply to subclasses. */
    static final String ITSELF = "=";

    /**
     * Returns what the line says about a failure; null if it does not apply. The status of the failure is kept,
     * whichever clause decides.
     */
    public @Nullable Verdict decide(Throwable failure, JudgmentContext reading) {
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

    /** Returns a verdict, whichever rule decided, as changed by a failure that the line is about. */
    public Verdict change(Verdict verdict, Throwable failure, JudgmentContext reading) {
        Verdict changed = verdict;
        for (int i = 0; i < changes.size(); i++) {
            changed = changes.get(i).change(changed, failure, reading);
        }
        return changed;
    }

    /** Whether the failure reports the method of the HTTP request that failed. */
    public boolean tellsMethod(Throwable failure) {
        for (Change change : changes) {
            if (change.tellsMethod(failure)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the failure reports that the response was 429, or 503 with a time to retry. */
    public boolean isRefusal(Throwable failure, JudgmentContext reading) {
        for (Clause clause : clauses) {
            if (clause instanceof Clauses.Status status && status.isRefusal(failure, reading)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the failure reports a status, be it one of success: the request was sent. */
    public boolean isAnswered(Throwable failure) {
        for (Clause clause : clauses) {
            if (clause instanceof Clauses.Status status && status.isAnswered(failure)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Finds an accessor of the line that a class does not have.
     *
     * @return the first missing accessor; null if all exist as far as the declared types show
     */
    public @Nullable String missingAccessor(Class<?> type) {
        for (PropertyPath path : paths()) {
            boolean isOfAll = type.isInterface() && path.missingIn(Throwable.class) == null;
            if (path.missingIn(type) != null && !isOfAll) {
                return path.text();
            }
        }
        return labelMethods()
                .filter(method -> Labels.find(type, method).isEmpty())
                .findFirst()
                .orElse(null);
    }

    /** The methods and fields that the line reads by reflection, as far as the declared types show. */
    public List<Member> membersOf(Class<?> type) {
        List<Member> members = new ArrayList<>();
        paths().forEach(path -> members.addAll(path.membersIn(type)));
        labelMethods().forEach(method -> Labels.find(type, method).ifPresent(members::add));
        return members;
    }

    private Stream<String> labelMethods() {
        return clauses.stream()
                .filter(Clauses.Label.class::isInstance)
                .map(label -> ((Clauses.Label) label).accessor().method());
    }

    /** The accessors that it reads. */
    public List<String> accessors() {
        return paths().stream().map(PropertyPath::text).toList();
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
