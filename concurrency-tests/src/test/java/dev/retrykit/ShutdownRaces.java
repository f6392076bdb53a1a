package dev.retrykit;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.retrykit.backoff.BackoffPolicy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * A shutdown meets whatever a call may be doing. Once both are over, the call waits for no retry. Most results are what the caller got, how many ends were counted, how many tasks are left on the timer, and how many of two tokens
 * are left.
 */
class ShutdownRaces {

    private static final String WRONG = "the call waits on, ends twice, or a task or a token is left or lost";

    private ShutdownRaces() {}

    @JCStressTest
    @Description("A shutdown comes while an attempt fails that would be retried.")
    @Outcome(id = "failure, 1, 0, 2", expect = ACCEPTABLE, desc = "there is no retry, and none is paid")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class ShutdownAndFailure extends RacedCall {

        private final CompletableFuture<String> stage = new CompletableFuture<>();
        private final CompletableFuture<String> call = begin(THREE_ATTEMPTS, () -> stage);

        @Actor
        public void shutsDown() {
            retry.shutdown();
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
    @Description("A shutdown comes while a call begins, the first attempt of which fails at once.")
    @Outcome(id = "failure, 1, 0, 2", expect = ACCEPTABLE, desc = "there is no retry, and none is paid")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class ShutdownAndBegin extends RacedCall {

        private CompletableFuture<String> call;

        public ShutdownAndBegin() {
            retry(THREE_ATTEMPTS, Runnable::run);
        }

        @Actor
        public void shutsDown() {
            retry.shutdown();
        }

        @Actor
        public void begins() {
            call = retry.callAsync(() -> CompletableFuture.failedFuture(new Failure()));
        }

        @Arbiter
        public void after(LLLL_Result r) {
            record(call, r);
        }
    }

    @JCStressTest
    @Description("A shutdown comes while a pause ends. The second attempt succeeds at once.")
    @Outcome(id = "result, 1, 0, 2", expect = ACCEPTABLE, desc = "the retry was first, and gave its token back")
    @Outcome(id = "failure, 1, 0, 2", expect = ACCEPTABLE, desc = "the retry was never made")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class ShutdownAndTimer extends RacedCall {

        private final CompletableFuture<String> call =
                begin(THREE_ATTEMPTS, failsOnce(CompletableFuture.completedFuture("result")));

        @Actor
        public void shutsDown() {
            retry.shutdown();
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
    @Description("A shutdown comes while a pause ends, and the executor has no thread for the retry.")
    @Outcome(id = "failure, 1, 0, 2", expect = ACCEPTABLE, desc = "the retry was never made")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class ShutdownAndHandover extends RacedCall {

        private final CompletableFuture<String> call =
                begin(THREE_ATTEMPTS, handedOver::add, failsOnce(CompletableFuture.completedFuture("result")));

        @Actor
        public void shutsDown() {
            retry.shutdown();
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
    @Description("All must end now while a second attempt begins, which would never end.")
    @Outcome(id = "failure, 1, 0, 2", expect = ACCEPTABLE, desc = "the retry was never made")
    @Outcome(id = "failure, 1, 0, 1", expect = ACCEPTABLE, desc = "the retry was made, and its stage cancelled")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class ShutdownNowAndSecondAttempt extends RacedCall {

        private final CompletableFuture<String> second = new CompletableFuture<>();
        private final CompletableFuture<String> call = begin(THREE_ATTEMPTS, failsOnce(second));

        @Actor
        public void shutsDown() {
            retry.shutdownNow();
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
    @Description("All must end now while an attempt succeeds.")
    @Outcome(id = "result, 1, 0, 2", expect = ACCEPTABLE, desc = "the result was first")
    @Outcome(id = "cancelled, 1, 0, 2", expect = ACCEPTABLE, desc = "the shutdown was first")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class ShutdownNowAndResult extends RacedCall {

        private final CompletableFuture<String> stage = new CompletableFuture<>();
        private final CompletableFuture<String> call = begin(THREE_ATTEMPTS, () -> stage);

        @Actor
        public void shutsDown() {
            retry.shutdownNow();
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
    @Description("A shutdown comes while a thread falls asleep for an hour.")
    @Outcome(id = "Failure", expect = ACCEPTABLE, desc = "it doesn't sleep, or is woken")
    @Outcome(expect = FORBIDDEN, desc = "the call ends otherwise")
    @State
    public static class ShutdownAndSleep {

        private final Retry retry = Retry.builder("raced")
                .policy(RetryPolicy.builder()
                        .backoff(BackoffPolicy.fixed(Duration.ofHours(1)))
                        .timeBudget(Duration.ofDays(1))
                        .build())
                .build();

        @Actor
        public void sleeps(L_Result r) {
            r.r1 = TimedCaller.outcome(() -> retry.run(() -> {
                throw new RacedCall.Failure();
            }));
        }

        @Actor
        public void shutsDown() {
            retry.shutdown();
        }
    }

    @JCStressTest
    @Description("A shutdown comes while a call begins to wait for an hour in the system's timer.")
    @Outcome(id = "failure", expect = ACCEPTABLE, desc = "it is found there, or asks itself")
    @Outcome(expect = FORBIDDEN, desc = "it waits on")
    @State
    public static class ShutdownAndSystemTimer {

        private final Retry retry = Retry.builder("raced")
                .policy(RetryPolicy.builder()
                        .backoff(BackoffPolicy.fixed(Duration.ofHours(1)))
                        .timeBudget(Duration.ofDays(1))
                        .build())
                .build();
        private CompletableFuture<String> call;

        @Actor
        public void begins() {
            call = retry.callAsync(() -> CompletableFuture.failedFuture(new RacedCall.Failure()));
        }

        @Actor
        public void shutsDown() {
            retry.shutdown();
        }

        @Arbiter
        public void after(L_Result r) {
            r.r1 = RacedCall.outcome(call);
        }
    }
}
