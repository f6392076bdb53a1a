package dev.retrykit.spring.idempotency.endpoint.content;

import java.util.Set;

/** Decides by its final status whether a response is stored. */
public final class Statuses {

    /**
     * Statuses that depend on the caller, the time, or other requests, so that another attempt may have a different
     * result.
     */
    private static final Set<Integer> PASSING = Set.of(401, 403, 408, 409, 425, 429);

    private Statuses() {}

    /** Whether the status means that the request had its effect. */
    public static boolean isSuccess(int status) {
        return status < 400;
    }

    /** Whether the response is stored; otherwise the key is freed. */
    public static boolean isKept(int status) {
        return status >= 200 && status < 500 && !PASSING.contains(status);
    }
}
