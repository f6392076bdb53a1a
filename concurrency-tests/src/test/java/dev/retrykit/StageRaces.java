package dev.retrykit;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;

/**
 * The end of an attempt meets a cancel or the attempt's timeout. A result is what the caller got, how many ends were
 * counted, how many tasks are left on the timer, and how many of two tokens are left.
 */
class StageRaces {

    private static final String WRONG =
            "the caller's stage hangs, the call ends twice, or a task or a token is left or lost";

    private StageRaces() {}

    @JCStressTest
    @Description("The call is cancelled while its attempt succeeds.")
    @Outcome(id = "result, 1, 0, 2", expect = ACCEPTABLE, desc = "the result was first")
    @Outcome(id = "cancelled, 1, 0, 2", expect = ACCEPTABLE, desc = "the cancel was first")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class CancelAndResult extends RacedCall {

        private final CompletableFuture<String> stage = new CompletableFuture<>();
        private final CompletableFuture<String> call = begin(THREE_ATTEMPTS, () -> stage);

        @Actor
        public void cancels() {
            call.cancel(true);
        }

        @Actor
        public void succeeds() {
            stage.complete("result");
        }

        @Arbiter
        public void after(LLLL_Result r) {
            record(call, r);
        }
    }

    @JCStressTest
    @Description("The call is cancelled while its attempt fails.")
    @Outcome(id = "cancelled, 1, 0, 2", expect = ACCEPTABLE, desc = "cancelled, with no retry left behind")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class CancelAndFailure extends RacedCall {

        private final CompletableFuture<String> stage = new CompletableFuture<>();
        private final CompletableFuture<String> call = begin(THREE_ATTEMPTS, () -> stage);

        @Actor
        public void cancels() {
            call.cancel(true);
        }

        @Actor
        public void fails() {
            stage.completeExceptionally(new Failure());
        }

        @Arbiter
        public void after(LLLL_Result r) {
            record(call, r);
        }
    }

    @JCStressTest
    @Description("The call's owner completes it while its attempt succeeds.")
    @Outcome(id = "result, 1, 0, 2", expect = ACCEPTABLE, desc = "the attempt was first")
    @Outcome(id = "own, 1, 0, 2", expect = ACCEPTABLE, desc = "the owner was first")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class OwnerAndResult extends RacedCall {

        private final CompletableFuture<String> stage = new CompletableFuture<>();
        private final CompletableFuture<String> call = begin(THREE_ATTEMPTS, () -> stage);

        @Actor
        public void completes() {
            call.complete("own");
        }

        @Actor
        public void succeeds() {
            stage.complete("result");
        }

        @Arbiter
        public void after(LLLL_Result r) {
            record(call, r);
        }
    }

    @JCStressTest
    @Description("The attempt's time is up while it succeeds.")
    @Outcome(id = "result, 1, 0, 2", expect = ACCEPTABLE, desc = "the result was first")
    @Outcome(id = "timeout, 1, 0, 2", expect = ACCEPTABLE, desc = "the timer was first")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class TimeoutAndResult extends RacedCall {

        private final CompletableFuture<String> stage = new CompletableFuture<>();
        private final CompletableFuture<String> call = begin(ONE_TIMED_ATTEMPT, () -> stage);

        @Actor
        public void timesOut() {
            timer.fire();
        }

        @Actor
        public void succeeds() {
            stage.complete("result");
        }

        @Arbiter
        public void after(LLLL_Result r) {
            record(call, r);
        }
    }

    @JCStressTest
    @Description("The first attempt's time is up while it fails.")
    @Outcome(id = "pending, 0, 1, 1", expect = ACCEPTABLE, desc = "one retry is on the timer, and one is paid")
    @Outcome(expect = FORBIDDEN, desc = "the failure is counted twice, or not at all")
    @State
    public static class TimeoutAndFailure extends RacedCall {

        private final CompletableFuture<String> stage = new CompletableFuture<>();
        private final CompletableFuture<String> call = begin(TWO_TIMED_ATTEMPTS, () -> stage);
        private final Runnable timeout = timer.due();

        @Actor
        public void timesOut() {
            timeout.run();
        }

        @Actor
        public void fails() {
            stage.completeExceptionally(new Failure());
        }

        @Arbiter
        public void after(LLLL_Result r) {
            record(call, r);
        }
    }

    @JCStressTest
    @Description("The attempt's time is up while the call is cancelled.")
    @Outcome(id = "cancelled, 1, 0, 2", expect = ACCEPTABLE, desc = "the cancel was first")
    @Outcome(id = "timeout, 1, 0, 2", expect = ACCEPTABLE, desc = "the timer was first")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class TimeoutAndCancel extends RacedCall {

        private final CompletableFuture<String> stage = new CompletableFuture<>();
        private final CompletableFuture<String> call = begin(ONE_TIMED_ATTEMPT, () -> stage);

        @Actor
        public void timesOut() {
            timer.fire();
        }

        @Actor
        public void cancels() {
            call.cancel(true);
        }

        @Arbiter
        public void after(LLLL_Result r) {
            record(call, r);
        }
    }
}
