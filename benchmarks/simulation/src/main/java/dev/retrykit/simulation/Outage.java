package dev.retrykit.simulation;

import dev.retrykit.circuit.CircuitState;
import dev.retrykit.simulation.World.Change;
import java.net.ConnectException;
import java.util.HashMap;
import java.util.Map;

/** A server that is gone for a while, so that it refuses connections, and then is there as before. */
final class Outage {

    static final double BEGIN = 30;
    static final double AFTERWARDS = 90;

    private static final double SECOND = 1_000;
    private static final double ANSWERED_AFTER = 10;
    private static final double TIMEOUT = 1_000;

    private Outage() {}

    /**
     * What it did to the calls, and the calls to it.
     *
     * @param success the part of the calls in the outage that succeeds, by a later attempt
     * @param load requests for each call in the outage
     * @param opened how many circuits opened
     * @param probes requests to the dead server, for each circuit, after all had opened; 0 if not all did
     * @param mostProbes the most of them in a tenth of a second
     * @param closed the mean of the seconds from the end of the outage until a circuit that opened closed again
     * @param lastClosed the most of those seconds; infinite if one stays open
     * @param fleet all of it
     */
    record Result(
            double success,
            double load,
            long opened,
            double probes,
            double mostProbes,
            double closed,
            double lastClosed,
            Fleet fleet) {}

    /**
     * An outage.
     *
     * @param perClient calls of a client, per second
     * @param seconds how long it takes
     */
    static Result run(Style style, int clients, double perClient, double seconds) {
        World world = new World(60L + clients);
        double end = BEGIN + seconds;
        Fleet fleet = new Fleet(
                world,
                reply -> world.after(ANSWERED_AFTER, () -> {
                    if (world.now() >= BEGIN * SECOND && world.now() < end * SECOND) {
                        reply.completeExceptionally(new ConnectException("refused"));
                    } else {
                        reply.complete(true);
                    }
                }),
                TIMEOUT,
                0,
                style,
                clients);
        fleet.run((end + AFTERWARDS) * SECOND, second -> perClient * clients);
        Map<Integer, Double> opened = first(world, CircuitState.OPEN, 0);
        Map<Integer, Double> closed = first(world, CircuitState.CLOSED, end);
        opened.keySet().forEach(circuit -> closed.putIfAbsent(circuit, Double.POSITIVE_INFINITY));
        double allOpen = opened.size() < clients ? end : Math.min(end, most(opened));
        return new Result(
                fleet.success(BEGIN, end),
                fleet.load(BEGIN, end),
                opened.size(),
                fleet.requests(allOpen, end) / clients,
                fleet.mostRequests(allOpen, end),
                closed.values().stream().mapToDouble(at -> at - end).average().orElse(0),
                closed.isEmpty() ? 0 : most(closed) - end,
                fleet);
    }

    /** When each circuit first was in a state, after so many seconds, in seconds. */
    private static Map<Integer, Double> first(World world, CircuitState state, double after) {
        Map<Integer, Double> first = new HashMap<>();
        for (Change change : world.changes()) {
            if (change.to() == state && change.at() >= after * SECOND) {
                first.putIfAbsent(change.circuit(), change.at() / SECOND);
            }
        }
        return first;
    }

    private static double most(Map<Integer, Double> times) {
        return times.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }
}
