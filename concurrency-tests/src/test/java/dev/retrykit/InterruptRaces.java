package dev.retrykit;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * The end of an attempt meets the interrupt of its timeout, and others' interrupts. Each caller reads and clears its
 * interrupt flag right after the call, and again when the timer has nothing more to do.
 */
class InterruptRaces {

    private InterruptRaces() {}

    @JCStressTest
    @Description("An attempt fails while its time is up.")
    @Outcome(id = "Failure, false, false", expect = ACCEPTABLE, desc = "the attempt was first, the timer does nothing")
    @Outcome(
            id = "AttemptTimeoutException, false, false",
            expect = ACCEPTABLE,
            desc = "the timer was first, and its interrupt was taken back")
    @Outcome(expect = FORBIDDEN, desc = "an interrupt outlives the attempt that it was meant for")
    @State
    public static class FailureAndTimeout extends TimedCaller {

        private final HandTimer timer = new HandTimer();
        private final Retry retry = retry(timer);

        @Actor
        public void caller(LZZ_Result r) {
            r.r1 = outcome(() -> retry.run(() -> {
                begin();
                throw new Failure();
            }));
            r.r2 = Thread.interrupted();
            awaitOther();
            r.r3 = Thread.interrupted();
        }

        @Actor
        public void timer() {
            meanwhile(timer::fire);
        }
    }

    @JCStressTest
    @Description("An attempt succeeds while its time is up.")
    @Outcome(id = "result, false, false", expect = ACCEPTABLE, desc = "late or not, a result is a result")
    @Outcome(expect = FORBIDDEN, desc = "the result is lost, or an interrupt outlives the attempt")
    @State
    public static class ResultAndTimeout extends TimedCaller {

        private final HandTimer timer = new HandTimer();
        private final Retry retry = retry(timer);

        @Actor
        public void caller(LZZ_Result r) {
            r.r1 = outcome(() -> retry.run(this::begin));
            r.r2 = Thread.interrupted();
            awaitOther();
            r.r3 = Thread.interrupted();
        }

        @Actor
        public void timer() {
            meanwhile(timer::fire);
        }
    }

    @JCStressTest
    @Description("The timer of an attempt that has ended is late, and meets the next attempt of the same thread.")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "the next attempt isn't interrupted")
    @Outcome(expect = FORBIDDEN, desc = "the interrupt reaches an attempt that it wasn't meant for")
    @State
    public static class TimeoutAndNextAttempt extends TimedCaller {

        private final HandTimer timer = new HandTimer();
        private final Retry retry = retry(timer);
        private final Retry next = retry(new HandTimer());

        @Actor
        public void caller(ZZ_Result r) {
            retry.run(this::begin);
            next.run(() -> {
                boolean atOnce = Thread.interrupted();
                awaitOther();
                r.r1 = atOnce || Thread.interrupted();
            });
            r.r2 = Thread.interrupted();
        }

        @Actor
        public void timer() {
            meanwhile(timer::fire);
        }
    }

    @JCStressTest
    @Description("Somebody interrupts the thread, then its time is up, while its attempt ends.")
    @Outcome(
            id = {"result, true, false", "result, false, true"},
            expect = ACCEPTABLE,
            desc = "somebody's interrupt is seen, once")
    @Outcome(expect = FORBIDDEN, desc = "it is lost, or seen twice")
    @State
    public static class InterruptThenTimeout extends TimedCaller {

        private final HandTimer timer = new HandTimer();
        private final Retry retry = retry(timer);

        @Actor
        public void caller(LZZ_Result r) {
            r.r1 = outcome(() -> retry.run(this::begin));
            r.r2 = Thread.interrupted();
            awaitOther();
            r.r3 = Thread.interrupted();
        }

        @Actor
        public void others() {
            meanwhile(() -> {
                interrupt();
                timer.fire();
            });
        }
    }

    @JCStressTest
    @Description("The attempt interrupts its own thread and fails, while its time is up.")
    @Outcome(id = "Failure, true, false", expect = ACCEPTABLE, desc = "the timer comes late and does nothing")
    @Outcome(
            id = "AttemptTimeoutException, true, false",
            expect = ACCEPTABLE,
            desc = "the timer has seen the other interrupt, which stays")
    @Outcome(
            id = "AttemptTimeoutException, false, false",
            expect = ACCEPTABLE,
            desc = "the other interrupt came after the timer's, and is taken back with it")
    @Outcome(expect = FORBIDDEN, desc = "the other interrupt is lost in an attempt that was in time")
    @State
    public static class InterruptAndTimeout extends TimedCaller {

        private final HandTimer timer = new HandTimer();
        private final Retry retry = retry(timer);

        @Actor
        public void caller(LZZ_Result r) {
            r.r1 = outcome(() -> retry.run(() -> {
                begin();
                Thread.currentThread().interrupt();
                throw new Failure();
            }));
            r.r2 = Thread.interrupted();
            awaitOther();
            r.r3 = Thread.interrupted();
        }

        @Actor
        public void timer() {
            meanwhile(timer::fire);
        }
    }
}
