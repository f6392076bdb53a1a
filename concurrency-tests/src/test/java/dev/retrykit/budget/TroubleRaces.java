package dev.retrykit.budget;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.retrykit.HandTimer;
import dev.retrykit.budget.RetryBudget.Token;
import dev.retrykit.failure.Signal;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Threads that meet in a budget whose dependency fails: what is allowed in the first second, and probes later. */
class TroubleRaces {

    private static final long LATER = 100_000_000_000L;

    private TroubleRaces() {}

    private static RetryBudget poor() {
        return RetryBudget.of("raced", BudgetPolicy.of(0.000001, TokenRaces.WINDOW, 0), new HandTimer());
    }

    @JCStressTest
    @Description("A call has failed, and two threads want the retry that is allowed for it.")
    @Outcome(
            id = {"ALLOWANCE, null", "null, ALLOWANCE"},
            expect = ACCEPTABLE,
            desc = "one of them gets it")
    @Outcome(expect = FORBIDDEN, desc = "both get it, or none does")
    @State
    public static class LastAllowance {

        private final RetryBudget budget = poor();

        public LastAllowance() {
            budget.record(Signal.FAILURE, 0, 0);
        }

        @Actor
        public void one(LL_Result r) {
            r.r1 = budget.tryAcquire(0);
        }

        @Actor
        public void other(LL_Result r) {
            r.r2 = budget.tryAcquire(0);
        }
    }

    @JCStressTest
    @Description("The first two calls of a trouble fail at once.")
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "a retry is allowed for each")
    @Outcome(expect = FORBIDDEN, desc = "one is forgotten, or counted twice")
    @State
    public static class FirstFailures {

        private final RetryBudget budget = poor();

        @Actor
        public void one() {
            budget.record(Signal.FAILURE, 0, 0);
        }

        @Actor
        public void other() {
            budget.record(Signal.FAILURE, 0, 0);
        }

        @Arbiter
        public void granted(I_Result r) {
            while (budget.tryAcquire(0) != null) {
                r.r1++;
            }
        }
    }

    @JCStressTest
    @Description("It is time for a probe, and two threads want to make it.")
    @Outcome(
            id = {"PROBE, null", "null, PROBE"},
            expect = ACCEPTABLE,
            desc = "one of them does")
    @Outcome(expect = FORBIDDEN, desc = "both do, or none does")
    @State
    public static class Probe {

        private final RetryBudget budget = poor();

        public Probe() {
            for (int i = 0; i < 20; i++) {
                budget.record(Signal.FAILURE, 0);
            }
        }

        @Actor
        public void one(LL_Result r) {
            r.r1 = budget.tryAcquire(LATER);
        }

        @Actor
        public void other(LL_Result r) {
            r.r2 = budget.tryAcquire(LATER);
        }
    }

    @JCStressTest
    @Description("A probe succeeds while another thread wants a retry.")
    @Outcome(
            id = {"PROBE, null", "null, PROBE"},
            expect = ACCEPTABLE,
            desc = "the next that asks may retry, once")
    @Outcome(expect = FORBIDDEN, desc = "no retry is granted, or two are")
    @State
    public static class ProvenProbe {

        private final RetryBudget budget = poor();

        @Actor
        public void succeeds() {
            budget.succeeded(Token.PROBE, 0, 0);
        }

        @Actor
        public void wants(LL_Result r) {
            r.r1 = budget.tryAcquire(0);
        }

        @Arbiter
        public void next(LL_Result r) {
            r.r2 = budget.tryAcquire(0);
        }
    }
}
