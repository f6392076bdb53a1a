package dev.retrykit.spring.client;

import dev.retrykit.spring.failure.Answer;
import java.util.function.UnaryOperator;

/**
 * What an attempt of a guard returns. Its response is closed once another attempt is to follow; if none does after all,
 * since a circuit has opened meanwhile, the caller gets what is left of it.
 */
public final class GuardedResponse<R> implements Answer.Holder {

    private final Answer answer;
    private final UnaryOperator<R> close;
    private volatile R response;

    /**
     * A response that is open.
     *
     * @param response the client's own object
     * @param answer what it says about trying again
     * @param close closes the response, and returns what is left of it
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

    /** The response, or what is left of it. */
    public R response() {
        return response;
    }

    /** Another attempt follows, or at least was to, or nobody waits for the response any more. */
    public void discard() {
        response = close.apply(response);
    }
}
