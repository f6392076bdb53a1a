package dev.retrykit.internal.timer;

import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * Shows what waits in a timer, one slice each time it is fired. Entries that were armed before are linked by then. It goes
 * from the highest slot to the lowest: entries move to lower slots, so it misses none.
 */
final class WheelWalk extends TimerEntry {

    private static final long serialVersionUID = 1;

    /** About ten microseconds. */
    private static final int SLICE = 1_000;

    private final transient Schedule schedule;
    private final transient Consumer<? super TimerEntry> viewer;
    private final transient CountDownLatch end = new CountDownLatch(1);
    private final transient Mark mark = new Mark();

    // used by the timer's thread only
    private int slot = NOWHERE;
    private long turn;

    WheelWalk(Schedule schedule, Consumer<? super TimerEntry> viewer) {
        this.schedule = schedule;
        this.viewer = viewer;
    }

    /** The place where a slice ends. It is never due. */
    private static final class Mark extends TimerEntry {

        private static final long serialVersionUID = 1;

        @Override
        protected void fire() {}
    }

    /** The first time, others may be below it in the intake, which is a stack. */
    @Override
    protected void fire() {
        boolean goesOn = false;
        try {
            if (slot < 0 || turn != schedule.lastTurn()) {
                slot = Wheel.SLOTS - 1;
                turn = schedule.lastTurn();
            } else {
                showSlice();
            }
            goesOn = slot >= 0;
            if (goesOn) {
                schedule.set(this, 0);
            }
        } finally {
            if (!goesOn) {
                end.countDown();
            }
        }
    }

    private void showSlice() {
        int left = SLICE;
        while (slot >= 0 && left > 0) {
            left -= schedule.show(slot, mark, left, viewer);
            if (mark.slot == NOWHERE) {
                slot--;
            }
        }
    }

    boolean hasEnded() {
        return end.getCount() == 0;
    }

    /** Waits until all entries are shown. An interrupt is restored afterwards. */
    void await() {
        boolean interrupted = false;
        while (!hasEnded()) {
            try {
                end.await();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
