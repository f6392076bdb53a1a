package dev.retrykit.spring.failure;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.KnownFailures;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A right that the caller hasn't got, and arguments that aren't valid: nothing that a dependency did. Known by their
 * names, so that neither library has to be there.
 */
public final class CallerFailures implements KnownFailures {

    private static final Set<String> NAMES = Set.of(
            "org.springframework.security.access.AccessDeniedException",
            "jakarta.validation.ConstraintViolationException");

    /** Without state. */
    public CallerFailures() {}

    @Override
    public @Nullable Verdict classify(Throwable failure) {
        for (Throwable link : Causes.chain(failure)) {
            if (TypeNames.isOneOf(link, NAMES)) {
                boolean knownBetter = FailureClassifier.jdk().classify(failure) != null;
                return knownBetter ? null : Verdict.of(Kind.NOT_RETRYABLE, Signal.NONE);
            }
        }
        return null;
    }
}
