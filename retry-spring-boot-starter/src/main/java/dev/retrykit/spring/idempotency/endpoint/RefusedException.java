package dev.retrykit.spring.idempotency.endpoint;

import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.server.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Leaves a controller in place of a call: the request has been answered before, or isn't carried out. It has no stack trace
 * and means no failure.
 */
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient @Nullable Answer answer;
    private final transient @Nullable Problem problem;

    private RefusedException(@Nullable Answer answer, @Nullable Problem problem) {
        super("not carried out: the request is a repeat, or its idempotency key is refused", null, false, false);
        this.answer = answer;
        this.problem = problem;
    }

    /** The same answer again. */
    static RefusedException replay(Answer answer) {
        return new RefusedException(answer, null);
    }

    /** Another answer. */
    static RefusedException with(Problem problem) {
        return new RefusedException(null, problem);
    }

    /** The answer to give again; null if there is none. */
    public @Nullable Answer answer() {
        return answer;
    }

    /** What to answer otherwise; null if there is an answer to give again. */
    public @Nullable Problem problem() {
        return problem;
    }
}
