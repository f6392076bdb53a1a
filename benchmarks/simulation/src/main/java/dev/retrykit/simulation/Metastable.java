package dev.retrykit.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * A database that serves 300 requests a second and is ten times slower above that, so that its clients' timeout of 1 s passes.
 * It gets 280 calls a second. An outage of 10 s is over, but the retries may keep it above its limit for ever.
 */
final class Metastable {

    static final int OUTAGE = 30;
    static final int OUTAGE_SECONDS = 10;
    static final int SECONDS = 180;
    static final double PER_SECOND = 280;

    private static final double LIMIT = 300;
    private static final double ANSWERED_AFTER = 200;
    private static final double SLOWER = 10;
    private static final double TIMEOUT = 1_000;

    /** Calls that come wholly at random pass the limit without any retry. */
    private static final double EVENNESS = 0.9;

    private Metastable() {}

    /** How the database notices that it has too much to do. */
    enum Measure {
        QUARTER(250),
        SECOND(1_000),
        AVERAGE(0);

        private final double window;

        Measure(double window) {
            this.window = window;
        }
    }

    static Fleet run(Style style, int clients, Measure measure) {
        return run(style, clients, measure, 280L + clients * 3L + measure.ordinal());
    }

    static Fleet run(Style style, int clients, Measure measure, long seed) {
        World world = new World(seed);
        Fleet fleet = new Fleet(world, new Database(world, measure), TIMEOUT, EVENNESS, style, clients);
        fleet.run(SECONDS * 1_000.0, second -> PER_SECOND);
        return fleet;
    }

    private static final class Database implements Fleet.Server {

        /** How fast an average forgets: by 1/e in a second. */
        private static final double MEMORY = 1_000;

        private final World world;
        private final Measure measure;
        private final Deque<Double> arrivals = new ArrayDeque<>();
        private double average;
        private double averagedAt;

        Database(World world, Measure measure) {
            this.world = world;
            this.measure = measure;
        }

        @Override
        public void request(CompletableFuture<Boolean> reply) {
            double now = world.now();
            boolean slow = perSecond(now) > LIMIT;
            boolean down = now >= OUTAGE * 1_000.0 && now < (OUTAGE + OUTAGE_SECONDS) * 1_000.0;
            if (!down) {
                world.after(slow ? ANSWERED_AFTER * SLOWER : ANSWERED_AFTER, () -> reply.complete(true));
            }
        }

        private double perSecond(double now) {
            if (measure == Measure.AVERAGE) {
                average = average * Math.exp((averagedAt - now) / MEMORY) + 1_000 / MEMORY;
                averagedAt = now;
                return average;
            }
            arrivals.add(now);
            while (arrivals.getFirst() <= now - measure.window) {
                arrivals.removeFirst();
            }
            return arrivals.size() * 1_000 / measure.window;
        }
    }
}
