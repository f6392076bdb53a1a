package dev.retrykit.budget;

import static dev.retrykit.budget.TokenRaces.available;
import static dev.retrykit.budget.TokenRaces.budget;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.retrykit.failure.Signal;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.LLI_Result;

/**
 * A window that turns while others are at work in it. Its 10 s are ten slices of 1 s; what is counted in second
 * <i>n</i> is gone in second <i>n</i> + 11.
 */
class WindowRaces {

    private static final long SECOND = 1_000_000_000;

    private WindowRaces() {}

    /** Attempts in the window, once it has slid to the time. */
    private static int attempts(RetryBudget budget, long nowNanos) {
        budget.tryAcquire(nowNanos);
        return (int) budget.snapshot().attempts();
    }

    @JCStressTest
    @Description("A result of the second that ends meets the first one of the next second.")
    @Outcome(id = "2, 1, 0", expect = ACCEPTABLE, desc = "each in its own second")
    @Outcome(id = "2, 2, 0", expect = ACCEPTABLE, desc = "both in the later one")
    @Outcome(expect = FORBIDDEN, desc = "a count is lost, doubled, or stays for ever")
    @State
    public static class RecordAndTurn {

        private final RetryBudget budget = budget(0, 0, 0);

        @Actor
        public void records() {
            budget.record(Signal.FAILURE, 0);
        }

        @Actor
        public void turns() {
            budget.record(Signal.SUCCESS, SECOND);
        }

        @Arbiter
        public void counts(III_Result r) {
            r.r1 = attempts(budget, SECOND);
            r.r2 = attempts(budget, 11 * SECOND);
            r.r3 = attempts(budget, 12 * SECOND);
        }
    }

    @JCStressTest
    @Description("Two results turn the window to different seconds.")
    @Outcome(id = "2, 1, 0", expect = ACCEPTABLE, desc = "each in its own second")
    @Outcome(id = "2, 2, 0", expect = ACCEPTABLE, desc = "both in the later one")
    @Outcome(expect = FORBIDDEN, desc = "a count is lost, doubled, or stays for ever")
    @State
    public static class TwoTurns {

        private final RetryBudget budget = budget(0, 0, 0);

        @Actor
        public void turnsToTheFirst() {
            budget.record(Signal.SUCCESS, SECOND);
        }

        @Actor
        public void turnsToTheSecond() {
            budget.record(Signal.SUCCESS, 2 * SECOND);
        }

        @Arbiter
        public void counts(III_Result r) {
            r.r1 = attempts(budget, 11 * SECOND);
            r.r2 = attempts(budget, 12 * SECOND);
            r.r3 = attempts(budget, 13 * SECOND);
        }
    }

    @JCStressTest
    @Description("The only token is taken in its last second while it expires. Afterwards another one is earned.")
    @Outcome(id = "EARNED, null, 1", expect = ACCEPTABLE, desc = "taken just before")
    @Outcome(id = "null, null, 1", expect = ACCEPTABLE, desc = "expired")
    @Outcome(expect = FORBIDDEN, desc = "an expired token is granted, or the new one pays for it")
    @State
    public static class TakeAndExpire {

        private final RetryBudget budget = budget(1, 0, 1);

        @Actor
        public void takes(LLI_Result r) {
            r.r1 = budget.tryAcquire(10 * SECOND);
        }

        @Actor
        public void turns(LLI_Result r) {
            r.r2 = budget.tryAcquire(11 * SECOND);
        }

        @Arbiter
        public void earnsAgain(LLI_Result r) {
            budget.record(Signal.SUCCESS, 11 * SECOND);
            r.r3 = available(budget);
        }
    }

    @JCStressTest
    @Description(
            "Of two tokens the older one expires while two threads take one each. Afterwards another one is earned.")
    @Outcome(id = "EARNED, EARNED, 1", expect = ACCEPTABLE, desc = "both taken, the older one just before")
    @Outcome(
            id = "EARNED, null, 1",
            expect = ACCEPTABLE,
            desc = "one expired, the other one went to the earlier thread")
    @Outcome(id = "null, EARNED, 1", expect = ACCEPTABLE, desc = "one expired, the other one went to the later thread")
    @Outcome(expect = FORBIDDEN, desc = "a token is granted twice, lost, or paid for by the new one")
    @State
    public static class TakeTwoWhileOneExpires {

        private final RetryBudget budget = budget(1, 0, 1);

        public TakeTwoWhileOneExpires() {
            budget.record(Signal.SUCCESS, 5 * SECOND);
        }

        @Actor
        public void takesEarlier(LLI_Result r) {
            r.r1 = budget.tryAcquire(10 * SECOND);
        }

        @Actor
        public void takesLater(LLI_Result r) {
            r.r2 = budget.tryAcquire(11 * SECOND);
        }

        @Arbiter
        public void earnsAgain(LLI_Result r) {
            budget.record(Signal.SUCCESS, 11 * SECOND);
            r.r3 = available(budget);
        }
    }

    @JCStressTest
    @Description("A token is earned in the second in which an old one, long spent, expires.")
    @Outcome(id = "EARNED, null, 0", expect = ACCEPTABLE, desc = "earned in time")
    @Outcome(id = "null, null, 1", expect = ACCEPTABLE, desc = "earned too late, and there now")
    @Outcome(expect = FORBIDDEN, desc = "a token is lost or invented")
    @State
    public static class EarnAndTakeAfterExpiry {

        private final RetryBudget budget = budget(1, 0, 1);

        public EarnAndTakeAfterExpiry() {
            budget.tryAcquire(0);
        }

        @Actor
        public void earns() {
            budget.record(Signal.SUCCESS, 11 * SECOND);
        }

        @Actor
        public void takes(LLI_Result r) {
            r.r1 = budget.tryAcquire(11 * SECOND);
        }

        @Arbiter
        public void left(LLI_Result r) {
            r.r3 = available(budget);
        }
    }
}
