package dev.retrykit.internal.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WheelTests {

    private static final long MILLISECOND = 1_000_000;
    private static final long DAY = 86_400_000 * MILLISECOND;

    private final Wheel wheel = new Wheel();
    private final List<Waiting> fired = new ArrayList<>();
    private long now;

    private final class Waiting extends TimerEntry {

        private static final long serialVersionUID = 1;

        private long firedAt = -1;

        Waiting(long when) {
            this.when = when;
        }

        @Override
        protected void fire() {
            firedAt = now;
            fired.add(this);
        }
    }

    private Waiting link(long when) {
        Waiting entry = new Waiting(when);
        wheel.link(entry, when);
        return entry;
    }

    private void advance(long to) {
        now = to;
        wheel.advance(to);
    }

    static LongStream delays() {
        return LongStream.of(0, 8, 14, 20, 26, 32)
                .map(bits -> (1L << bits) * MILLISECOND)
                .flatMap(edge -> LongStream.of(-MILLISECOND - 1, -MILLISECOND, -1, 0, 1, MILLISECOND, 300 * MILLISECOND)
                        .map(offset -> edge + offset))
                .filter(delay -> delay > 0);
    }

    @ParameterizedTest
    @MethodSource("delays")
    void firesAtTheFirstTickThatIsNotEarlyFromWhereverItBegins(long delay) {
        for (long start : new long[] {0, 1, 254, 255, 256, 16_383, 16_384, 1_048_575, 99_999_999}) {
            advance(now + start * MILLISECOND);
            long begun = now;
            Waiting entry = link(begun + delay);
            long tick = Math.floorDiv(begun + delay + MILLISECOND - 1, MILLISECOND) * MILLISECOND;

            advance(tick - 1);
            assertThat(entry.firedAt).isEqualTo(-1);
            advance(tick);
            assertThat(entry.firedAt).isEqualTo(tick);
            assertThat(wheel.isEmpty()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("delays")
    void sleepsNoLongerThanUntilSomethingIsDueAndWakesAFewTimesOnly(long delay) {
        advance(77 * MILLISECOND + 3);
        Waiting entry = link(now + delay);
        int wakes = 0;
        while (entry.firedAt < 0) {
            long next = wheel.nextNanos();
            assertThat(next).isGreaterThan(now - MILLISECOND);
            advance(next);
            wakes++;
        }
        assertThat(entry.firedAt).isBetween(entry.when, entry.when + MILLISECOND);
        assertThat(wakes).isLessThanOrEqualTo(6);
        assertThat(wheel.nextNanos()).isEqualTo(Wheel.NEVER);
    }

    @Test
    void keepsWhatIsDueAtTheEndOfTime() {
        Waiting entry = link(Wheel.NEVER - 1);
        advance(400 * DAY);
        assertThat(entry.firedAt).isEqualTo(-1);
        assertThat(wheel.isEmpty()).isFalse();
        assertThat(wheel.nextNanos()).isGreaterThan(now);
        wheel.unlink(entry);
        assertThat(wheel.isEmpty()).isTrue();
    }

    @Test
    void movesAnEntryWhoseTimeWasChangedWhileItWaited() {
        Waiting later = link(10 * MILLISECOND);
        Waiting never = link(10 * MILLISECOND);
        later.when = 700 * MILLISECOND;
        never.when = Wheel.NEVER;

        advance(699 * MILLISECOND);
        assertThat(fired).isEmpty();
        advance(700 * MILLISECOND);
        assertThat(fired).containsExactly(later);
        assertThat(wheel.isEmpty()).isTrue();
    }

    @Test
    void goesOnAfterAnEntryThatThrows() {
        wheel.link(
                new TimerEntry() {
                    private static final long serialVersionUID = 1;

                    {
                        when = MILLISECOND;
                    }

                    @Override
                    protected void fire() {
                        throw new IllegalStateException("broken");
                    }
                },
                MILLISECOND);
        Waiting other = link(MILLISECOND);
        advance(MILLISECOND);
        assertThat(fired).containsExactly(other);
    }

    /** Against a list of all entries, with steps of all sizes. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void doesWhatAListWould(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Waiting> linked = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            int action = random.nextInt(10);
            if (action < 5) {
                linked.add(link(now + 1 + (random.nextLong() >>> 64 - 10 - random.nextInt(45))));
            } else if (action < 7 && !linked.isEmpty()) {
                Waiting gone = linked.remove(random.nextInt(linked.size()));
                wheel.unlink(gone);
                wheel.unlink(gone);
            } else {
                step(linked, now + (random.nextLong() >>> 64 - 5 - random.nextInt(action == 9 ? 48 : 25)));
            }
        }
        assertThat(wheel.isEmpty()).isEqualTo(linked.isEmpty());
    }

    private void step(List<Waiting> linked, long to) {
        long next = wheel.nextNanos();
        fired.clear();
        advance(to);
        long ticked = to / MILLISECOND * MILLISECOND;
        List<Waiting> due =
                linked.stream().filter(entry -> entry.when <= ticked).toList();
        assertThat(fired).containsExactlyInAnyOrderElementsOf(due);
        assertThat(due).allMatch(entry -> next <= (entry.when + MILLISECOND - 1) / MILLISECOND * MILLISECOND);
        linked.removeIf(entry -> entry.firedAt >= 0);
    }

    @Test
    void manyEntriesComeOutInOrderOfTime() {
        Random random = new Random(42);
        for (int i = 0; i < 50_000; i++) {
            link(1 + (long) (random.nextDouble() * 100_000 * MILLISECOND));
        }
        for (long at = 0; at <= 100_007; at += 7) {
            advance(at * MILLISECOND);
        }
        assertThat(fired).hasSize(50_000).allMatch(entry -> entry.firedAt >= entry.when);
        assertThat(fired).allMatch(entry -> entry.firedAt - entry.when < 8 * MILLISECOND);
    }
}
