package dev.retrykit.failure;

import org.jspecify.annotations.Nullable;

/**
 * Finds in a failure the mark of the response that it reports. Code that watches an HTTP client marks each response
 * with an object that the client's exceptions keep. So a failure of that client is distinguished by identity from the
 * failures of other clients.
 */
@FunctionalInterface
public interface AnswerMarks {

    /**
     * Returns the object that marks a response. If the response is not marked, returns another object that the client's
     * exceptions keep.
     *
     * @param failure what an attempt failed with, or a cause of it
     * @return null if the failure reports no response, or keeps nothing of it
     */
    @Nullable
    Object of(Throwable failure);
}
