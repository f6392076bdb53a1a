package dev.retrykit.failure.book;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.JdkFailures;
import dev.retrykit.failure.KnownFailures;
import dev.retrykit.failure.Verdict;
import dev.retrykit.internal.book.Index;
import dev.retrykit.internal.book.JudgmentContext;
import dev.retrykit.internal.book.SqlCodes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The library's own book. The decisive JDK rules (an interruption, an invalid certificate) come before
 * its lines; a missing file and network failures come after them, and errors of the caller last.
 */
final class StandardBook extends FailureBook implements KnownFailures {

    /** Read when the first failure is judged. */
    private static final class Lines {

        static final Index INDEX = Index.standard();
    }

    StandardBook(Supplier<Instant> clock) {
        super(() -> Lines.INDEX, clock);
    }

    @Override
    @Nullable
    Verdict judge(Throwable failure, @Nullable Throwable cause, @Nullable JudgmentContext reading) {
        Verdict end = JdkFailures.end(failure, cause);
        if (end != null) {
            return end.kind() == Verdict.Kind.RETRYABLE ? afterTimeout(end, failure, cause, reading) : end;
        }
        Verdict told = byLines(failure, cause, reading);
        return told == null ? JdkFailures.rest(failure, cause) : told;
    }

    /** The failure with which an interrupted attempt ended may still say that it had its effect. */
    private Verdict afterTimeout(
            Verdict end, Throwable failure, @Nullable Throwable cause, @Nullable JudgmentContext reading) {
        Verdict late = byLines(failure, cause, reading);
        return late != null && late.kind() == Verdict.Kind.NOT_IDEMPOTENT ? late : end;
    }

    @Override
    @Nullable
    Verdict ofCauses(Throwable cause, JudgmentContext reading) {
        Throwable next = Causes.causeOf(cause);
        Verdict told = byLines(cause, next, reading);
        return told == null ? JdkFailures.ofChain(cause, next) : told;
    }

    @Override
    public List<BookLine> lines() {
        List<BookLine> lines = new ArrayList<>(super.lines());
        SqlCodes.standard().lines().forEach(line -> lines.add(shown(line)));
        return lines;
    }
}
