package dev.retrykit.internal.circuit;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A window of two calls: each result begins a slice of its own. */
class CountWindowRaces {

    private CountWindowRaces() {}

    private static CountWindow full() {
        CountWindow window = CountWindow.of(2);
        for (int i = 0; i < 4; i++) {
            window.add(false, false, 0);
        }
        return window;
    }

    private static int code(CallCounts tally) {
        return (int) (tally.calls() * 10 + tally.failures());
    }

    @JCStressTest
    @Description("Two failures take the places of two successes.")
    @Outcome(id = "22, 22", expect = ACCEPTABLE, desc = "both are there")
    @Outcome(expect = FORBIDDEN, desc = "a result is lost, or counted twice")
    @State
    public static class TwoResults {

        private final CountWindow window = full();

        @Actor
        public void one() {
            window.add(true, false, 0);
        }

        @Actor
        public void other() {
            window.add(true, false, 0);
        }

        @Arbiter
        public void counts(II_Result r) {
            r.r1 = code(window.tally());
            r.r2 = code(window.tally());
        }
    }

    @JCStressTest
    @Description("A look meets two failures. A slice that has begun without a note yet lets it see one slice more.")
    @Outcome(
            id = {"20, 22", "21, 22", "22, 22", "30, 22", "31, 22", "32, 22"},
            expect = ACCEPTABLE,
            desc = "what was there at some time, and no less than the size")
    @Outcome(expect = FORBIDDEN, desc = "fewer than there were, or some that never were")
    @State
    public static class AddAndLook {

        private final CountWindow window = full();

        @Actor
        public void adds() {
            window.add(true, false, 0);
            window.add(true, false, 0);
        }

        @Actor
        public void looks(II_Result r) {
            r.r1 = code(window.tally());
        }

        @Arbiter
        public void counts(II_Result r) {
            r.r2 = code(window.tally());
        }
    }

    @JCStressTest
    @Description("The window gets another size while a result comes.")
    @Outcome(id = "21, 31", expect = ACCEPTABLE, desc = "it came before, in the place of another")
    @Outcome(id = "31, 41", expect = ACCEPTABLE, desc = "it came after")
    @Outcome(expect = FORBIDDEN, desc = "the result is lost, or counted twice")
    @State
    public static class AddAndResize {

        private final CountWindow window = full();
        private Window resized = window;

        @Actor
        public void adds() {
            window.add(true, false, 0);
        }

        @Actor
        public void resizes() {
            resized = window.with(new Thresholds(10, 0, 10, 70, Thresholds.NEVER_SLOW, 100, 0), 0);
        }

        @Arbiter
        public void counts(II_Result r) {
            r.r1 = code(resized.tally());
            resized.add(false, false, 0);
            r.r2 = code(resized.tally());
        }
    }
}
