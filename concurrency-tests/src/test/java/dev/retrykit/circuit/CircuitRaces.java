package dev.retrykit.circuit;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.retrykit.HandTimer;
import dev.retrykit.failure.Signal;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** Results, probes and switches that meet at one circuit. */
class CircuitRaces {

    private CircuitRaces() {}

    /** A circuit and how often it has changed its state. */
    abstract static class Counted {

        final AtomicInteger transitions = new AtomicInteger();
        final Circuit circuit;

        Counted(CircuitPolicy policy) {
            circuit = Circuit.builder("raced")
                    .policy(policy)
                    .timeSource(new HandTimer())
                    .listener(transition -> transitions.incrementAndGet())
                    .build();
        }

        Permit permit() {
            Permit permit = circuit.tryAcquire(0);
            if (permit == null) {
                throw new AssertionError("the circuit rejects");
            }
            return permit;
        }

        void end(Permit permit, Signal signal) {
            circuit.end(permit, signal, 0, 0);
        }

        void record(LI_Result r) {
            r.r1 = circuit.state();
            r.r2 = transitions.get();
        }
    }

    private static final CircuitPolicy STREAK_OF_TWO =
            CircuitPolicy.builder().consecutiveFailures(2).build();
    private static final CircuitPolicy STREAK_OF_ONE =
            CircuitPolicy.builder().consecutiveFailures(1).build();
    private static final CircuitPolicy RATE_OF_TWO =
            CircuitPolicy.builder().failureRate(50).minimumCalls(2).build();
    private static final CircuitPolicy ONE_PROBE =
            CircuitPolicy.builder().probes(1).build();
    private static final CircuitPolicy TWO_PROBES =
            CircuitPolicy.builder().failureRate(50).probes(2).build();

    @JCStressTest
    @Description("The first two failures after a long silence end at the same time. That is no second of failures.")
    @Outcome(id = "CLOSED, 0", expect = ACCEPTABLE, desc = "it waits for more")
    @Outcome(expect = FORBIDDEN, desc = "it takes the silence for a time of failures")
    @State
    public static class TwoFirstFailures extends Counted {

        private static final long LATER = 10_000_000_000L;

        private final Permit first = permit();
        private final Permit second = permit();

        public TwoFirstFailures() {
            super(RATE_OF_TWO);
        }

        @Actor
        public void one() {
            circuit.end(first, Signal.FAILURE, LATER, LATER);
        }

        @Actor
        public void other() {
            circuit.end(second, Signal.FAILURE, LATER, LATER);
        }

        @Arbiter
        public void result(LI_Result r) {
            record(r);
        }
    }

    @JCStressTest
    @Description("Two failures, each of which may be the one too many.")
    @Outcome(id = "OPEN, 1", expect = ACCEPTABLE, desc = "it opens, once")
    @Outcome(expect = FORBIDDEN, desc = "it stays closed, or opens twice")
    @State
    public static class TwoFailuresOpen extends Counted {

        private final Permit first = permit();
        private final Permit second = permit();

        public TwoFailuresOpen() {
            super(STREAK_OF_TWO);
        }

        @Actor
        public void one() {
            end(first, Signal.FAILURE);
        }

        @Actor
        public void other() {
            end(second, Signal.FAILURE);
        }

        @Arbiter
        public void after(LI_Result r) {
            record(r);
        }
    }

    @JCStressTest
    @Description("Two threads want the place of the only probe.")
    @Outcome(
            id = {"true, false, false", "false, true, false"},
            expect = ACCEPTABLE,
            desc = "one of them gets it")
    @Outcome(expect = FORBIDDEN, desc = "both get it, none does, or it is there still")
    @State
    public static class LastProbe extends Counted {

        public LastProbe() {
            super(ONE_PROBE);
            circuit.halfOpen();
        }

        @Actor
        public void one(ZZZ_Result r) {
            r.r1 = circuit.tryAcquire(0) != null;
        }

        @Actor
        public void other(ZZZ_Result r) {
            r.r2 = circuit.tryAcquire(0) != null;
        }

        @Arbiter
        public void left(ZZZ_Result r) {
            r.r3 = circuit.untilAdmittedNanos(0) == 0;
        }
    }

    @JCStressTest
    @Description("A probe that told nothing frees its place while another thread wants it.")
    @Outcome(id = "false, true, false", expect = ACCEPTABLE, desc = "free in time")
    @Outcome(id = "false, false, true", expect = ACCEPTABLE, desc = "free too late, and now")
    @Outcome(expect = FORBIDDEN, desc = "a place is lost or invented")
    @State
    public static class ProbeReleased extends Counted {

        private final Permit probe;

        public ProbeReleased() {
            super(ONE_PROBE);
            circuit.halfOpen();
            probe = permit();
        }

        @Actor
        public void releases() {
            end(probe, Signal.NONE);
        }

        @Actor
        public void wants(ZZZ_Result r) {
            r.r2 = circuit.tryAcquire(0) != null;
        }

        @Arbiter
        public void left(ZZZ_Result r) {
            r.r3 = circuit.untilAdmittedNanos(0) == 0;
        }
    }

    @JCStressTest
    @Description("Both probes succeed at once.")
    @Outcome(id = "CLOSED, 2", expect = ACCEPTABLE, desc = "the last one closes the circuit, once")
    @Outcome(expect = FORBIDDEN, desc = "it stays half-open, or closes twice")
    @State
    public static class ProbesClose extends Counted {

        private final Permit first;
        private final Permit second;

        public ProbesClose() {
            super(TWO_PROBES);
            circuit.halfOpen();
            first = permit();
            second = permit();
        }

        @Actor
        public void one() {
            end(first, Signal.SUCCESS);
        }

        @Actor
        public void other() {
            end(second, Signal.SUCCESS);
        }

        @Arbiter
        public void after(LI_Result r) {
            record(r);
        }
    }

    @JCStressTest
    @Description("Of two probes one fails while the other succeeds; half of them may not fail.")
    @Outcome(id = "OPEN, 2", expect = ACCEPTABLE, desc = "the circuit opens again, once")
    @Outcome(expect = FORBIDDEN, desc = "it closes, stays half-open, or opens twice")
    @State
    public static class ProbesReopen extends Counted {

        private final Permit first;
        private final Permit second;

        public ProbesReopen() {
            super(TWO_PROBES);
            circuit.halfOpen();
            first = permit();
            second = permit();
        }

        @Actor
        public void succeeds() {
            end(first, Signal.SUCCESS);
        }

        @Actor
        public void fails() {
            end(second, Signal.FAILURE);
        }

        @Arbiter
        public void after(LI_Result r) {
            record(r);
        }
    }

    @JCStressTest
    @Description("The circuit is reset while a failure opens it.")
    @Outcome(id = "CLOSED, 0", expect = ACCEPTABLE, desc = "the failure came late and counts nowhere")
    @Outcome(id = "CLOSED, 2", expect = ACCEPTABLE, desc = "it opened and was closed again")
    @Outcome(expect = FORBIDDEN, desc = "a failure of before the reset opens the circuit after it")
    @State
    public static class ResetAndOpen extends Counted {

        private final Permit permit = permit();

        public ResetAndOpen() {
            super(STREAK_OF_ONE);
        }

        @Actor
        public void resets() {
            circuit.reset();
        }

        @Actor
        public void fails() {
            end(permit, Signal.FAILURE);
        }

        @Arbiter
        public void after(LI_Result r) {
            record(r);
        }
    }
}
