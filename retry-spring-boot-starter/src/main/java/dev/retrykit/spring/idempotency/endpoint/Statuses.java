package dev.retrykit.spring.idempotency.endpoint;

import java.util.Set;

/** Which answers a repeat gets again, by their final status. */
final class Statuses {

    /** Another try may be answered otherwise: who asks, when, or what else goes on decides. */
    private static final Set<Integer> PASSING = Set.of(401, 403, 408, 409, 425, 429);

    private Statuses() {}

    /** Whether an answer says that the request had the effect that it is there for. */
    static boolean isSuccess(int status) {
        return status < 400;
    }

    /** Whether an answer is kept; otherwise it frees the key. */
    static boolean isKept(int status) {
        return status >= 200 && status < 500 && !PASSING.contains(status);
    }
}
