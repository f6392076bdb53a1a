package dev.retrykit.simulation;

import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleUnaryOperator;

/**
 * Clients that call a server, at random times as many in all as a rate says, each with its own budget. An attempt that gets
 * no answer in time is given up by its client; the server knows nothing of that and goes on with it.
 */
final class Fleet {

    private static final double SECOND = 1_000;

    private final World world;
    private final Server server;
    private final double timeout;
    private final double evenness;
    private final List<Style.Caller> clients = new ArrayList<>();
    private final List<Double> calls = new ArrayList<>();
    private final List<Double> succeeded = new ArrayList<>();
    private final List<Double> requests = new ArrayList<>();

    /**
     * With nobody calling yet.
     *
     * @param timeout how long a client waits for an answer, in milliseconds
     * @param evenness 0 for calls that come wholly at random, 1 for calls that come at even distances
     */
    Fleet(World world, Server server, double timeout, double evenness, Style style, int size) {
        this.world = world;
        this.server = server;
        this.timeout = timeout;
        this.evenness = evenness;
        for (int client = 0; client < size; client++) {
            clients.add(style.caller(world));
        }
    }

    /** What is called. */
    @FunctionalInterface
    interface Server {

        /** A request has come; the reply is completed when there is an answer. */
        void request(CompletableFuture<Boolean> reply);
    }

    /** Calls for so many milliseconds, at a rate per second over the time in seconds, and waits for the last. */
    void run(double milliseconds, DoubleUnaryOperator rate) {
        arrive(world.now() + milliseconds, rate);
        world.runUntilNothingIsLeft();
    }

    private void arrive(double end, DoubleUnaryOperator rate) {
        double perMillisecond = rate.applyAsDouble(world.now() / SECOND) / SECOND;
        double atRandom = -Math.log(1 - world.random().nextDouble());
        double next = (evenness + (1 - evenness) * atRandom) / perMillisecond;
        if (world.now() + next < end) {
            world.after(next, () -> {
                call();
                arrive(end, rate);
            });
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // counting can't fail
    private void call() {
        double began = world.now();
        count(calls, began);
        Style.Caller client = clients.get(world.random().nextInt(clients.size()));
        client.call(this::attempt).whenComplete((result, failure) -> {
            if (failure == null) {
                count(succeeded, began);
            }
        });
    }

    private CompletableFuture<Boolean> attempt() {
        count(requests, world.now());
        CompletableFuture<Boolean> reply = new CompletableFuture<>();
        server.request(reply);
        if (!reply.isDone()) {
            world.after(timeout, () -> reply.completeExceptionally(new SocketTimeoutException("no answer in time")));
        }
        return reply;
    }

    private static void count(List<Double> seconds, double time) {
        int second = (int) (time / SECOND);
        while (seconds.size() <= second) {
            seconds.add(0.0);
        }
        seconds.set(second, seconds.get(second) + 1);
    }

    /** Of the calls that began in these seconds, the part that succeeded. */
    double success(int from, int to) {
        return sum(succeeded, from, to) / sum(calls, from, to);
    }

    /** How many requests the server got in these seconds for each call. */
    double load(int from, int to) {
        return sum(requests, from, to) / sum(calls, from, to);
    }

    /** The first second from which on, for five, as many of the calls succeed; -1 if that never comes. */
    int recovered(int from, double success) {
        for (int second = from; second + 5 < calls.size(); second++) {
            if (success(second, second + 5) >= success) {
                return second;
            }
        }
        return -1;
    }

    private static double sum(List<Double> seconds, int from, int to) {
        double sum = 0;
        for (int second = from; second < Math.min(to, seconds.size()); second++) {
            sum += seconds.get(second);
        }
        return sum;
    }
}
