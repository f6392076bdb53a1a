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
 * The end of a pause, and the retry that begins then, meet a cancel and each other. A result is what the caller got, how
 * many ends were counted, how many tasks are left on the timer, and how many of two tokens are left.
 */
class PauseRaces {

    private static final String WRONG =
            "the caller's stage hangs, the call ends twice, or a task or a token is left or lost";

    private PauseRaces() {}

    @JCStressTest
    @Description("The call is cancelled while its pause ends. The second attempt succeeds at once.")
    @Outcome(id = "result, 1, 0, 2", expect = ACCEPTABLE, desc = "the retry was first, and gave its token back")
    @Outcome(id = "cancelled, 1, 0, 2", expect = ACCEPTABLE, desc = "the retry was never made, or had succeeded")
    @Outcome(
            id = "cancelled, 1, 0, 1",
            expect = ACCEPTABLE,
            desc = "cancelled in the middle of the retry, which is paid")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class CancelAndTimer extends RacedCall {

        private final CompletableFuture<String> call =
                begin(THREE_ATTEMPTS, failsOnce(CompletableFuture.completedFuture("result")));

        @Actor
        public void cancels() {
            call.cancel(true);
        }

        @Actor
        public void wakes() {
            timer.fire();
        }

        @Arbiter
        public void after(LLLL_Result r) {
            record(call, r);
        }
    }

    @JCStressTest
    @Description("The call is cancelled while its second attempt begins, which would never end.")
    @Outcome(id = "cancelled, 1, 0, 2", expect = ACCEPTABLE, desc = "the retry was never made")
    @Outcome(id = "cancelled, 1, 0, 1", expect = ACCEPTABLE, desc = "the retry was made, and its stage cancelled")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class CancelAndSecondAttempt extends RacedCall {

        private final CompletableFuture<String> second = new CompletableFuture<>();
        private final CompletableFuture<String> call = begin(THREE_ATTEMPTS, failsOnce(second));

        @Actor
        public void cancels() {
            call.cancel(true);
        }

        @Actor
        public void wakes() {
            timer.fire();
        }

        @Arbiter
        public void after(LLLL_Result r) {
            record(call, r);
            if (attempts.get() == 2 && !second.isCancelled()) {
                r.r1 = "the second attempt runs on";
            }
        }
    }

    @JCStressTest
    @Description("The call is cancelled while a thread of the executor takes its retry.")
    @Outcome(id = "result, 1, 0, 2", expect = ACCEPTABLE, desc = "the retry was first, and gave its token back")
    @Outcome(id = "cancelled, 1, 0, 2", expect = ACCEPTABLE, desc = "the retry was never made, or had succeeded")
    @Outcome(
            id = "cancelled, 1, 0, 1",
            expect = ACCEPTABLE,
            desc = "cancelled in the middle of the retry, which is paid")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class CancelAndExecutor extends RacedCall {

        private final CompletableFuture<String> call =
                begin(THREE_ATTEMPTS, handedOver::add, failsOnce(CompletableFuture.completedFuture("result")));

        public CancelAndExecutor() {
            timer.fire();
        }

        @Actor
        public void cancels() {
            call.cancel(true);
        }

        @Actor
        public void takes() {
            execute();
        }

        @Arbiter
        public void after(LLLL_Result r) {
            record(call, r);
        }
    }

    @JCStressTest
    @Description("A pause ends, and the executor's thread is there before the timer has handed over.")
    @Outcome(id = "result, 1, 0, 2", expect = ACCEPTABLE, desc = "one retry is made, and the timer is empty")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class TimerAndExecutor extends RacedCall {

        private final CompletableFuture<String> call =
                begin(THREE_ATTEMPTS, handedOver::add, failsOnce(CompletableFuture.completedFuture("result")));

        @Actor
        public void wakes() {
            timer.fire();
        }

        @Actor
        public void takes() {
            while (handedOver.isEmpty()) {
                Thread.onSpinWait();
            }
            execute();
        }

        @Arbiter
        public void after(LLLL_Result r) {
            record(call, r);
        }
    }

    @JCStressTest
    @Description(
            "A retry has waited for a thread until its time is over; the thread comes while the timer ends the wait.")
    @Outcome(id = "failure, 1, 0, 2", expect = ACCEPTABLE, desc = "one of them ends the call, and gives its token back")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class TimeOverAndExecutor extends RacedCall {

        private final CompletableFuture<String> call =
                begin(THREE_ATTEMPTS, handedOver::add, failsOnce(CompletableFuture.completedFuture("result")));

        private final Runnable timeOver;

        public TimeOverAndExecutor() {
            timer.fire();
            timer.pass(TIME_BUDGET);
            timeOver = timer.due();
        }

        @Actor
        public void givesUp() {
            timeOver.run();
        }

        @Actor
        public void takes() {
            execute();
        }

        @Arbiter
        public void after(LLLL_Result r) {
            record(call, r);
            if (attempts.get() != 1) {
                r.r1 = attempts.get() + " attempts";
            }
        }
    }

    @JCStressTest
    @Description(
            "The call's time ends while a thread of the executor begins its second attempt, which would never end.")
    @Outcome(id = "failure, 1, 0, 1", expect = ACCEPTABLE, desc = "the attempt is paid, and its stage cancelled")
    @Outcome(id = "failure, 1, 0, 2", expect = ACCEPTABLE, desc = "the attempt was never made")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class TimeOverAndSecondAttempt extends RacedCall {

        private final CompletableFuture<String> second = new CompletableFuture<>();
        private final CompletableFuture<String> call = begin(THREE_ATTEMPTS, handedOver::add, failsOnce(second));

        public TimeOverAndSecondAttempt() {
            timer.fire();
        }

        @Actor
        public void passes() {
            timer.pass(TIME_BUDGET);
            timer.fire();
        }

        @Actor
        public void begins() {
            execute();
        }

        @Arbiter
        public void after(LLLL_Result r) {
            execute();
            record(call, r);
            if (attempts.get() == 2 && !second.isCancelled()) {
                r.r1 = "the second attempt runs on";
            }
        }
    }

    @JCStressTest
    @Description(
            "The call's time ends while its first attempt, which would never end, is enlisted, and another call ends.")
    @Outcome(id = "failure, 2, 0, 2", expect = ACCEPTABLE, desc = "both have ended, and nothing waits on the timer")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class LastOutAndNextIn extends RacedCall {

        private final CompletableFuture<String> other = new CompletableFuture<>();
        private final CompletableFuture<String> never = new CompletableFuture<>();
        private final Retry both = retry(THREE_ATTEMPTS, Runnable::run);
        private final CompletableFuture<String> first = both.callAsync(() -> other);
        private volatile CompletableFuture<String> call;

        @Actor
        public void ends() {
            other.complete("result");
        }

        @Actor
        public void begins() {
            call = both.callAsync(() -> never);
        }

        @Arbiter
        public void after(LLLL_Result r) {
            timer.pass(TIME_BUDGET);
            timer.fire();
            record(call, r);
            if (!"result".equals(outcome(first)) || !never.isCancelled()) {
                r.r1 = "first " + outcome(first) + ", second cancelled " + never.isCancelled();
            }
        }
    }

    @JCStressTest
    @Description("The second attempt's time is up while its body still makes the stage.")
    @Outcome(id = "timeout, 1, 0, 1", expect = ACCEPTABLE, desc = "timed out, and its stage is cancelled")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class TimeoutAndSecondAttempt extends RacedCall {

        private final CompletableFuture<String> second = new CompletableFuture<>();
        private final CompletableFuture<String> call = begin(TWO_TIMED_ATTEMPTS, handedOver::add, failsOnce(second));

        public TimeoutAndSecondAttempt() {
            timer.fire();
        }

        @Actor
        public void begins() {
            execute();
        }

        @Actor
        public void timesOut() {
            while (attempts.get() < 2) {
                Thread.onSpinWait();
            }
            timer.fire();
        }

        @Arbiter
        public void after(LLLL_Result r) {
            execute();
            record(call, r);
            if (!second.isCancelled()) {
                r.r1 = "the second attempt runs on";
            }
        }
    }
}
