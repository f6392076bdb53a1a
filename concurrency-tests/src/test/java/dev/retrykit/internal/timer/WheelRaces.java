package dev.retrykit.internal.timer;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Entries that are armed, moved and cancelled meet the timer that takes them in and fires them, and its thread that ends. In
 * all but the last one actor is the timer.
 */
class WheelRaces {

    private static final long TICK = Wheel.TICK_NANOS;
    private static final long FAR = 100_000 * TICK;

    private WheelRaces() {}

    /** Counts how often it is fired. */
    static final class Counting extends TimerEntry {

        private static final long serialVersionUID = 1;

        volatile int fired;

        /** By one thread at a time. */
        @Override
        protected void fire() {
            fired = fired + 1;
        }
    }

    /** What the timer does until nothing is left that is due. */
    private static void finish(Schedule schedule, long now) {
        schedule.takeIn(now);
        schedule.advance(now);
        schedule.takeIn(now);
        schedule.advance(now);
    }

    @JCStressTest
    @Description("Two entries are armed while the timer takes in.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both are fired once")
    @Outcome(expect = FORBIDDEN, desc = "one is lost, or fired twice")
    @State
    public static class ArmAndTakeIn {

        private final Schedule schedule = new Schedule();
        private final Counting first = new Counting();
        private final Counting second = new Counting();

        @Actor
        public void asker() {
            schedule.set(first, 1);
            schedule.set(second, TICK);
        }

        @Actor
        public void timer() {
            schedule.takeIn(TICK);
            schedule.advance(TICK);
        }

        @Arbiter
        public void finish(II_Result r) {
            WheelRaces.finish(schedule, 2 * TICK);
            r.r1 = first.fired;
            r.r2 = second.fired;
        }
    }

    @JCStressTest
    @Description("Two threads arm an entry each.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both are fired once")
    @Outcome(expect = FORBIDDEN, desc = "one is lost, or fired twice")
    @State
    public static class ArmAndArm {

        private final Schedule schedule = new Schedule();
        private final Counting first = new Counting();
        private final Counting second = new Counting();

        @Actor
        public void asker() {
            schedule.set(first, 1);
        }

        @Actor
        public void other() {
            schedule.set(second, 1);
        }

        @Arbiter
        public void finish(II_Result r) {
            WheelRaces.finish(schedule, TICK);
            r.r1 = first.fired;
            r.r2 = second.fired;
        }
    }

    @JCStressTest
    @Description("An entry that waits is cancelled as it becomes due.")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the cancel was first")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the timer was first")
    @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "it is fired long after the cancel")
    @Outcome(expect = FORBIDDEN, desc = "it is fired twice")
    @State
    public static class CancelAndFire {

        private final Schedule schedule = new Schedule();
        private final Counting entry = new Counting();

        public CancelAndFire() {
            schedule.set(entry, TICK);
            schedule.takeIn(0);
        }

        @Actor
        public void asker() {
            schedule.set(entry, Wheel.NEVER);
        }

        @Actor
        public void timer() {
            schedule.takeIn(TICK);
            schedule.advance(TICK);
        }

        @Arbiter
        public void finish(II_Result r) {
            r.r1 = entry.fired;
            WheelRaces.finish(schedule, 2 * TICK);
            r.r2 = schedule.isEmpty() && !schedule.hasIntake() ? entry.fired : -1;
        }
    }

    @JCStressTest
    @Description("An entry that is far away is armed for a moment, while the timer takes in.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "it is fired once")
    @Outcome(expect = FORBIDDEN, desc = "the move is lost, or it is fired twice")
    @State
    public static class MoveAndTakeIn {

        private final Schedule schedule = new Schedule();
        private final Counting entry = new Counting();

        @Actor
        public void asker() {
            schedule.set(entry, FAR);
            schedule.set(entry, TICK);
        }

        @Actor
        public void timer() {
            schedule.takeIn(0);
            schedule.advance(0);
        }

        @Arbiter
        public void finish(I_Result r) {
            WheelRaces.finish(schedule, TICK);
            WheelRaces.finish(schedule, 2 * FAR);
            r.r1 = schedule.isEmpty() ? entry.fired : -1;
        }
    }

    @JCStressTest
    @Description("An entry is armed and cancelled while the timer takes in.")
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "it is never fired, and is gone")
    @Outcome(expect = FORBIDDEN, desc = "the cancel is lost")
    @State
    public static class ArmCancelAndTakeIn {

        private final Schedule schedule = new Schedule();
        private final Counting entry = new Counting();

        @Actor
        public void asker() {
            schedule.set(entry, FAR);
            schedule.set(entry, Wheel.NEVER);
        }

        @Actor
        public void timer() {
            schedule.takeIn(0);
            schedule.takeIn(0);
        }

        @Arbiter
        public void finish(I_Result r) {
            schedule.takeIn(0);
            r.r1 = schedule.isEmpty() ? entry.fired : -1;
            WheelRaces.finish(schedule, 2 * FAR);
            r.r1 += entry.fired;
        }
    }

    @JCStressTest
    @Description("Two entries are armed on a timer whose thread ends as soon as it has nothing to do.")
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "both are fired, by that thread or by another one")
    @Outcome(expect = FORBIDDEN, desc = "an entry is lost")
    @State
    public static class ArmAndIdleEnd {

        private static final Timer TIMER = new Timer(0);
        private static final int PATIENCE = 200_000_000;

        private final Counting first = new Counting();
        private final Counting second = new Counting();

        @Actor
        public void asker() {
            TIMER.arm(first, 0);
        }

        @Actor
        public void other() {
            TIMER.arm(second, 0);
        }

        @Arbiter
        public void finish(ZZ_Result r) {
            for (int i = 0; i < PATIENCE && (first.fired == 0 || second.fired == 0); i++) {
                Thread.onSpinWait();
            }
            r.r1 = first.fired == 1;
            r.r2 = second.fired == 1;
        }
    }

    @JCStressTest
    @Description("A task is given to a lane whose thread is about to leave.")
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "both run")
    @Outcome(expect = FORBIDDEN, desc = "a task is lost")
    @State
    public static class LaneAndItsEnd {

        private static final Timer TIMER = new Timer(0);
        private static final Lane LANE = TIMER.lane(1, null);
        private static final int PATIENCE = 200_000_000;

        private volatile boolean first;
        private volatile boolean second;

        @Actor
        public void asker() {
            LANE.submit(() -> first = true);
        }

        @Actor
        public void other() {
            LANE.submit(() -> second = true);
        }

        @Arbiter
        public void finish(ZZ_Result r) {
            for (int i = 0; i < PATIENCE && !(first && second); i++) {
                Thread.onSpinWait();
            }
            r.r1 = first;
            r.r2 = second;
        }
    }
}
