package dev.retrykit.circuit;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.retrykit.failure.Signal;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.LLI_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** What a generation counts, and what comes too late for it. */
class GenerationRaces {

    private GenerationRaces() {}

    private static final long AFTER_OPEN_TIME = Duration.ofHours(1).toNanos();

    private static final CircuitPolicy TIMED = CircuitPolicy.defaults();
    private static final CircuitPolicy COUNTED =
            CircuitPolicy.builder().countWindow(100).build();
    private static final CircuitPolicy QUICK =
            CircuitPolicy.builder().consecutiveFailures(1).probes(1).build();

    /** Two results at once. */
    abstract static class TwoResults extends CircuitRaces.Counted {

        private final Permit first = permit();
        private final Permit second = permit();

        TwoResults(CircuitPolicy policy) {
            super(policy);
        }

        final void succeed() {
            end(first, Signal.SUCCESS);
        }

        final void fail() {
            end(second, Signal.FAILURE);
        }
    }

    private static void count(CircuitRaces.Counted counted, LLI_Result r) {
        CircuitSnapshot snapshot = counted.circuit.snapshot();
        r.r1 = snapshot.calls();
        r.r2 = snapshot.failures();
        r.r3 = counted.transitions.get();
    }

    @JCStressTest
    @Description("A success and a failure come at once to a window of time.")
    @Outcome(id = "2, 1, 0", expect = ACCEPTABLE, desc = "both are counted")
    @Outcome(expect = FORBIDDEN, desc = "a count is lost")
    @State
    public static class TimeWindowLosesNoCount extends TwoResults {

        public TimeWindowLosesNoCount() {
            super(TIMED);
        }

        @Actor
        public void succeeds() {
            succeed();
        }

        @Actor
        public void fails() {
            fail();
        }

        @Arbiter
        public void counts(LLI_Result r) {
            count(this, r);
        }
    }

    @JCStressTest
    @Description("A success and a failure come at once to a window of calls.")
    @Outcome(id = "2, 1, 0", expect = ACCEPTABLE, desc = "both are counted")
    @Outcome(expect = FORBIDDEN, desc = "a count is lost")
    @State
    public static class CountWindowLosesNoCount extends TwoResults {

        public CountWindowLosesNoCount() {
            super(COUNTED);
        }

        @Actor
        public void succeeds() {
            succeed();
        }

        @Actor
        public void fails() {
            fail();
        }

        @Arbiter
        public void counts(LLI_Result r) {
            count(this, r);
        }
    }

    @JCStressTest
    @Description("A failure comes while the settings change, the window being kept.")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "it is counted, before or after")
    @Outcome(expect = FORBIDDEN, desc = "the change loses it")
    @State
    public static class AChangeLosesNoCount extends CircuitRaces.Counted {

        private final Permit permit = permit();

        public AChangeLosesNoCount() {
            super(TIMED);
        }

        @Actor
        public void fails() {
            end(permit, Signal.FAILURE);
        }

        @Actor
        public void change() {
            circuit.change(CircuitPolicy.builder().failureRate(50).build());
        }

        @Arbiter
        public void counts(LLI_Result r) {
            count(this, r);
        }
    }

    @JCStressTest
    @Description("A failure comes while a window of calls gets another size.")
    @Outcome(id = "2, 2, 0", expect = ACCEPTABLE, desc = "it is counted, before or after, and so is the one before it")
    @Outcome(expect = FORBIDDEN, desc = "the change loses one")
    @State
    public static class AnotherSizeLosesNoCount extends CircuitRaces.Counted {

        private final Permit permit = permit();

        public AnotherSizeLosesNoCount() {
            super(COUNTED);
            end(permit(), Signal.FAILURE);
        }

        @Actor
        public void fails() {
            end(permit, Signal.FAILURE);
        }

        @Actor
        public void change() {
            circuit.change(CircuitPolicy.builder().countWindow(40).build());
        }

        @Arbiter
        public void counts(LLI_Result r) {
            count(this, r);
        }
    }

    @JCStressTest
    @Description("Two results come for the last place of a slice of a window of calls.")
    @Outcome(id = "6, 1, 0", expect = ACCEPTABLE, desc = "both are counted, one of them in the next slice")
    @Outcome(expect = FORBIDDEN, desc = "a count is lost")
    @State
    public static class TheNextSliceLosesNoCount extends TwoResults {

        public TheNextSliceLosesNoCount() {
            super(COUNTED);
            for (int i = 0; i < 4; i++) {
                end(permit(), Signal.SUCCESS);
            }
        }

        @Actor
        public void succeeds() {
            succeed();
        }

        @Actor
        public void fails() {
            fail();
        }

        @Arbiter
        public void counts(LLI_Result r) {
            count(this, r);
        }
    }

    @JCStressTest
    @Description("Two callers come when the open time is over; one may probe.")
    @Outcome(
            id = {"true, false, true", "false, true, true"},
            expect = ACCEPTABLE,
            desc = "one of them probes, in one transition")
    @Outcome(expect = FORBIDDEN, desc = "none or both probe, or it becomes half-open twice")
    @State
    public static class TheOpenTimeIsOver extends CircuitRaces.Counted {

        public TheOpenTimeIsOver() {
            super(QUICK);
            end(permit(), Signal.FAILURE);
        }

        @Actor
        public void one(ZZZ_Result r) {
            r.r1 = circuit.tryAcquire(AFTER_OPEN_TIME) != null;
        }

        @Actor
        public void other(ZZZ_Result r) {
            r.r2 = circuit.tryAcquire(AFTER_OPEN_TIME) != null;
        }

        @Arbiter
        public void count(ZZZ_Result r) {
            r.r3 = transitions.get() == 2;
        }
    }

    @JCStressTest
    @Description("The failure of a call from before the outage comes while the only probe succeeds.")
    @Outcome(id = "CLOSED, 3", expect = ACCEPTABLE, desc = "it decides nothing")
    @Outcome(expect = FORBIDDEN, desc = "it opens the circuit again, or keeps it from closing")
    @State
    public static class ALateFailureDecidesNothing extends CircuitRaces.Counted {

        private final Permit late = permit();
        private final Permit probe;

        public ALateFailureDecidesNothing() {
            super(QUICK);
            end(permit(), Signal.FAILURE);
            circuit.halfOpen();
            probe = permit();
        }

        @Actor
        public void lateFailure() {
            end(late, Signal.FAILURE);
        }

        @Actor
        public void probe() {
            end(probe, Signal.SUCCESS);
        }

        @Arbiter
        public void state(LI_Result r) {
            record(r);
        }
    }

    @JCStressTest
    @Description("The success of a call from before the outage comes while the only probe fails.")
    @Outcome(id = "OPEN, 3", expect = ACCEPTABLE, desc = "it decides nothing")
    @Outcome(expect = FORBIDDEN, desc = "it closes the circuit")
    @State
    public static class ALateSuccessDecidesNothing extends CircuitRaces.Counted {

        private final Permit late = permit();
        private final Permit probe;

        public ALateSuccessDecidesNothing() {
            super(QUICK);
            end(permit(), Signal.FAILURE);
            circuit.halfOpen();
            probe = permit();
        }

        @Actor
        public void lateSuccess() {
            end(late, Signal.SUCCESS);
        }

        @Actor
        public void probe() {
            end(probe, Signal.FAILURE);
        }

        @Arbiter
        public void state(LI_Result r) {
            record(r);
        }
    }
}
