package dev.retrykit.failure.book;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.JdkFailures;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.internal.book.ClassifierName;
import dev.retrykit.internal.book.Index;
import dev.retrykit.internal.book.IsolatedContext;
import dev.retrykit.internal.book.JudgmentContext;
import dev.retrykit.internal.book.Line;
import dev.retrykit.internal.book.MalformedLineException;
import dev.retrykit.time.TimeSource;
import java.lang.reflect.Member;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what failures mean by lines of text, each of which names a class and describes how to read its instances. In
 * a cause chain, the outermost failure for which a line applies decides; what lines say about HTTP methods, delays and
 * attempts applies anywhere in the chain. Immutable and thread-safe. Classes that are not on the class path are never
 * loaded.
 *
 * <pre>{@code
 * Map<String, String> lines = Map.of("com.acme.ApiException", "status(getCode, getResponseHeaders)");
 * RetryPolicy policy = RetryPolicy.builder()
 *         .classifier(FailureBook.of(lines, Instant::now))
 *         .build();
 * }</pre>
 */
public sealed class FailureBook implements FailureClassifier permits StandardBook {

    private static final int DEEPEST = 50;
    private static final Repeatable NOTHING = Repeatable.NOTHING;

    /** The library's own lines are read when the first failure is judged. */
    private final Supplier<Index> index;

    private final Supplier<Instant> clock;

    /** Called for causes and for failures that others hold, before the library's own book. */
    private final List<FailureClassifier> others;

    FailureBook(Supplier<Index> index, Supplier<Instant> clock) {
        this(index, clock, List.of());
    }

    private FailureBook(Supplier<Index> index, Supplier<Instant> clock, List<FailureClassifier> others) {
        this.index = index;
        this.clock = clock;
        this.others = others;
    }

    /**
     * Returns the library's own book: over a thousand classes of the libraries that applications call, of databases and
     * of the JDK.
     */
    public static FailureBook standard() {
        return Standard.BOOK;
    }

    /**
     * Returns the library's own book with another clock.
     *
     * @param clock the wall clock, for dates in headers
     */
    public static FailureBook standard(Supplier<Instant> clock) {
        return new StandardBook(clock);
    }

    /**
     * Creates a book from lines of the application.
     *
     * @param lines what classes mean, by their binary names, or by a pattern: {@code *.Name} for all classes with that
     *     simple name that have the accessors, {@code com.acme.*} for the classes of a package and of those below it,
     *     {@code *} for all classes
     * @param clock the wall clock, for dates in headers
     * @throws InvalidLineException for the first invalid line
     */
    public static FailureBook of(Map<String, String> lines, Supplier<Instant> clock) {
        return of(lines, Map.of(), clock);
    }

    /**
     * Creates a book from lines of the application, some of which are shown differently, such as lines with a
     * placeholder.
     *
     * @param lines what classes mean, as in {@link #of(Map, Supplier)}
     * @param shown the text that replaces a line in {@link #lines()} and in {@link Verdict#rule()}, by the same names;
     *     a line that is not in it is shown unchanged
     * @param clock the wall clock, for dates in headers
     * @throws InvalidLineException for the first invalid line
     */
    public static FailureBook of(Map<String, String> lines, Map<String, String> shown, Supplier<Instant> clock) {
        return of(lines, shown, clock, List.of());
    }

    /**
     * Creates a book from lines of the application whose clauses about other failures, such as {@code cause}, also use
     * classifiers.
     *
     * @param lines what classes mean, as in {@link #of(Map, Supplier)}
     * @param shown the text that replaces a line, as in {@link #of(Map, Map, Supplier)}
     * @param clock the wall clock, for dates in headers
     * @param others called in this order for a cause or a contained failure that no line knows, before the library's
     *     own book
     * @throws InvalidLineException for the first invalid line
     */
    public static FailureBook of(
            Map<String, String> lines,
            Map<String, String> shown,
            Supplier<Instant> clock,
            List<FailureClassifier> others) {
        try {
            Index index = Index.of(lines, shown);
            return new FailureBook(() -> index, clock, List.copyOf(others));
        } catch (MalformedLineException malformed) {
            throw new InvalidLineException(malformed);
        }
    }

    /** Classifies a failure, assuming that no effect may be repeated; null if no line knows the failure. */
    @Override
    public @Nullable Verdict classify(Throwable failure) {
        Throwable cause = Causes.causeOf(failure);
        Verdict verdict = judge(failure, cause);
        Verdict changed = change(verdict == null ? Verdict.unknown() : verdict, failure, cause, NOTHING);
        return changed.kind() == Kind.UNKNOWN ? null : changed;
    }

    /**
     * Returns what a failure means by itself, before {@link #change}; null if no line knows it.
     *
     * @param cause the failure's cause, passed because reading it takes a lock; null if it has none
     */
    public final @Nullable Verdict judge(Throwable failure, @Nullable Throwable cause) {
        return judge(failure, cause, null);
    }

    /**
     * Returns what a failure means by itself. An interruption takes precedence over all lines, except that an effect
     * stays unknown.
     *
     * @param reading the current judgment; null to begin one
     */
    @Nullable
    Verdict judge(Throwable failure, @Nullable Throwable cause, @Nullable JudgmentContext reading) {
        Verdict told = byLines(failure, cause, reading);
        Verdict end = told == null || told.kind() == Kind.NOT_IDEMPOTENT ? null : JdkFailures.end(failure, cause);
        return end != null && end.kind() == Kind.INTERRUPTED ? end : told;
    }

    /**
     * Applies what the lines add to a verdict, whichever rule decided: the failure is not transient if a request may
     * have taken effect, not before the time that the server asked for, and not at all if an inner layer has retried.
     *
     * @param cause the failure's cause; null if it has none
     * @param may what the policy allows to be repeated anyway
     */
    public final Verdict change(Verdict verdict, Throwable failure, @Nullable Throwable cause, Repeatable may) {
        Index known = index.get();
        Verdict changed = verdict;
        Throwable link = failure;
        for (int depth = 0; link != null && depth < DEEPEST; depth++) {
            for (int number : known.of(link)) {
                changed = known.line(number).change(changed, link, new Judgment(this, may));
            }
            link = depth == 0 ? cause : Causes.causeOf(link);
        }
        return changed;
    }

    /** Whether a failure, or one of its causes, reports the method of the HTTP request that failed. */
    public final boolean tellsMethod(Throwable failure) {
        return Causes.anyMatch(failure, this::hasMethod);
    }

    private boolean hasMethod(Throwable link) {
        Index known = index.get();
        for (int number : known.of(link)) {
            if (known.line(number).tellsMethod(link)) {
                return true;
            }
        }
        return false;
    }

    /** All lines, for display and for native images. */
    public List<BookLine> lines() {
        return index.get().lines().stream().map(FailureBook::shown).toList();
    }

    /**
     * Finds an accessor in a line that does not exist.
     *
     * @param type a class on the class path
     * @return the first missing accessor; null if all exist as far as the declared types show, or if there is no line
     *     for the class
     */
    public final @Nullable String missingAccessor(Class<?> type) {
        Line line = index.get().lineOf(type.getName());
        return line == null ? null : line.missingAccessor(type);
    }

    /**
     * Returns what the line about a class reads by reflection, as far as the declared types show: for native images.
     *
     * @return methods and fields; none if there is no line for the class
     */
    public final List<Member> membersOf(Class<?> type) {
        Line line = index.get().lineOf(type.getName());
        return line == null ? List.of() : line.membersOf(type);
    }

    static BookLine shown(Line line) {
        return new BookLine(line.heading(), line.type(), line.text(), line.accessors());
    }

    /**
     * Returns what the first line that applies says, from the outermost failure on. Allocates nothing if there is no
     * line.
     */
    @Nullable
    final Verdict byLines(Throwable failure, @Nullable Throwable cause, @Nullable JudgmentContext reading) {
        Index known = index.get();
        JudgmentContext judgement = reading;
        Throwable link = failure;
        for (int depth = 0; link != null && depth < DEEPEST; depth++) {
            int[] numbers = known.of(link);
            if (numbers.length > 0) {
                judgement = judgement == null ? new Judgment(this, NOTHING) : judgement;
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
     * Whether a line decides about a failure independently of its causes.
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

    /** The verdict of this book on causes; subclasses may know more. */
    @Nullable
    Verdict ofCauses(Throwable cause, JudgmentContext reading) {
        Throwable next = Causes.causeOf(cause);
        Verdict own = byLines(cause, next, reading);
        Verdict told = own == null ? JdkFailures.end(cause, next) : own;
        told = told == null ? byOthers(cause) : told;
        return told == null ? Standard.BOOK.ofCauses(cause, reading) : told;
    }

    private @Nullable Verdict byOthers(Throwable failure) {
        for (FailureClassifier other : others) {
            Verdict verdict = other.classify(failure);
            if (verdict != null && verdict.kind() != Kind.UNKNOWN) {
                return ClassifierName.named(verdict, other);
            }
        }
        return null;
    }

    Instant now() {
        return clock.get();
    }

    boolean isRefusal(Throwable failure, JudgmentContext reading) {
        Index known = index.get();
        for (int number : known.of(failure)) {
            if (known.line(number).isRefusal(failure, reading)) {
                return true;
            }
        }
        return false;
    }

    boolean isAnswered(Throwable failure) {
        Index known = index.get();
        for (int number : known.of(failure)) {
            if (known.line(number).isAnswered(failure)) {
                return true;
            }
        }
        return false;
    }

    /** The verdict on a failure that another one holds: of this book, or else of the standard book. */
    @Nullable
    Verdict ofAnother(Throwable failure, JudgmentContext reading) {
        Throwable cause = Causes.causeOf(failure);
        Verdict own = judge(failure, cause, reading);
        Verdict told = own == null ? byOthers(failure) : own;
        told = told == null ? Standard.BOOK.judge(failure, cause, reading) : told;
        return told == null
                ? null
                : Standard.BOOK.change(change(told, failure, cause, NOTHING), failure, cause, NOTHING);
    }

    /** Created on first use. */
    private static final class Standard {
        static final FailureBook BOOK = standard(TimeSource.system()::now);
    }
}
