package dev.retrykit.simulation;

import java.util.PriorityQueue;
import java.util.Random;

/**
 * The same model without this library: what its authors' own simulation does, step by step, as a control. Their decorrelated
 * delay is min(cap, uniform(base, 3 x previous)).
 */
final class OriginalContention {

    private static final double HOP = 10;
    private static final double DEVIATION = 2;
    private static final double BASE = 5;
    private static final double CAP = 2_000;

    private final PriorityQueue<Step> queue = new PriorityQueue<>();
    private final Contention.Waiting waiting;
    private final Random random;
    private int version;
    private int writes;

    private OriginalContention(Contention.Waiting waiting, long seed) {
        this.waiting = waiting;
        this.random = new Random(seed);
    }

    static Contention.Result run(Contention.Waiting waiting, int clients, int trials) {
        double writes = 0;
        double end = 0;
        for (int trial = 0; trial < trials; trial++) {
            OriginalContention original = new OriginalContention(waiting, trial * 31L + clients);
            end += original.run(clients);
            writes += original.writes;
        }
        return new Contention.Result(writes / trials, end / trials);
    }

    private double run(int clients) {
        for (int client = 0; client < clients; client++) {
            Client one = new Client();
            add(hop(), one::read);
        }
        double end = 0;
        for (Step step = queue.poll(); step != null; step = queue.poll()) {
            end = step.time;
            step.task.at(end);
        }
        return end;
    }

    private double hop() {
        return Math.abs(HOP + DEVIATION * random.nextGaussian());
    }

    private void add(double time, Task task) {
        queue.add(new Step(time, task));
    }

    private interface Task {
        void at(double time);
    }

    private record Step(double time, Task task) implements Comparable<Step> {

        @Override
        public int compareTo(Step other) {
            return Double.compare(time, other.time);
        }
    }

    private final class Client {

        private int attempt;
        private double last = BASE;

        void read(double time) {
            int read = version;
            add(time + hop(), then -> add(then + hop(), at -> write(read, at)));
        }

        private void write(int read, double time) {
            writes++;
            boolean wins = read == version;
            version += wins ? 1 : 0;
            add(
                    time + hop(),
                    wins
                            ? then -> {}
                            : then -> {
                                attempt++;
                                add(then + hop() + delay(), this::read);
                            });
        }

        private double delay() {
            double grown = Math.min(CAP, Math.pow(2, attempt) * BASE);
            switch (waiting) {
                case NONE -> last = 0;
                case EXPONENTIAL -> last = grown;
                case EQUAL -> last = grown / 2 + random.nextDouble() * grown / 2;
                case FULL -> last = random.nextDouble() * grown;
                case DECORRELATED -> last = Math.min(CAP, BASE + random.nextDouble() * (last * 3 - BASE));
            }
            return last;
        }
    }
}
