package dev.retrykit.internal.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadPermitsTests {

    private static final Object INVENTORY = new Object();
    private static final Object PAYMENTS = new Object();

    private final ThreadPermits holds = ThreadPermits.current();

    @AfterEach
    void leave() {
        holds.restore(0);
    }

    @Test
    void whatIsEnteredIsHeldUntilTheThreadIsPutBack() {
        int outer = holds.depth();
        holds.push(INVENTORY, false);
        holds.push(PAYMENTS, true);

        assertThat(holds.has(INVENTORY, true)).isTrue();
        assertThat(holds.has(PAYMENTS, false)).isTrue();
        assertThat(holds.has(PAYMENTS, true)).as("asked by a retry").isFalse();

        holds.restore(outer);
        assertThat(holds.has(INVENTORY, false)).isFalse();
        assertThat(holds.isEmpty()).isTrue();
    }

    @Test
    void whatIsCarriedHidesWhatTheThreadHolds() {
        holds.push(INVENTORY, false);
        int inside = holds.depth();
        holds.enter(new HeldPermit(PAYMENTS, false, null));
        assertThat(holds.has(INVENTORY, false)).isFalse();
        assertThat(holds.has(PAYMENTS, false)).isTrue();

        holds.enter(null);
        assertThat(holds.has(PAYMENTS, false)).isFalse();
        assertThat(holds.isEmpty()).isTrue();
        assertThat(holds.capture()).isNull();

        holds.restore(inside);
        assertThat(holds.has(INVENTORY, false)).isTrue();
    }

    @Test
    void whatWasCarriedEndsWithTheAttempt() {
        holds.push(INVENTORY, false);
        holds.push(PAYMENTS, false);
        HeldPermit captured = holds.capture();
        assertThat(holds.capture()).as("made once").isSameAs(captured);
        assertThat(HeldPermit.isHeld(captured, INVENTORY, false)).isTrue();

        holds.restore(1);
        assertThat(HeldPermit.isHeld(captured, PAYMENTS, false)).isFalse();
        assertThat(HeldPermit.isHeld(captured, INVENTORY, false)).isTrue();
    }

    /** Context propagation sets and sets back all day, on threads that no scope ever puts back. */
    @Test
    void whatReplacesWhatWasCarriedTakesNoRoom() {
        HeldPermit hold = new HeldPermit(INVENTORY, false, null);
        for (int i = 0; i < 1000; i++) {
            holds.carry(hold);
            assertThat(holds.has(INVENTORY, false)).isTrue();
            assertThat(holds.tryTakeBack()).isTrue();
            assertThat(holds.isEmpty()).isTrue();
            holds.carry(null);
            assertThat(holds.isEmpty()).isTrue();
        }
        assertThat(holds.depth()).isLessThanOrEqualTo(1);
    }

    @Test
    void whatIsTakenBackHidesNothingAnyMore() {
        holds.push(INVENTORY, false);
        holds.carry(new HeldPermit(PAYMENTS, false, null));
        assertThat(holds.tryTakeBack()).isTrue();
        assertThat(holds.has(INVENTORY, false)).isTrue();
        assertThat(holds.has(PAYMENTS, false)).isFalse();

        holds.carry(null);
        assertThat(holds.has(INVENTORY, false))
                .as("within an attempt without a circuit")
                .isFalse();
        assertThat(holds.tryTakeBack()).isTrue();
        assertThat(holds.tryTakeBack()).as("nothing is carried").isFalse();
        assertThat(holds.has(INVENTORY, false)).isTrue();
    }

    @Test
    void whatIsCarriedInsideOfAScopeEndsWithIt() {
        int outer = holds.depth();
        holds.enter(new HeldPermit(INVENTORY, false, null));
        holds.carry(new HeldPermit(PAYMENTS, false, null));
        assertThat(holds.has(PAYMENTS, false)).isTrue();

        holds.restore(outer);
        assertThat(holds.isEmpty()).isTrue();
    }

    @Test
    void scopesThatAreClosedInTheWrongOrderLeaveNothing() {
        int outer = holds.depth();
        holds.enter(new HeldPermit(INVENTORY, false, null));
        int inner = holds.depth();
        holds.enter(new HeldPermit(PAYMENTS, false, null));
        holds.restore(outer);
        holds.restore(inner);

        assertThat(holds.isEmpty()).isTrue();
    }

    /** Two run at any time, as of jobs that begin the next one before they end. */
    @Test
    void aChainOfCallsEachOfWhichOutlivesTheOneBeforeDoesNotGrow() {
        WeakReference<Object> first = new WeakReference<>(new Object());
        HeldPermit oldest = new HeldPermit(Objects.requireNonNull(first.get()), false, null);
        HeldPermit older = new HeldPermit(PAYMENTS, false, oldest);
        for (int i = 0; i < 10; i++) {
            HeldPermit newest = new HeldPermit(INVENTORY, false, older);
            oldest.end();
            oldest = older;
            older = newest;
        }

        for (int i = 0; i < 50 && first.get() != null; i++) {
            System.gc();
        }
        assertThat(first.get()).as("what the first has held").isNull();
        assertThat(HeldPermit.isHeld(older, INVENTORY, false)).isTrue();
        assertThat(HeldPermit.isHeld(older, PAYMENTS, false)).isFalse();
    }
}
