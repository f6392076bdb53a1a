package dev.retrykit.spring.http;

import dev.retrykit.spring.failure.Answer;

/**
 * What an attempt of a guard returns. Its response is closed once another attempt is to follow; if none does after all,
 * since a circuit has opened meanwhile, the caller gets what is left of it.
 */
public final class Answered<R> implements Answer.Holder {

    private final Answer answer;
    private volatile R response;

    /**
     * A response that is open.
     *
     * @param response the client's own object
     * @param answer what it says about trying again
     */
    public Answered(R response, Answer answer) {
        this.response = response;
        this.answer = answer;
    }

    @Override
    public Answer answer() {
        return answer;
    }

    /** The response, or what is left of it. */
    public R response() {
        return response;
    }

    /** It is closed; this is left of it. */
    public void replace(R rest) {
        response = rest;
    }
}
