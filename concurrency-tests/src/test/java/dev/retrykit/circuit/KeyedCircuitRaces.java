package dev.retrykit.circuit;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.retrykit.HandTimer;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.L_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** New keys, and what is done to all. */
class KeyedCircuitRaces {

    private KeyedCircuitRaces() {}

    private static final CircuitPolicy OTHER =
            CircuitPolicy.builder().failureRate(50).build();

    /** Two keys at the most. */
    abstract static class Keys {

        final KeyedCircuits<Circuit> circuits = KeyedCircuits.of(
                () -> Circuit.builder("raced").timeSource(new HandTimer()), new KeyLimits(2, Duration.ofMinutes(10)));
    }

    @JCStressTest
    @Description("All circuits are forced open while a key comes for the first time.")
    @Outcome(id = "FORCED_OPEN", expect = ACCEPTABLE, desc = "its circuit is forced open too")
    @Outcome(expect = FORBIDDEN, desc = "it slips through")
    @State
    public static class ForcedWhileAKeyComes extends Keys {

        @Actor
        public void comes() {
            circuits.get("new");
        }

        @Actor
        public void force() {
            circuits.forceOpen();
        }

        @Arbiter
        public void state(L_Result r) {
            r.r1 = circuits.get("new").state();
        }
    }

    @JCStressTest
    @Description("The settings change while a key comes for the first time.")
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "its circuit has the new ones")
    @Outcome(expect = FORBIDDEN, desc = "it keeps the old ones")
    @State
    public static class ChangedWhileAKeyComes extends Keys {

        @Actor
        public void comes() {
            circuits.get("new");
        }

        @Actor
        public void change() {
            circuits.change(OTHER, KeyLimits.defaults(OTHER));
        }

        @Arbiter
        public void state(ZI_Result r) {
            r.r1 = circuits.get("new").policy() == OTHER;
            r.r2 = circuits.size();
        }
    }

    @JCStressTest
    @Description("All circuits are reset and forced open at once.")
    @Outcome(id = "CLOSED, CLOSED, CLOSED", expect = ACCEPTABLE, desc = "the reset came last, for all")
    @Outcome(id = "FORCED_OPEN, FORCED_OPEN, FORCED_OPEN", expect = ACCEPTABLE, desc = "the force came last, for all")
    @Outcome(expect = FORBIDDEN, desc = "the circuits of one name differ")
    @State
    public static class ResetAndForcedAtOnce extends Keys {

        private final Circuit known = circuits.get("known");

        @Actor
        public void reset() {
            circuits.reset();
        }

        @Actor
        public void force() {
            circuits.forceOpen();
        }

        @Arbiter
        public void state(LLL_Result r) {
            r.r1 = known.state();
            r.r2 = circuits.shared().state();
            r.r3 = circuits.get("new").state();
        }
    }

    @JCStressTest
    @Description("Settings change twice at once.")
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "all circuits have the same ones")
    @Outcome(expect = FORBIDDEN, desc = "the circuits of one name differ")
    @State
    public static class ChangedTwiceAtOnce extends Keys {

        private final Circuit known = circuits.get("known");

        @Actor
        public void one() {
            circuits.change(OTHER, KeyLimits.defaults(OTHER));
        }

        @Actor
        public void other() {
            circuits.change(CircuitPolicy.defaults(), KeyLimits.defaults(CircuitPolicy.defaults()));
        }

        @Arbiter
        public void state(Z_Result r) {
            CircuitPolicy last = circuits.policy();
            r.r1 = known.policy() == last
                    && circuits.shared().policy() == last
                    && circuits.get("new").policy() == last;
        }
    }

    @JCStressTest
    @Description("Two threads need the circuit of a key for the first time.")
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "they get the same one")
    @Outcome(expect = FORBIDDEN, desc = "each gets one of its own")
    @State
    public static class TwoNeedAKey extends Keys {

        private Circuit one;
        private Circuit other;

        @Actor
        public void one() {
            one = circuits.get("new");
        }

        @Actor
        public void other() {
            other = circuits.get("new");
        }

        @Arbiter
        public void state(ZI_Result r) {
            r.r1 = one == other && one == circuits.get("new");
            r.r2 = circuits.size();
        }
    }

    @JCStressTest
    @Description("Three keys come for two places.")
    @Outcome(id = "true, 2", expect = ACCEPTABLE, desc = "one of the late ones shares a circuit")
    @Outcome(expect = FORBIDDEN, desc = "there are more keys than the bound, or fewer")
    @State
    public static class ThreeKeysForTwoPlaces extends Keys {

        private final Circuit first = circuits.get("first");
        private Circuit one;
        private Circuit other;

        @Actor
        public void one() {
            one = circuits.get("one");
        }

        @Actor
        public void other() {
            other = circuits.get("other");
        }

        @Arbiter
        public void state(ZI_Result r) {
            boolean oneShares = one == circuits.shared();
            boolean otherShares = other == circuits.shared();
            r.r1 = oneShares != otherShares && circuits.get("first") == first;
            r.r2 = circuits.size();
        }
    }
}
