package dev.retrykit.simulation;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** One client whose calls come at given times, to a dependency that can tell a call's attempts apart. */
final class Traffic {

    static final double SECOND = 1_000;
    static final double MINUTE = 60 * SECOND;
    static final double HOUR = 60 * MINUTE;
    static final double ANSWERED_AFTER = 10;

    private final World world;
    private final Style.Caller caller;
    private final Dependency dependency;
    private final List<Call> calls = new ArrayList<>();
    private final List<Double> requests = new ArrayList<>();

    /** With no call yet. */
    Traffic(World world, Style style, Dependency dependency) {
        this.world = world;
        this.caller = style.caller(world);
        this.dependency = dependency;
    }

    /** What is called. */
    @FunctionalInterface
    interface Dependency {

        /**
         * What becomes of a request that comes now.
         *
         * @param call the number of the call, from 0
         * @param attempt the number of the attempt, from 1
         */
        Reply reply(int call, int attempt);
    }

    /**
     * How a dependency replies.
     *
     * @param after milliseconds
     * @param failure null if it answers well
     */
    record Reply(
            double after, @org.jspecify.annotations.Nullable Throwable failure) {

        static final Reply FINE = new Reply(ANSWERED_AFTER, null);
        static final Reply REFUSED = new Reply(ANSWERED_AFTER, new ConnectException("refused"));

        /** It never answers, so that the client gives up. */
        static Reply hangs(double timeout) {
            return new Reply(timeout, new SocketTimeoutException("no answer in time"));
        }

        static Reply refusedIf(boolean refused) {
            return refused ? REFUSED : FINE;
        }
    }

    /** The outcome of a call. */
    static final class Call {

        final double began;
        double ended = Double.POSITIVE_INFINITY;
        int attempts;
        boolean succeeded;

        private Call(double began) {
            this.began = began;
        }

        double took() {
            return ended - began;
        }
    }

    /** A call after so many milliseconds. */
    void callAfter(double milliseconds) {
        world.after(milliseconds, () -> call(() -> {}));
    }

    /** So many calls a second, at random times, for so many milliseconds after so many. */
    void callAtRandom(double perSecond, double after, double milliseconds) {
        for (double at = next(perSecond); at < milliseconds; at += next(perSecond)) {
            callAfter(after + at);
        }
    }

    private double next(double perSecond) {
        return -Math.log(1 - world.random().nextDouble()) * SECOND / perSecond;
    }

    /** A call now. */
    @SuppressWarnings("FutureReturnValueIgnored") // counting can't fail
    void call(Runnable ended) {
        Call call = new Call(world.now());
        int number = calls.size();
        calls.add(call);
        caller.call(() -> attempt(call, number)).whenComplete((result, failure) -> {
            call.ended = world.now();
            call.succeeded = failure == null;
            ended.run();
        });
    }

    private CompletableFuture<Boolean> attempt(Call call, int number) {
        call.attempts++;
        requests.add(world.now());
        Reply reply = dependency.reply(number, call.attempts);
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        world.after(reply.after(), () -> {
            if (reply.failure() == null) {
                answer.complete(true);
            } else {
                answer.completeExceptionally(reply.failure());
            }
        });
        return answer;
    }

    /** Lets time pass until nothing is left to happen. */
    Traffic run() {
        world.runUntilNothingIsLeft();
        return this;
    }

    /** How many calls there were. */
    int size() {
        return calls.size();
    }

    /** Those that began within a time, in milliseconds. */
    List<Call> between(double from, double to) {
        return calls.stream()
                .filter(call -> call.began >= from && call.began < to)
                .toList();
    }

    /** The part of those calls of which something is true; 1 if there are none. */
    static double part(List<Call> calls, Predicate<Call> property) {
        return calls.isEmpty() ? 1 : (double) calls.stream().filter(property).count() / calls.size();
    }

    /** The part of the calls of a time that succeeded. */
    double success(double from, double to) {
        return part(between(from, to), call -> call.succeeded);
    }

    /** How many requests the dependency got within a time. */
    long requests(double from, double to) {
        return requests.stream().filter(at -> at >= from && at < to).count();
    }

    /** The most requests that it got in a tenth of a second. */
    long mostRequests(double from, double to) {
        long most = 0;
        for (double slot = from; slot < to; slot += SECOND / 10) {
            most = Math.max(most, requests(slot, slot + SECOND / 10));
        }
        return most;
    }
}
