package dev.retrykit;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A body asks for its attempt for the first time while that ends. It is asked afterwards whether the attempt goes on. */
class QuestionRaces {

    private static final String WRONG = "an attempt that has ended goes on for what carries it";

    private QuestionRaces() {}

    /** The second attempt waits for a thread, which asks for the attempt. */
    abstract static class AskedCall extends RacedCall {

        private volatile @Nullable RetryContext asked;

        final CompletableFuture<String> call = begin(THREE_ATTEMPTS, handedOver::add, this::body);

        AskedCall() {
            timer.fire();
        }

        private CompletionStage<String> body() {
            if (attempts.incrementAndGet() == 1) {
                return CompletableFuture.failedFuture(new Failure());
            }
            asked = RetryContext.carried();
            return new CompletableFuture<>();
        }

        final String seen() {
            RetryContext context = asked;
            if (context == null) {
                return "never begun";
            }
            return context.inForce().isPresent() ? "goes on" : "ended";
        }
    }

    @JCStressTest
    @Description("The call is cancelled while its second attempt asks for itself.")
    @Outcome(id = "ended", expect = ACCEPTABLE, desc = "whoever was first")
    @Outcome(id = "never begun", expect = ACCEPTABLE, desc = "the cancel was first")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class CancelAndQuestion extends AskedCall {

        @Actor
        public void cancels() {
            call.cancel(true);
        }

        @Actor
        public void asks() {
            execute();
        }

        @Arbiter
        public void after(L_Result r) {
            r.r1 = seen();
        }
    }

    @JCStressTest
    @Description("The retry is shut down while its second attempt asks for itself.")
    @Outcome(id = "ended", expect = ACCEPTABLE, desc = "whoever was first")
    @Outcome(id = "never begun", expect = ACCEPTABLE, desc = "the shutdown was first")
    @Outcome(expect = FORBIDDEN, desc = WRONG)
    @State
    public static class ShutdownAndQuestion extends AskedCall {

        @Actor
        public void shutsDown() {
            retry.shutdownNow();
        }

        @Actor
        public void asks() {
            execute();
        }

        @Arbiter
        public void after(L_Result r) {
            r.r1 = seen();
        }
    }
}
