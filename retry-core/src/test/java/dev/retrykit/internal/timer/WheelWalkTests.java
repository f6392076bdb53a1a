package dev.retrykit.internal.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WheelWalkTests {

    private static final int ENTRIES = 20_000;
    private static final long TOP_TURN_NANOS = (1L << 26) * Wheel.TICK_NANOS;

    private final Schedule schedule = new Schedule();
    private final Set<TimerEntry> shown = new HashSet<>();
    private final Set<TimerEntry> fired = new HashSet<>();

    private final class Waiting extends TimerEntry {

        private static final long serialVersionUID = 1;

        @Override
        protected void fire() {
            fired.add(this);
        }
    }

    private Waiting set(long when) {
        Waiting entry = new Waiting();
        schedule.set(entry, when);
        return entry;
    }

    private void turn(long now) {
        schedule.takeIn(now);
        schedule.advance(now);
    }

    /** So far away that all levels are used, and more in a slot than a slice shows; some are cancelled meanwhile. */
    @ParameterizedTest
    @ValueSource(longs = {1, 7, 300, 20_000, 1_000_000, 70_000_000})
    void showsAllThatWaitThoughTheyMoveMeanwhile(long ticksBetween) {
        SplittableRandom random = new SplittableRandom(ticksBetween);
        List<Waiting> waiting = new ArrayList<>();
        for (int i = 0; i < ENTRIES; i++) {
            waiting.add(set((1L << random.nextInt(1, 44)) * (1 + i % 3) * Wheel.TICK_NANOS));
        }
        long now = TOP_TURN_NANOS - 2 * Wheel.TICK_NANOS;
        turn(0);
        turn(now);
        WheelWalk walk = new WheelWalk(schedule, shown::add);
        schedule.set(walk, now);
        Set<TimerEntry> cancelled = new HashSet<>();
        while (!walk.hasEnded()) {
            now += ticksBetween * Wheel.TICK_NANOS;
            Waiting one = waiting.get(random.nextInt(ENTRIES));
            schedule.set(one, Wheel.NEVER);
            cancelled.add(one);
            turn(now);
        }

        assertThat(waiting)
                .allMatch(entry -> shown.contains(entry) || fired.contains(entry) || cancelled.contains(entry));
        turn(Wheel.NEVER - 1);
        turn(Wheel.NEVER - 1);
        assertThat(schedule.isEmpty()).isTrue();
    }

    @Test
    void showsWhatWasArmedBeforeItAndIsStillInTheIntake() {
        Waiting before = set(Wheel.TICK_NANOS * 1_000);
        WheelWalk walk = new WheelWalk(schedule, shown::add);
        schedule.set(walk, 0);
        while (!walk.hasEnded()) {
            turn(0);
        }
        assertThat(shown).containsExactly(before);
    }

    @Test
    void endsThoughTheViewerFails() {
        set(Wheel.TICK_NANOS * 1_000);
        WheelWalk walk = new WheelWalk(schedule, entry -> {
            throw new OutOfMemoryError("no room");
        });
        schedule.set(walk, 0);
        while (!walk.hasEnded()) {
            turn(0);
        }
        assertThat(shown).isEmpty();
    }

    @Test
    void needsNoThreadWhereNothingWaits() {
        Timer timer = new Timer();
        timer.show(shown::add);
        assertThat(shown).isEmpty();
    }
}
