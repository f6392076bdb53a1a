package dev.retrykit.simulation;

import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleUnaryOperator;

/**
 * A server whose answers take longer the more it has to do: 1 s, and 0.01 s more for each request in flight. Clients give up
 * after 3 s. It gets 40 calls a second; a short spike fills it, and retries can keep it full.
 */
final class Collapse {

    static final int SPIKE = 30;
    static final int OVER = SPIKE + 30;
    static final int SECONDS = 240;

    private static final double ALONE = 1_000;
    private static final double FOR_EACH_OTHER = 10;
    private static final double TIMEOUT = 3_000;
    private static final double PER_SECOND = 40;

    private Collapse() {}

    /** 80 calls a second for so many seconds. After 5 s an answer takes 2.9 s: whether one times out is chance. */
    static DoubleUnaryOperator spike(int seconds) {
        return spike(PER_SECOND, 2, seconds);
    }

    /** So many times the calls for so many seconds. */
    static DoubleUnaryOperator spike(double perSecond, double times, int seconds) {
        return second -> second >= SPIKE && second < SPIKE + seconds ? times * perSecond : perSecond;
    }

    /** Up to 80 calls a second in 15 s, and down again. */
    static DoubleUnaryOperator triangle() {
        return second -> {
            double fromTheTop = Math.abs(second - SPIKE - 15) / 15;
            return PER_SECOND * (1 + Math.max(0, 1 - fromTheTop));
        };
    }

    static Fleet run(Style style, int clients, DoubleUnaryOperator rate) {
        return run(style, clients, rate, SECONDS);
    }

    static Fleet run(Style style, int clients, DoubleUnaryOperator rate, int seconds) {
        return run(style, clients, rate, seconds, 40L + clients);
    }

    static Fleet run(Style style, int clients, DoubleUnaryOperator rate, int seconds, long seed) {
        World world = new World(seed);
        Fleet fleet = new Fleet(world, new Busy(world), TIMEOUT, 0, style, clients);
        fleet.run(seconds * 1_000.0, rate);
        return fleet;
    }

    private static final class Busy implements Fleet.Server {

        private final World world;
        private int inFlight;

        Busy(World world) {
            this.world = world;
        }

        @Override
        public void request(CompletableFuture<Boolean> reply) {
            inFlight++;
            world.after(ALONE + FOR_EACH_OTHER * inFlight, () -> {
                inFlight--;
                reply.complete(true);
            });
        }
    }
}
