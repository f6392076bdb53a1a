package dev.retrykit.spring.idempotency.endpoint;

import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.server.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Thrown in a controller instead of a call: the request is answered with a replay, or is not executed. Has no stack
 * trace and does not indicate a failure.
 */
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient @Nullable Answer answer;
    private final transient @Nullable Problem problem;

    private RefusedException(@Nullable Answer answer, @Nullable Problem problem) {
        super("not executed: the request is a repeat, or its idempotency key is refused", null, false, false);
        this.answer = answer;
        this.problem = problem;
    }

    /** Creates an exception that leads to a replay. */
    static RefusedException replay(Answer answer) {
        return new RefusedException(answer, null);
    }

    /** Creates an exception that leads to a problem response. */
    static RefusedException with(Problem problem) {
        return new RefusedException(null, problem);
    }

    /** Returns the response to replay; null if there is none. */
    public @Nullable Answer answer() {
        return answer;
    }

    /** Returns the problem response; null for a replay. */
    public @Nullable Problem problem() {
        return problem;
    }
}
