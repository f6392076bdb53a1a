package dev.retrykit.internal.timer;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/**
 * A thread ends its limit and sets the next one while the timer looks at the one before. One actor is the timer, and what is
 * left to do is done after both.
 */
class LimitRaces {

    private static final long TICK = Wheel.TICK_NANOS;
    private static final long FAR = 5_000 * TICK;

    private LimitRaces() {}

    /** On a clock that is moved by hand, by the timer alone. */
    static final class Hand implements Arming {

        private final Schedule schedule = new Schedule();
        private volatile long now;

        @Override
        public long now() {
            return now;
        }

        @Override
        public long of(long nanoTime) {
            return nanoTime;
        }

        @Override
        public void set(TimerEntry entry, long when) {
            schedule.set(entry, when);
        }

        void turn(long to) {
            now = to;
            schedule.takeIn(to);
            schedule.advance(to);
        }
    }

    static final class Counting extends Limit {

        private static final long serialVersionUID = 1;

        volatile int reached;

        Counting(Hand hand) {
            super(hand);
        }

        void beginAt(long from, long limit) {
            begin(from, limit);
        }

        boolean hasEnded() {
            return end();
        }

        /** By one thread at a time. */
        @Override
        protected void due(long set) {
            if (tryReach(set)) {
                reached = reached + 1;
            }
        }
    }

    /** A limit that is in the timer already, and what is left to do at the end. */
    abstract static class Linked {

        final Hand hand = new Hand();
        final Counting limit = new Counting(hand);

        Linked(long first) {
            limit.beginAt(0, first);
            hand.turn(0);
        }

        int reachedAt(long to) {
            for (long now = hand.now() + TICK; now <= to; now += TICK) {
                hand.turn(now);
            }
            return limit.reached;
        }
    }

    @JCStressTest
    @Description("A limit ends as its time is here.")
    @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "the thread was first")
    @Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "the timer was first")
    @Outcome(expect = FORBIDDEN, desc = "both, or neither")
    @State
    public static class EndAndReach extends Linked {

        public EndAndReach() {
            super(TICK);
        }

        @Actor
        public void thread(ZI_Result r) {
            r.r1 = limit.hasEnded();
        }

        @Actor
        public void timer() {
            hand.turn(2 * TICK);
        }

        @Arbiter
        public void finish(ZI_Result r) {
            r.r2 = reachedAt(4 * TICK);
        }
    }

    @JCStressTest
    @Description("A limit that has ended is set again as the timer looks at it.")
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "the new one is reached once")
    @Outcome(expect = FORBIDDEN, desc = "it is lost, or reached twice")
    @State
    public static class SetAndLook extends Linked {

        public SetAndLook() {
            super(TICK);
            limit.hasEnded();
        }

        @Actor
        public void thread() {
            limit.beginAt(0, 3 * TICK);
        }

        @Actor
        public void timer() {
            hand.turn(2 * TICK);
        }

        @Arbiter
        public void finish(ZI_Result r) {
            r.r2 = reachedAt(5 * TICK);
            r.r1 = !limit.hasEnded();
        }
    }

    @JCStressTest
    @Description("A limit ends and a later one is set as the time of the first is here.")
    @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "the first has ended in time")
    @Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "the first was reached")
    @Outcome(expect = FORBIDDEN, desc = "the second is reached in its place")
    @State
    public static class SetLaterAndReach extends Linked {

        public SetLaterAndReach() {
            super(TICK);
        }

        @Actor
        public void thread(ZI_Result r) {
            r.r1 = limit.hasEnded();
            limit.beginAt(0, FAR);
        }

        @Actor
        public void timer() {
            hand.turn(2 * TICK);
        }

        @Arbiter
        public void finish(ZI_Result r) {
            r.r2 = reachedAt(4 * TICK);
        }
    }

    @JCStressTest
    @Description("A limit ends and a sooner one is set as the timer arms the first for a later look.")
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "the sooner one is reached in time")
    @Outcome(expect = FORBIDDEN, desc = "the timer looks too late")
    @State
    public static class SetSoonerAndLook extends Linked {

        public SetSoonerAndLook() {
            super(TICK);
            limit.hasEnded();
            limit.beginAt(0, FAR);
        }

        @Actor
        public void thread(ZI_Result r) {
            r.r1 = limit.hasEnded();
            limit.beginAt(0, 3 * TICK);
        }

        @Actor
        public void timer() {
            hand.turn(2 * TICK);
        }

        @Arbiter
        public void finish(ZI_Result r) {
            r.r2 = reachedAt(5 * TICK);
        }
    }
}
