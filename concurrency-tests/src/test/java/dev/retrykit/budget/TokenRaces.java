package dev.retrykit.budget;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.retrykit.HandTimer;
import dev.retrykit.budget.RetryBudget.Token;
import dev.retrykit.failure.Signal;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.LLI_Result;

/** Tokens that two threads take and give back at once. */
class TokenRaces {

    static final Duration WINDOW = Duration.ofSeconds(10);

    private TokenRaces() {}

    static RetryBudget budget(double ratio, int reserve, int successes) {
        RetryBudget budget = RetryBudget.of("raced", BudgetPolicy.of(ratio, WINDOW, reserve), new HandTimer());
        for (int i = 0; i < successes; i++) {
            budget.record(Signal.SUCCESS, 0);
        }
        return budget;
    }

    static int available(RetryBudget budget) {
        return budget.snapshot().available();
    }

    @JCStressTest
    @Description("Two threads want the last token of the reserve.")
    @Outcome(
            id = {"RESERVE, null, 0", "null, RESERVE, 0"},
            expect = ACCEPTABLE,
            desc = "one of them gets it")
    @Outcome(expect = FORBIDDEN, desc = "both get it, none does, or it is there still")
    @State
    public static class LastOfTheReserve {

        private final RetryBudget budget = budget(0, 1, 0);

        @Actor
        public void one(LLI_Result r) {
            r.r1 = budget.tryAcquire(0);
        }

        @Actor
        public void other(LLI_Result r) {
            r.r2 = budget.tryAcquire(0);
        }

        @Arbiter
        public void left(LLI_Result r) {
            r.r3 = available(budget);
        }
    }

    @JCStressTest
    @Description("Two threads want the last earned token.")
    @Outcome(
            id = {"EARNED, null, 0", "null, EARNED, 0"},
            expect = ACCEPTABLE,
            desc = "one of them gets it")
    @Outcome(expect = FORBIDDEN, desc = "both get it, none does, or it is there still")
    @State
    public static class LastEarned {

        private final RetryBudget budget = budget(1, 0, 1);

        @Actor
        public void one(LLI_Result r) {
            r.r1 = budget.tryAcquire(0);
        }

        @Actor
        public void other(LLI_Result r) {
            r.r2 = budget.tryAcquire(0);
        }

        @Arbiter
        public void left(LLI_Result r) {
            r.r3 = available(budget);
        }
    }

    @JCStressTest
    @Description("Two threads want three tokens; one is earned, one is of the reserve.")
    @Outcome(
            id = {"2, 0, 0", "1, 1, 0"},
            expect = ACCEPTABLE,
            desc = "two are granted")
    @Outcome(expect = FORBIDDEN, desc = "more or fewer are granted, or some are there still")
    @State
    public static class TwoTokensForThree {

        private final RetryBudget budget = budget(1, 1, 1);

        @Actor
        public void twice(III_Result r) {
            r.r1 = take() + take();
        }

        @Actor
        public void once(III_Result r) {
            r.r2 = take();
        }

        @Arbiter
        public void left(III_Result r) {
            r.r3 = available(budget);
        }

        private int take() {
            return budget.tryAcquire(0) == null ? 0 : 1;
        }
    }

    @JCStressTest
    @Description("The only token, of the reserve, comes back while another thread wants one.")
    @Outcome(id = "RESERVE, 0", expect = ACCEPTABLE, desc = "back in time")
    @Outcome(id = "null, 1", expect = ACCEPTABLE, desc = "back too late, and there now")
    @Outcome(expect = FORBIDDEN, desc = "a token is lost or invented")
    @State
    public static class BackToTheReserve {

        private final RetryBudget budget = budget(0, 1, 0);
        private final Token spent = budget.tryAcquire(0);

        @Actor
        public void gives() {
            budget.giveBack(spent);
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
    @Description("The only earned token comes back while another thread wants one.")
    @Outcome(id = "EARNED, 0", expect = ACCEPTABLE, desc = "back in time")
    @Outcome(id = "null, 1", expect = ACCEPTABLE, desc = "back too late, and there now")
    @Outcome(expect = FORBIDDEN, desc = "a token is lost or invented")
    @State
    public static class BackToTheEarned {

        private final RetryBudget budget = budget(1, 0, 1);
        private final Token spent = budget.tryAcquire(0);

        @Actor
        public void gives() {
            budget.giveBack(spent);
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
    @Description("Of an earned token and one of the reserve, both spent, both come back.")
    @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "each to where it came from")
    @Outcome(expect = FORBIDDEN, desc = "a token is lost, invented, or in the wrong place")
    @State
    public static class BothBack {

        private final RetryBudget budget = budget(1, 1, 1);
        private final Token first = budget.tryAcquire(0);
        private final Token second = budget.tryAcquire(0);

        @Actor
        public void one() {
            budget.giveBack(first);
        }

        @Actor
        public void other() {
            budget.giveBack(second);
        }

        @Arbiter
        public void left(II_Result r) {
            r.r1 = available(budget);
            r.r2 = budget.snapshot().reserve();
        }
    }

    @JCStressTest
    @Description("The same token of a full reserve is given back twice.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "one comes back")
    @Outcome(expect = FORBIDDEN, desc = "the reserve overflows, or stays empty")
    @State
    public static class ReserveGivenBackTwice {

        private final RetryBudget budget = budget(0, 1, 0);
        private final Token spent = budget.tryAcquire(0);

        @Actor
        public void one() {
            budget.giveBack(spent);
        }

        @Actor
        public void other() {
            budget.giveBack(spent);
        }

        @Arbiter
        public void left(I_Result r) {
            r.r1 = available(budget);
        }
    }
}
