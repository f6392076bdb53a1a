package dev.retrykit.internal.thread;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** Holds in one another, some of which end while others are made or asked. */
class HoldRaces {

    private HoldRaces() {}

    private static final Object INVENTORY = new Object();
    private static final Object PAYMENTS = new Object();
    private static final Object SEARCH = new Object();

    /** Search within payments within inventory. */
    abstract static class Chain {

        final HeldPermit outermost = new HeldPermit(INVENTORY, false, null);
        final HeldPermit middle = new HeldPermit(PAYMENTS, false, outermost);
        final HeldPermit innermost = new HeldPermit(SEARCH, false, middle);

        final boolean holdsInventory() {
            return HeldPermit.isHeld(innermost, INVENTORY, true);
        }
    }

    @JCStressTest
    @Description("An attempt in the middle ends, a call begins inside, and another asks for what the outermost holds.")
    @Outcome(id = "true, true, false", expect = ACCEPTABLE, desc = "the outermost goes on for all of them")
    @Outcome(expect = FORBIDDEN, desc = "the end of one ends another, or not all learn of it")
    @State
    public static class TheMiddleEnds extends Chain {

        private HeldPermit begun;

        @Actor
        public void ends(ZZZ_Result r) {
            middle.end();
            r.r1 = holdsInventory();
        }

        @Actor
        public void begins(ZZZ_Result r) {
            begun = new HeldPermit(SEARCH, false, innermost);
            r.r2 = HeldPermit.isHeld(begun, INVENTORY, true);
        }

        @Arbiter
        public void after(ZZZ_Result r) {
            r.r1 &= holdsInventory();
            r.r2 &= HeldPermit.isHeld(begun, INVENTORY, true);
            r.r3 = HeldPermit.isHeld(begun, PAYMENTS, true) || HeldPermit.isHeld(innermost, PAYMENTS, true);
        }
    }

    @JCStressTest
    @Description("Two calls begin inside of a chain the middle of which has ended; both forget it.")
    @Outcome(id = "true, true, true", expect = ACCEPTABLE, desc = "the outermost goes on for all of them")
    @Outcome(expect = FORBIDDEN, desc = "the outermost is lost")
    @State
    public static class TwoForget extends Chain {

        public TwoForget() {
            middle.end();
        }

        @Actor
        public void one(ZZZ_Result r) {
            r.r1 = HeldPermit.isHeld(new HeldPermit(SEARCH, false, innermost), INVENTORY, true);
        }

        @Actor
        public void other(ZZZ_Result r) {
            r.r2 = HeldPermit.isHeld(new HeldPermit(SEARCH, false, innermost), INVENTORY, true);
        }

        @Arbiter
        public void after(ZZZ_Result r) {
            r.r3 = holdsInventory();
        }
    }
}
