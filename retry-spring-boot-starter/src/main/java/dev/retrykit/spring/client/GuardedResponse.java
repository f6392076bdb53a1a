package dev.retrykit.spring.client;

import dev.retrykit.spring.failure.http.Answer;
import java.util.function.UnaryOperator;

/**
 * The result of a guarded attempt. Its response is closed before the next attempt; if that attempt does not happen,
 * because a circuit has opened meanwhile, the caller gets what remains of the response.
 */
public final class GuardedResponse<R> implements Answer.Holder {

    private final Answer answer;
    private final UnaryOperator<R> close;
    private volatile R response;

    /**
     * Creates the result for an open response.
     *
     * @param response the client's own object
     * @param answer what the response says about retrying
     * @param close closes the response and returns what remains of it
     */
    public GuardedResponse(R response, Answer answer, UnaryOperator<R> close) {
        this.response = response;
        this.answer = answer;
        this.close = close;
    }

    @Override
    public Answer answer() {
        return answer;
    }

    /** Returns the response, or what remains of it. */
    public R response() {
        return response;
    }

    /** Closes the response because another attempt is planned or no caller waits for it. */
    public void discard() {
        response = close.apply(response);
    }
}
