package dev.retrykit.failure.book;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.failure.book.Chapter.Unparsed;
import dev.retrykit.time.TimeSource;
import java.lang.reflect.Member;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows what failures mean by lines of text, each of which names a class and tells how its instances say it. The outermost
 * failure of a cause chain of which a line says something decides; what lines say of methods, delays and attempts counts
 * wherever it stands. Immutable and thread-safe; nothing is loaded that isn't there.
 */
public sealed class FailureBook implements FailureClassifier permits StandardBook {

    private static final int DEEPEST = 50;
    private static final Repeatable NOTHING = Repeatable.NOTHING;

    /** Of the library's own lines, which are read when the first failure is judged. */
    private final Supplier<Index> index;

    private final Supplier<Instant> clock;

    FailureBook(Supplier<Index> index, Supplier<Instant> clock) {
        this.index = index;
        this.clock = clock;
    }

    /** The library's own: over a thousand classes of the libraries that applications call, databases and the JDK. */
    public static FailureBook standard() {
        return Standard.BOOK;
    }

    /**
     * The same.
     *
     * @param clock the wall clock, for dates in headers
     */
    public static FailureBook standard(Supplier<Instant> clock) {
        return new StandardBook(clock);
    }

    /**
     * An application's own lines.
     *
     * @param lines what classes mean, by their binary names, or by {@code *.Name} for all of that simple name that have the
     *     accessors
     * @param clock the wall clock, for dates in headers
     * @throws InvalidLineException for the first line that can't be read
     */
    public static FailureBook of(Map<String, String> lines, Supplier<Instant> clock) {
        return of(lines, Map.of(), clock);
    }

    /**
     * An application's own lines, some of which aren't shown as they are read, such as those with a placeholder in them.
     *
     * @param lines what classes mean, as above
     * @param shown what stands for a line in {@link #lines()} and in {@link Verdict#rule()}, by the same names; a line that isn't
     *     in it is shown as it is
     * @param clock the wall clock, for dates in headers
     * @throws InvalidLineException for the first line that can't be read
     */
    public static FailureBook of(Map<String, String> lines, Map<String, String> shown, Supplier<Instant> clock) {
        List<Unparsed> unparsed = new ArrayList<>();
        lines.forEach((type, text) -> unparsed.add(new Unparsed("", type, text, shown.getOrDefault(type, text))));
        Index index = new Index(unparsed);
        index.lines();
        return new FailureBook(() -> index, clock);
    }

    /** What a failure means as long as nothing may be repeated of which that isn't known; null if nothing knows it. */
    @Override
    public @Nullable Verdict classify(Throwable failure) {
        Throwable cause = Causes.causeOf(failure);
        Verdict verdict = judge(failure, cause);
        Verdict changed = change(verdict == null ? Verdict.unknown() : verdict, failure, cause, NOTHING);
        return changed.kind() == Kind.UNKNOWN ? null : changed;
    }

    /**
     * What a failure means by itself, before {@link #change}; null if nothing knows it.
     *
     * @param cause its cause, which takes a lock to ask; null if it has none
     */
    public final @Nullable Verdict judge(Throwable failure, @Nullable Throwable cause) {
        return judge(failure, cause, null);
    }

    /**
     * The same.
     *
     * @param reading the judgement that asks; null if one begins
     */
    @Nullable
    Verdict judge(Throwable failure, @Nullable Throwable cause, @Nullable JudgmentContext reading) {
        return byLines(failure, cause, reading);
    }

    /**
     * What a failure means, after all, to whoever has decided: not transient if a request may have been done, not before the
     * time that the peer asked for, and not at all if an inner layer has retried.
     *
     * @param cause its cause; null if it has none
     * @param may what may be repeated all the same
     */
    public final Verdict change(Verdict verdict, Throwable failure, @Nullable Throwable cause, Repeatable may) {
        Index known = index.get();
        Verdict changed = verdict;
        Throwable link = failure;
        for (int depth = 0; link != null && depth < DEEPEST; depth++) {
            for (int number : known.of(link)) {
                List<Change> changes = known.line(number).changes();
                for (int i = 0; i < changes.size(); i++) {
                    changed = changes.get(i).change(changed, link, may, new Judgment(this));
                }
            }
            link = depth == 0 ? cause : Causes.causeOf(link);
        }
        return changed;
    }

    /** Whether a failure, or one of its causes, tells the method of the HTTP request that failed. */
    public final boolean tellsMethod(Throwable failure) {
        return Causes.anyMatch(failure, this::hasMethod);
    }

    private boolean hasMethod(Throwable link) {
        Index known = index.get();
        for (int number : known.of(link)) {
            for (Change change : known.line(number).changes()) {
                if (change.tellsMethod(link)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** All lines, for people and for native images. */
    public List<BookLine> lines() {
        return index.get().lines().stream().map(FailureBook::shown).toList();
    }

    /**
     * An accessor in a line that doesn't exist.
     *
     * @param type a class that is there
     * @return the line's accessor; null if all exist, as far as the declared types tell, and if there is no line for the class
     */
    public final @Nullable String missingAccessor(Class<?> type) {
        Line line = index.get().lineOf(type.getName());
        if (line == null) {
            return null;
        }
        for (PropertyPath path : line.paths()) {
            boolean isOfAll = type.isInterface() && path.missingIn(Throwable.class) == null;
            if (path.missingIn(type) != null && !isOfAll) {
                return path.text();
            }
        }
        return line.clauses().stream()
                .filter(clause -> clause instanceof Clauses.Label label
                        && Labels.find(type, label.method()).isEmpty())
                .map(clause -> ((Clauses.Label) clause).method())
                .findFirst()
                .orElse(null);
    }

    /**
     * What the line about a class reads by reflection, as far as declared types tell: for native images.
     *
     * @return methods and fields; none if there is no line for the class
     */
    public final List<Member> membersOf(Class<?> type) {
        Line line = index.get().lineOf(type.getName());
        List<Member> members = new ArrayList<>();
        if (line != null) {
            line.paths().forEach(path -> members.addAll(path.membersIn(type)));
            for (Clause clause : line.clauses()) {
                if (clause instanceof Clauses.Label label) {
                    Labels.find(type, label.method()).ifPresent(members::add);
                }
            }
        }
        return members;
    }

    private static BookLine shown(Line line) {
        return new BookLine(
                line.heading(),
                line.type(),
                line.text(),
                line.paths().stream().map(PropertyPath::text).toList());
    }

    /** What the first line says that says anything, from the outermost failure on. Makes no object where there is no line. */
    @Nullable
    final Verdict byLines(Throwable failure, @Nullable Throwable cause, @Nullable JudgmentContext reading) {
        Index known = index.get();
        JudgmentContext judgement = reading;
        Throwable link = failure;
        for (int depth = 0; link != null && depth < DEEPEST; depth++) {
            int[] numbers = known.of(link);
            if (numbers.length > 0) {
                judgement = judgement == null ? new Judgment(this) : judgement;
                Verdict verdict = ofLink(known, numbers, link, judgement);
                if (verdict != null) {
                    return verdict;
                }
            }
            link = depth == 0 ? cause : Causes.causeOf(link);
        }
        return null;
    }

    /**
     * Whether a line says what a failure means whatever its causes are.
     *
     * @param failure one link of a chain
     */
    public final boolean knowsAlone(Throwable failure) {
        Index known = index.get();
        int[] numbers = known.of(failure);
        return numbers.length > 0 && ofLink(known, numbers, failure, new IsolatedContext(clock)) != null;
    }

    private static @Nullable Verdict ofLink(Index known, int[] numbers, Throwable link, JudgmentContext reading) {
        for (int number : numbers) {
            Verdict verdict = known.line(number).decide(link, reading);
            if (verdict != null) {
                return verdict.kind() == Kind.UNKNOWN ? null : verdict;
            }
        }
        return null;
    }

    /** What causes mean to this book. Others may know more. */
    @Nullable
    Verdict ofCauses(Throwable cause, JudgmentContext reading) {
        Verdict own = byLines(cause, Causes.causeOf(cause), reading);
        return own == null ? Standard.BOOK.ofCauses(cause, reading) : own;
    }

    Instant now() {
        return clock.get();
    }

    boolean isRefusal(Throwable failure, JudgmentContext reading) {
        Index known = index.get();
        for (int number : known.of(failure)) {
            for (Clause clause : known.line(number).clauses()) {
                if (clause instanceof Clauses.Status status && status.isRefusal(failure, reading)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** What a failure that another one holds means: to this book, or to those who know more. */
    @Nullable
    Verdict ofAnother(Throwable failure, JudgmentContext reading) {
        Throwable cause = Causes.causeOf(failure);
        Verdict own = judge(failure, cause, reading);
        Verdict told = own == null ? Standard.BOOK.judge(failure, cause, reading) : own;
        return told == null
                ? null
                : Standard.BOOK.change(change(told, failure, cause, NOTHING), failure, cause, NOTHING);
    }

    /** Made when somebody asks for it. */
    private static final class Standard {
        static final FailureBook BOOK = standard(TimeSource.system()::now);
    }
}
