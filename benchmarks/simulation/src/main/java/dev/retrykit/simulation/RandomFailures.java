package dev.retrykit.simulation;

import java.net.ConnectException;

/**
 * A server that fails at random, and nothing else: what retries win, and what they cost (Brooker, "Fixing retries with token
 * buckets and circuit breakers", 2022).
 */
final class RandomFailures {

    private static final double ANSWERED_AFTER = 10;
    private static final double TIMEOUT = 1_000;
    private static final int WARM_UP = 10;
    private static final int SECONDS = 30;

    private RandomFailures() {}

    /**
     * What becomes of the calls.
     *
     * @param success the part that succeeds
     * @param load requests that the server gets for each call
     */
    record Result(double success, double load) {}

    static Result run(Style style, int clients, double perSecond, double failureRate) {
        World world = new World(Math.round(failureRate * 1_000) + clients * 7L);
        Fleet fleet = new Fleet(
                world,
                reply -> world.after(ANSWERED_AFTER, () -> {
                    if (world.random().nextDouble() < failureRate) {
                        reply.completeExceptionally(new ConnectException("failed at random"));
                    } else {
                        reply.complete(true);
                    }
                }),
                TIMEOUT,
                0,
                style,
                clients);
        fleet.run((WARM_UP + SECONDS) * 1_000.0, second -> perSecond);
        return new Result(fleet.success(WARM_UP, WARM_UP + SECONDS), fleet.load(WARM_UP, WARM_UP + SECONDS));
    }
}
