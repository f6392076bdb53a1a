package dev.retrykit.circuit;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.internal.thread.HeldPermit;
import dev.retrykit.internal.thread.ThreadPermits;
import java.net.ConnectException;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * A call that holds the only probe of a circuit, and what it has carried to another thread. A result is the circuit's state
 * before the other thread asks, whether that one passes, and what is left when both are done.
 */
class ReentrantRaces {

    private ReentrantRaces() {}

    private static final CircuitPolicy ONE_PROBE =
            CircuitPolicy.builder().probes(1).build();
    private static final RetryPolicy ONCE = RetryPolicy.builder().maxAttempts(1).build();
    private static final Failure FAILURE = new Failure();

    private static final String OUTLIVED = "it passes on a permit that was given back";

    /** A call whose stage runs, and what it holds. */
    abstract static class Probe extends CircuitRaces.Counted {

        final CompletableFuture<String> stage = new CompletableFuture<>();
        final Retry retry;
        private HeldPermit hold;
        private CompletableFuture<String> call;

        Probe(boolean engine) {
            super(ONE_PROBE);
            retry = Retry.builder("raced")
                    .policy(ONCE)
                    .circuit(circuit)
                    .timeSource(circuit.time())
                    .executor(Runnable::run)
                    .build();
            circuit.halfOpen();
            ThrowingCallable<CompletableFuture<String>, RuntimeException> body = () -> {
                hold = ThreadPermits.current().capture();
                return stage;
            };
            call = engine ? retry.callAsync(body) : circuit.callAsync(body);
        }

        final void succeed() {
            stage.complete("done");
        }

        final void fail() {
            stage.completeExceptionally(FAILURE);
        }

        final void cancel() {
            call.cancel(true);
        }

        /** Asks from a thread that the hold was carried to. */
        final boolean passes(ThrowingCallable<?, RuntimeException> use) {
            ThreadPermits holds = ThreadPermits.current();
            int outside = holds.depth();
            holds.enter(hold);
            try {
                use.call();
                return true;
            } catch (CircuitOpenException rejected) {
                return false;
            } finally {
                holds.restore(outside);
            }
        }

        final void ask(LLLL_Result r) {
            r.r1 = circuit.state();
            r.r2 = passes(() -> circuit.call(() -> "inner"));
        }

        final void askWithRetry(LLLL_Result r) {
            r.r1 = circuit.state();
            r.r2 = passes(() -> retry.call(() -> "inner"));
        }

        final void recordAll(LLLL_Result r) {
            r.r3 = circuit.state();
            r.r4 = transitions.get();
        }
    }

    @JCStressTest
    @Description("The only probe fails while what it has carried elsewhere uses the circuit.")
    @Outcome(id = "HALF_OPEN, true, OPEN, 2", expect = ACCEPTABLE, desc = "it was inside")
    @Outcome(id = "HALF_OPEN, false, OPEN, 2", expect = ACCEPTABLE, desc = "the probe ended meanwhile")
    @Outcome(id = "OPEN, false, OPEN, 2", expect = ACCEPTABLE, desc = "it came late")
    @Outcome(expect = FORBIDDEN, desc = OUTLIVED)
    @State
    public static class AnAttemptFails extends Probe {

        public AnAttemptFails() {
            super(true);
        }

        @Actor
        public void fails() {
            fail();
        }

        @Actor
        public void asks(LLLL_Result r) {
            ask(r);
        }

        @Arbiter
        public void after(LLLL_Result r) {
            recordAll(r);
        }
    }

    @JCStressTest
    @Description("The same with the circuit alone, and an engine inside.")
    @Outcome(id = "HALF_OPEN, true, OPEN, 2", expect = ACCEPTABLE, desc = "it was inside")
    @Outcome(id = "HALF_OPEN, false, OPEN, 2", expect = ACCEPTABLE, desc = "the probe ended meanwhile")
    @Outcome(id = "OPEN, false, OPEN, 2", expect = ACCEPTABLE, desc = "it came late")
    @Outcome(expect = FORBIDDEN, desc = OUTLIVED)
    @State
    public static class ACallFails extends Probe {

        public ACallFails() {
            super(false);
        }

        @Actor
        public void fails() {
            fail();
        }

        @Actor
        public void asks(LLLL_Result r) {
            askWithRetry(r);
        }

        @Arbiter
        public void after(LLLL_Result r) {
            recordAll(r);
        }
    }

    @JCStressTest
    @Description("The only probe succeeds while what it has carried elsewhere uses the circuit.")
    @Outcome(id = "HALF_OPEN, true, CLOSED, 2", expect = ACCEPTABLE, desc = "it was inside, or the circuit closed")
    @Outcome(id = "HALF_OPEN, false, CLOSED, 2", expect = ACCEPTABLE, desc = "the probe had ended, and held its place")
    @Outcome(id = "CLOSED, true, CLOSED, 2", expect = ACCEPTABLE, desc = "it came late")
    @Outcome(expect = FORBIDDEN, desc = "a closed circuit rejects, or doesn't close")
    @State
    public static class AnAttemptSucceeds extends Probe {

        public AnAttemptSucceeds() {
            super(true);
        }

        @Actor
        public void succeeds() {
            succeed();
        }

        @Actor
        public void asks(LLLL_Result r) {
            askWithRetry(r);
        }

        @Arbiter
        public void after(LLLL_Result r) {
            recordAll(r);
        }
    }

    @JCStressTest
    @Description("The only probe is cancelled while an asynchronous call begins inside of it, which ends after both.")
    @Outcome(id = "HALF_OPEN, true, HALF_OPEN, true", expect = ACCEPTABLE, desc = "it was inside, or took the place")
    @Outcome(id = "HALF_OPEN, false, HALF_OPEN, true", expect = ACCEPTABLE, desc = "the place wasn't free yet")
    @Outcome(expect = FORBIDDEN, desc = "the place of the probe is lost, or given back twice")
    @State
    public static class AnAttemptIsCancelled extends Probe {

        private final CompletableFuture<String> inner = new CompletableFuture<>();
        private CompletableFuture<String> innerCall;

        public AnAttemptIsCancelled() {
            super(true);
        }

        @Actor
        public void cancels() {
            cancel();
        }

        @Actor
        public void asks(LLLL_Result r) {
            r.r1 = circuit.state();
            r.r2 = passes(() -> innerCall = circuit.callAsync(() -> inner));
        }

        @Arbiter
        public void after(LLLL_Result r) {
            if (innerCall != null) {
                innerCall.cancel(true);
            }
            r.r3 = circuit.state();
            boolean free = circuit.tryAcquire(0) != null;
            r.r4 = free && circuit.tryAcquire(0) == null;
        }
    }

    @JCStressTest
    @Description("Two threads use the circuit inside of the only probe, which succeeds after both.")
    @Outcome(id = "true, true, CLOSED", expect = ACCEPTABLE, desc = "both pass, uncounted, and the probe closes it")
    @Outcome(expect = FORBIDDEN, desc = "one of them is rejected, or counted")
    @State
    public static class TwoUsesInside extends Probe {

        public TwoUsesInside() {
            super(true);
        }

        @Actor
        public void one(LLL_Result r) {
            r.r1 = passes(() -> circuit.call(() -> "inner"));
        }

        @Actor
        public void other(LLL_Result r) {
            r.r2 = passes(() -> retry.call(() -> "inner"));
        }

        @Arbiter
        public void after(LLL_Result r) {
            succeed();
            CircuitSnapshot last = circuit.snapshot();
            r.r3 = last.calls() + last.rejected() == 0 ? last.state() : last;
        }
    }

    /** Without the price of a stack trace. */
    private static final class Failure extends ConnectException {

        private static final long serialVersionUID = 1;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
