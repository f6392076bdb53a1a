package dev.retrykit.internal.timer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LimitTests {

    private static final long TICK = Wheel.TICK_NANOS;
    private static final long SECOND = 1_000 * TICK;

    private final Schedule schedule = new Schedule();
    private long now;
    private int armed;

    private final class ManualArming implements Arming {

        @Override
        public long now() {
            return now;
        }

        @Override
        public long of(long nanoTime) {
            return nanoTime;
        }

        @Override
        public void set(TimerEntry entry, long when) {
            armed++;
            schedule.set(entry, when);
        }
    }

    private final class Probe extends Limit {

        private static final long serialVersionUID = 1;

        private int reached;
        private int failures;

        Probe() {
            super(new ManualArming());
        }

        void begin(long limit) {
            begin(now, limit);
        }

        boolean hasEnded() {
            return end();
        }

        @Override
        protected void due(long set) {
            if (failures > 0) {
                failures--;
                throw new OutOfMemoryError("as if");
            }
            reached += tryReach(set) ? 1 : 0;
        }
    }

    private final Probe limit = new Probe();

    /** As the timer does in each tick. */
    private void pass(long nanos) {
        for (long end = now + nanos; now < end; ) {
            now += Math.min(TICK, end - now);
            schedule.takeIn(now);
            schedule.advance(now);
        }
    }

    @Test
    void isReachedWhenItsTimeIsOver() {
        limit.begin(10 * TICK);
        pass(10 * TICK - 1);
        assertThat(limit.reached).isZero();
        pass(1);
        assertThat(limit.reached).isOne();
        assertThat(limit.hasEnded()).isFalse();
        assertThat(limit.hasEnded()).isFalse();
    }

    @Test
    void isNotReachedOnceItHasEnded() {
        limit.begin(10 * TICK);
        pass(5 * TICK);
        assertThat(limit.hasEnded()).isTrue();
        pass(SECOND);
        assertThat(limit.reached).isZero();
        assertThat(limit.hasEnded()).isTrue();
    }

    @Test
    void isArmedOnceForManyLimits() {
        for (int i = 0; i < 100; i++) {
            limit.begin(SECOND);
            pass(TICK);
            limit.hasEnded();
        }
        assertThat(armed).isOne();
    }

    @Test
    void itsLastTimeCountsAlone() {
        limit.begin(100 * TICK);
        pass(90 * TICK);
        limit.hasEnded();
        limit.begin(100 * TICK);
        pass(99 * TICK);
        assertThat(limit.reached).isZero();
        pass(TICK);
        assertThat(limit.reached).isOne();
    }

    @Test
    void aSoonerTimeThanTheOneBeforeIsMet() {
        limit.begin(20 * SECOND);
        pass(10 * TICK);
        limit.hasEnded();
        limit.begin(10 * TICK);
        pass(10 * TICK);
        assertThat(limit.reached).isOne();
    }

    @Test
    void aTimeAfterManySecondsIsMet() {
        limit.begin(20 * SECOND);
        pass(20 * SECOND - 1);
        assertThat(limit.reached).isZero();
        pass(1);
        assertThat(limit.reached).isOne();
    }

    @Test
    void canBeSetAgainAfterItWasReached() {
        for (int i = 1; i <= 3; i++) {
            limit.begin(10 * TICK);
            pass(10 * TICK);
            assertThat(limit.reached).isEqualTo(i);
        }
    }

    @Test
    void isInNoTimerASecondAfterItHasEnded() {
        limit.begin(3_600 * SECOND);
        pass(TICK);
        limit.hasEnded();
        pass(SECOND);
        assertThat(schedule.isEmpty()).isTrue();
        assertThat(schedule.hasIntake()).isFalse();
    }

    @Test
    void isToldAgainWhereThereWasNoMemoryForIt() {
        limit.failures = 3;
        limit.begin(10 * TICK);
        pass(14 * TICK);
        assertThat(limit.reached).isOne();
    }

    @Test
    void aTimeBeyondAllTimesIsNeverReached() {
        now = 5 * SECOND;
        limit.begin(Long.MAX_VALUE);
        pass(5 * SECOND);
        assertThat(limit.reached).isZero();
    }

    @Test
    void oneThatOthersTellIsReachedOnceAndOnlyWhileItIsSet() {
        long first = limit.begin();
        assertThat(limit.hasEnded()).isTrue();
        long second = limit.begin();
        assertThat(limit.tryReach(first)).isFalse();
        assertThat(limit.tryReach(second)).isTrue();
        assertThat(limit.tryReach(second)).isFalse();
        assertThat(armed).isZero();
    }
}
