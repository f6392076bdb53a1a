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
    private static final int SLOTS_PER_SECOND = 10;

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

    private static void count(List<Double> slots, double time) {
        int slot = (int) (time / SECOND * SLOTS_PER_SECOND);
        while (slots.size() <= slot) {
            slots.add(0.0);
        }
        slots.set(slot, slots.get(slot) + 1);
    }

    /** Of the calls that began in these seconds, the part that succeeded. */
    double success(double from, double to) {
        return sum(succeeded, from, to) / sum(calls, from, to);
    }

    /** How many requests the server got in these seconds for each call. */
    double load(double from, double to) {
        return sum(requests, from, to) / sum(calls, from, to);
    }

    /** The first second from which on, for five, as many of the calls succeed; -1 if that never comes. */
    int recovered(int from, double success) {
        for (int second = from; (second + 5) * SLOTS_PER_SECOND < calls.size(); second++) {
            if (success(second, second + 5) >= success) {
                return second;
            }
        }
        return -1;
    }

    /** How many requests the server got in these seconds. */
    double requests(double from, double to) {
        return sum(requests, from, to);
    }

    /** The most requests that the server got in a tenth of one of these seconds. */
    double mostRequests(double from, double to) {
        double most = 0;
        for (double slot = from; slot < to; slot += 1.0 / SLOTS_PER_SECOND) {
            most = Math.max(most, sum(requests, slot, slot + 1.0 / SLOTS_PER_SECOND));
        }
        return most;
    }

    private static double sum(List<Double> slots, double from, double to) {
        double sum = 0;
        long end = Math.min(Math.round(to * SLOTS_PER_SECOND), slots.size());
        for (int slot = (int) Math.round(from * SLOTS_PER_SECOND); slot < end; slot++) {
            sum += slots.get(slot);
        }
        return sum;
    }
}
