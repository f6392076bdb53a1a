package dev.retrykit;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** Attempts inside of attempts end while the timers of several of them, and others, interrupt their thread. */
class NestedInterruptRaces {

    private NestedInterruptRaces() {}

    /** Three attempts around each other. */
    abstract static class Nested extends TimedCaller {

        final HandTimer outerTimer = new HandTimer();
        final HandTimer middleTimer = new HandTimer();
        final HandTimer innerTimer = new HandTimer();
        final Retry outer = retry(outerTimer);
        final Retry middle = retry(middleTimer);
        final Retry inner = retry(innerTimer);

        /** Reads and clears the flag right after the call, and again when the other thread has done all. */
        final void afterwards(ZZZ_Result r) {
            r.r2 = Thread.interrupted();
            awaitOther();
            r.r3 = Thread.interrupted();
        }
    }

    @JCStressTest
    @Description("The times of an inner and an outer attempt are up while both end.")
    @Outcome(id = "false, false, false", expect = ACCEPTABLE, desc = "both interrupts end with their attempts")
    @Outcome(expect = FORBIDDEN, desc = "an interrupt outlives the attempt that it was meant for")
    @State
    public static class InnerThenOuterTimeout extends Nested {

        @Actor
        public void caller(ZZZ_Result r) {
            outer.run(() -> inner.run(this::begin));
            afterwards(r);
        }

        @Actor
        public void timers() {
            meanwhile(() -> {
                innerTimer.fire();
                outerTimer.fire();
            });
        }
    }

    @JCStressTest
    @Description("The times of an outer and an inner attempt are up while both end.")
    @Outcome(id = "false, false, false", expect = ACCEPTABLE, desc = "both interrupts end with their attempts")
    @Outcome(expect = FORBIDDEN, desc = "an interrupt outlives the attempt that it was meant for")
    @State
    public static class OuterThenInnerTimeout extends Nested {

        @Actor
        public void caller(ZZZ_Result r) {
            outer.run(() -> inner.run(this::begin));
            afterwards(r);
        }

        @Actor
        public void timers() {
            meanwhile(() -> {
                outerTimer.fire();
                innerTimer.fire();
            });
        }
    }

    @JCStressTest
    @Description("An inner attempt ends while its time and that of the outer one are up. The outer one goes on.")
    @Outcome(
            id = "true, false, false",
            expect = ACCEPTABLE,
            desc = "the outer attempt is interrupted, and what follows isn't")
    @Outcome(expect = FORBIDDEN, desc = "the inner attempt takes the outer one's interrupt back, or one outlives both")
    @State
    public static class OuterTimeoutOutlivesTheInner extends Nested {

        @Actor
        public void caller(ZZZ_Result r) {
            outer.run(() -> {
                inner.run(this::begin);
                awaitOther();
                r.r1 = Thread.currentThread().isInterrupted();
            });
            afterwards(r);
        }

        @Actor
        public void timers() {
            meanwhile(() -> {
                outerTimer.fire();
                innerTimer.fire();
            });
        }
    }

    @JCStressTest
    @Description("An inner attempt ends while its time is up. The outer one goes on.")
    @Outcome(id = "false, false, false", expect = ACCEPTABLE, desc = "the outer attempt isn't interrupted")
    @Outcome(expect = FORBIDDEN, desc = "the interrupt reaches the outer attempt")
    @State
    public static class InnerTimeoutSparesTheOuter extends Nested {

        @Actor
        public void caller(ZZZ_Result r) {
            outer.run(() -> {
                inner.run(this::begin);
                awaitOther();
                r.r1 = Thread.currentThread().isInterrupted();
            });
            afterwards(r);
        }

        @Actor
        public void timers() {
            meanwhile(innerTimer::fire);
        }
    }

    @JCStressTest
    @Description("Somebody interrupts the thread, then the times of both attempts are up, while both end.")
    @Outcome(
            id = {"false, true, false", "false, false, true"},
            expect = ACCEPTABLE,
            desc = "somebody's interrupt is seen, once")
    @Outcome(expect = FORBIDDEN, desc = "it is lost, or seen twice")
    @State
    public static class InterruptThenBothTimeouts extends Nested {

        @Actor
        public void caller(ZZZ_Result r) {
            outer.run(() -> inner.run(this::begin));
            afterwards(r);
        }

        @Actor
        public void others() {
            meanwhile(() -> {
                interrupt();
                innerTimer.fire();
                outerTimer.fire();
            });
        }
    }

    @JCStressTest
    @Description("The same, with an attempt between the two whose time isn't up.")
    @Outcome(
            id = {"false, true, false", "false, false, true"},
            expect = ACCEPTABLE,
            desc = "somebody's interrupt is seen, once")
    @Outcome(expect = FORBIDDEN, desc = "it is lost, or seen twice")
    @State
    public static class InterruptThenTimeoutsAroundAnother extends Nested {

        @Actor
        public void caller(ZZZ_Result r) {
            outer.run(() -> middle.run(() -> inner.run(this::begin)));
            afterwards(r);
        }

        @Actor
        public void others() {
            meanwhile(() -> {
                interrupt();
                innerTimer.fire();
                outerTimer.fire();
            });
        }
    }
}
