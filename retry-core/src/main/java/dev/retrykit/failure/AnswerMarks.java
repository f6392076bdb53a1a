package dev.retrykit.failure;

import org.jspecify.annotations.Nullable;

/**
 * Finds in a failure what marks the answer that it reports. Whoever watches an HTTP client marks each answer with an object
 * that the client's exceptions keep, so that a failure of that client is told from those of other clients by identity.
 */
@FunctionalInterface
public interface AnswerMarks {

    /**
     * The object that marks an answer, if the answer is marked; another object that its client's exceptions keep, if not.
     *
     * @param failure what an attempt failed with, or a cause of it
     * @return null if the failure reports no answer, or keeps nothing of it
     */
    @Nullable
    Object of(Throwable failure);
}
