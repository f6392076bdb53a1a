package dev.retrykit.budget;

import static dev.retrykit.budget.TokenRaces.available;
import static dev.retrykit.budget.TokenRaces.budget;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.retrykit.budget.RetryBudget.Token;
import dev.retrykit.failure.Signal;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Successes and failures that are recorded while others record, take and give back. */
class EarningRaces {

    private static final long NEXT_WINDOW = TokenRaces.WINDOW.toNanos();

    private EarningRaces() {}

    @JCStressTest
    @Description("A success earns the only token while another thread wants one.")
    @Outcome(id = "EARNED, 0", expect = ACCEPTABLE, desc = "earned in time")
    @Outcome(id = "null, 1", expect = ACCEPTABLE, desc = "earned too late, and there now")
    @Outcome(expect = FORBIDDEN, desc = "a token is lost or invented")
    @State
    public static class EarnAndTake {

        private final RetryBudget budget = budget(1, 0, 0);

        @Actor
        public void earns() {
            budget.record(Signal.SUCCESS, 0);
        }

        @Actor
        public void takes(LI_Result r) {
            r.r1 = budget.tryAcquire(0);
        }

        @Arbiter
        public void left(LI_Result r) {
            r.r2 = available(budget);
        }
    }

    @JCStressTest
    @Description("Two successes earn half a token each.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "together one")
    @Outcome(expect = FORBIDDEN, desc = "a half is lost")
    @State
    public static class TwoHalves {

        private final RetryBudget budget = budget(0.5, 0, 0);

        @Actor
        public void one() {
            budget.record(Signal.SUCCESS, 0);
        }

        @Actor
        public void other() {
            budget.record(Signal.SUCCESS, 0);
        }

        @Arbiter
        public void left(I_Result r) {
            r.r1 = available(budget);
        }
    }

    @JCStressTest
    @Description("A token is earned while a spent one comes back.")
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "both are there")
    @Outcome(expect = FORBIDDEN, desc = "a token is lost or invented")
    @State
    public static class EarnAndGiveBack {

        private final RetryBudget budget = budget(1, 0, 1);
        private final Token spent = budget.tryAcquire(0);

        @Actor
        public void earns() {
            budget.record(Signal.SUCCESS, 0);
        }

        @Actor
        public void gives() {
            budget.giveBack(spent);
        }

        @Arbiter
        public void left(I_Result r) {
            r.r1 = available(budget);
        }
    }

    @JCStressTest
    @Description("One window after the reserve was spent, two successes come at once.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "one token comes back per window")
    @Outcome(expect = FORBIDDEN, desc = "none or both come back")
    @State
    public static class TwoSuccessesRefill {

        private final RetryBudget budget = budget(0, 2, 0);

        public TwoSuccessesRefill() {
            budget.tryAcquire(0);
            budget.tryAcquire(0);
        }

        @Actor
        public void one() {
            budget.record(Signal.SUCCESS, NEXT_WINDOW);
        }

        @Actor
        public void other() {
            budget.record(Signal.SUCCESS, NEXT_WINDOW);
        }

        @Arbiter
        public void left(I_Result r) {
            r.r1 = available(budget);
        }
    }

    @JCStressTest
    @Description("A success brings a token of the reserve back while a retry gives back another.")
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "both are there")
    @Outcome(expect = FORBIDDEN, desc = "one is lost")
    @State
    public static class RefillAndGiveBack {

        private final RetryBudget budget = budget(0, 2, 0);
        private final Token spent = budget.tryAcquire(0);

        public RefillAndGiveBack() {
            budget.tryAcquire(0);
        }

        @Actor
        public void refills() {
            budget.record(Signal.SUCCESS, NEXT_WINDOW);
        }

        @Actor
        public void gives() {
            budget.giveBack(spent);
        }

        @Arbiter
        public void left(I_Result r) {
            r.r1 = available(budget);
        }
    }

    @JCStressTest
    @Description("A success and a failure are recorded at once.")
    @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "two attempts, one of them a success")
    @Outcome(expect = FORBIDDEN, desc = "one is lost")
    @State
    public static class TwoRecords {

        private final RetryBudget budget = budget(0, 0, 0);

        @Actor
        public void succeeds() {
            budget.record(Signal.SUCCESS, 0);
        }

        @Actor
        public void fails() {
            budget.record(Signal.FAILURE, 0);
        }

        @Arbiter
        public void counts(II_Result r) {
            r.r1 = (int) budget.snapshot().attempts();
            r.r2 = (int) budget.snapshot().successes();
        }
    }

    @JCStressTest
    @Description("The failure that puts the successes below the minimum meets a thread that wants a token.")
    @Outcome(id = "RESERVE, null", expect = ACCEPTABLE, desc = "granted just before, and never after")
    @Outcome(id = "null, null", expect = ACCEPTABLE, desc = "denied")
    @Outcome(expect = FORBIDDEN, desc = "a retry is granted while the majority fails")
    @State
    public static class MajorityBeginsToFail {

        private final RetryBudget budget = budget(0, 5, 11);

        public MajorityBeginsToFail() {
            for (int i = 0; i < 8; i++) {
                budget.record(Signal.FAILURE, 0);
            }
        }

        @Actor
        public void fails() {
            budget.record(Signal.FAILURE, 0);
        }

        @Actor
        public void takes(LL_Result r) {
            r.r1 = budget.tryAcquire(0);
        }

        @Arbiter
        public void takesAfterwards(LL_Result r) {
            r.r2 = budget.tryAcquire(0);
        }
    }
}
