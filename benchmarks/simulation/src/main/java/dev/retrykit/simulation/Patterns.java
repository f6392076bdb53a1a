package dev.retrykit.simulation;

import static dev.retrykit.simulation.Traffic.HOUR;
import static dev.retrykit.simulation.Traffic.MINUTE;
import static dev.retrykit.simulation.Traffic.SECOND;

import dev.retrykit.simulation.Traffic.Call;
import dev.retrykit.simulation.Traffic.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Traffic that isn't steady: rare calls, bursts, starts. Parts are of 1. */
final class Patterns {

    private static final double EVERY = 30 * SECOND;
    private static final int DAY = 2_880;
    private static final double DAYS_END = DAY * EVERY;

    private Patterns() {}

    /**
     * A call every 30 s for a day, of which so many first attempts fail, and of whose further ones a part fails at random. For
     * three minutes everything fails, unless there is no outage.
     *
     * @return how many of the calls in the last fifth of the day succeed
     */
    static double rare(Style style, int failing, double retriesFail, boolean outage, long seed) {
        World world = new World(seed);
        double down = 2 * HOUR;
        Traffic traffic = new Traffic(
                world,
                style,
                (call, attempt) -> Reply.refusedIf(attempt <= failing
                        || world.random().nextDouble() < retriesFail
                        || outage && world.now() >= down && world.now() < down + 3 * MINUTE));
        for (int call = 1; call <= DAY; call++) {
            traffic.callAfter(call * EVERY);
        }
        return traffic.run().success(0.8 * DAYS_END, DAYS_END + EVERY);
    }

    /** The same for a dependency that sleeps after 20 s without a request, and needs so many milliseconds to wake. */
    static double scaledToZero(Style style, double wakes, long seed) {
        World world = new World(seed);
        double[] last = {Double.NEGATIVE_INFINITY};
        double[] woken = {0};
        Traffic traffic = new Traffic(world, style, (call, attempt) -> {
            if (world.now() - last[0] > 20 * SECOND) {
                woken[0] = world.now() + wakes;
            }
            last[0] = world.now();
            return Reply.refusedIf(world.now() < woken[0]);
        });
        for (int call = 1; call <= DAY; call++) {
            traffic.callAfter(call * EVERY);
        }
        return traffic.run().success(0.8 * DAYS_END, DAYS_END + EVERY);
    }

    /**
     * A burst each 20 s, the fourth of which comes into a blip of 0.15 s.
     *
     * @return how many of that burst's calls succeed, over several seeds
     */
    static double blipInBurst(Style style, int calls) {
        return IntStream.range(0, 20)
                .mapToDouble(seed -> {
                    World world = new World(seed);
                    double blip = 80 * SECOND;
                    Traffic traffic = new Traffic(
                            world,
                            style,
                            (call, attempt) -> Reply.refusedIf(world.now() >= blip && world.now() < blip + 150));
                    for (int burst = 1; burst <= 6; burst++) {
                        for (int call = 0; call < calls; call++) {
                            traffic.callAfter(burst * 20 * SECOND);
                        }
                    }
                    return traffic.run().success(blip, blip + SECOND);
                })
                .average()
                .orElse(0);
    }

    /**
     * An application starts with so many calls at random times, and its dependency refuses for a while.
     *
     * @return how many of them succeed, over several seeds
     */
    static double start(Style style, int calls, double within, double refuses) {
        return IntStream.range(0, 40)
                .mapToDouble(seed -> {
                    World world = new World(seed);
                    Traffic traffic =
                            new Traffic(world, style, (call, attempt) -> Reply.refusedIf(world.now() < refuses));
                    for (int call = 0; call < calls; call++) {
                        traffic.callAfter(world.random().nextDouble() * within);
                    }
                    return traffic.run().success(0, within + SECOND);
                })
                .average()
                .orElse(0);
    }

    /** Calls at once, every 10 min, so many of which take a connection that died while it was idle. */
    static double deadConnections(Style style, int calls, int dead) {
        World world = new World(calls);
        Traffic traffic =
                new Traffic(world, style, (call, attempt) -> Reply.refusedIf(attempt == 1 && call % calls < dead));
        for (int burst = 0; burst < 6; burst++) {
            for (int call = 0; call < calls; call++) {
                traffic.callAfter(burst * 10 * MINUTE + 1);
            }
        }
        return traffic.run().success(0, HOUR);
    }

    /** 50 calls at once, 25 of which take a dead connection, and 100 a second from then on, for a minute. */
    static double morning(Style style) {
        World world = new World(50);
        Traffic traffic = new Traffic(world, style, (call, attempt) -> Reply.refusedIf(attempt == 1 && call < 25));
        for (int call = 0; call < 50; call++) {
            traffic.callAfter(1);
        }
        traffic.callAtRandom(100, 2, MINUTE);
        return traffic.run().success(0, 2 * MINUTE);
    }

    /**
     * A dependency that is dead for an hour, after ten good minutes.
     *
     * @return how many of the hour's calls are rejected without an attempt
     */
    static double dead(Style style, double perMinute) {
        World world = new World(Math.round(perMinute));
        double down = 10 * MINUTE;
        Traffic traffic = new Traffic(world, style, (call, attempt) -> Reply.refusedIf(world.now() >= down));
        traffic.callAtRandom(perMinute / 60, 0, down + HOUR);
        return Traffic.part(traffic.run().between(down, down + HOUR), call -> call.attempts == 0);
    }

    /**
     * Threads that call a dependency that hangs for ten minutes, each again a tenth of a second after its call has ended.
     *
     * @return how many of the calls begun after three minutes of it end in less than a tenth of a second
     */
    static double hanging(Style style, int threads, double timeout) {
        World world = new World(threads);
        double down = MINUTE;
        double up = 11 * MINUTE;
        Traffic traffic = new Traffic(
                world,
                style,
                (call, attempt) -> world.now() >= down && world.now() < up ? Reply.hangs(timeout) : Reply.FINE);
        for (int thread = 0; thread < threads; thread++) {
            world.after(world.random().nextDouble() * SECOND / 10, () -> goOn(world, traffic, up));
        }
        return Traffic.part(traffic.run().between(down + 3 * MINUTE, up), call -> call.took() < SECOND / 10);
    }

    private static void goOn(World world, Traffic traffic, double end) {
        if (world.now() < end) {
            traffic.call(() -> world.after(SECOND / 10, () -> goOn(world, traffic, end)));
        }
    }

    /**
     * One of ten endpoints behind a policy is dead, and the others fail 1 % at random, at 100 calls a second for ten minutes.
     *
     * @return how many of the calls to the others are lost
     */
    static double oneOfTen(Style style, long seed) {
        World world = new World(seed);
        Traffic traffic = new Traffic(
                world,
                style,
                (call, attempt) ->
                        Reply.refusedIf(call % 10 == 0 || world.random().nextDouble() < 0.01));
        traffic.callAtRandom(100, 0, 10 * MINUTE);
        List<Call> all = traffic.run().between(0, 10 * MINUTE);
        List<Call> healthy = new ArrayList<>();
        for (int call = 0; call < all.size(); call++) {
            if (call % 10 != 0) {
                healthy.add(all.get(call));
            }
        }
        return Traffic.part(healthy, call -> !call.succeeded);
    }

    /**
     * The most requests in a tenth of a second.
     *
     * @param before in 20 s of health
     * @param after in the 30 s after an outage of 20 s
     */
    record Peaks(long before, long after) {}

    /** Calls that wait for a circuit, so many a second. */
    static Peaks waiting(Style style, double perSecond) {
        World world = new World(Math.round(perSecond));
        double down = 20 * SECOND;
        double up = 40 * SECOND;
        Traffic traffic =
                new Traffic(world, style, (call, attempt) -> Reply.refusedIf(world.now() >= down && world.now() < up));
        traffic.callAtRandom(perSecond, 0, up + 30 * SECOND);
        traffic.run();
        return new Peaks(traffic.mostRequests(0, down), traffic.mostRequests(up, up + 40 * SECOND));
    }

    /**
     * Items that workers take in turn, 50 ms each, while the dependency is down for so many seconds.
     *
     * @return how many of 10,000 are lost
     */
    static long batch(Style style, int workers, double seconds) {
        World world = new World(workers);
        double down = 100 * SECOND / workers;
        Traffic traffic = new Traffic(
                world,
                style,
                (call, attempt) -> world.now() >= down && world.now() < down + seconds * SECOND
                        ? Reply.REFUSED
                        : new Reply(50, null));
        for (int worker = 0; worker < workers; worker++) {
            world.after(worker, () -> work(traffic));
        }
        return traffic.run().between(0, Double.POSITIVE_INFINITY).stream()
                .filter(call -> !call.succeeded)
                .count();
    }

    private static void work(Traffic traffic) {
        if (traffic.size() < 10_000) {
            traffic.call(() -> work(traffic));
        }
    }
}
