package dev.retrykit.internal.decision;

import dev.retrykit.failure.ResultClassifier;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.internal.book.ClassifierName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The verdict on a returned value under one policy.
 *
 * @param classifiers called in this order; the first opinion wins
 */
public record ResultRules(List<ResultClassifier> classifiers) {

    /** The value is returned, and nothing counts against the dependency. */
    private static final Verdict BROKEN_CLASSIFIER =
            Verdict.of(Verdict.Kind.NOT_RETRYABLE, Signal.SUCCESS).by("a ResultClassifier that failed");

    /** Whether the value ends the call as a success. */
    public boolean accepts(@Nullable Object result) {
        return classifiers.isEmpty() || classify(result) == null;
    }

    /** The verdict on a rejected value; null for a good one. Never throws. */
    @Nullable
    public Verdict classify(@Nullable Object result) {
        try {
            // by index: an iterator would allocate an object for each successful call
            for (int i = 0; i < classifiers.size(); i++) {
                Verdict verdict = classifiers.get(i).classify(result);
                if (verdict != null) {
                    return ClassifierName.named(verdict, classifiers.get(i));
                }
            }
            return null;
        } catch (Throwable classifierFailed) {
            return BROKEN_CLASSIFIER;
        }
    }

    /** The HTTP status of a value; 0 if it has none. Never throws. */
    public int status(@Nullable Object result) {
        try {
            for (ResultClassifier classifier : classifiers) {
                int status = classifier.status(result);
                if (status != 0) {
                    return status;
                }
            }
            return 0;
        } catch (Throwable classifierFailed) {
            return 0;
        }
    }
}
