package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitersTests {

    private final ManualTime time = new ManualTime();
    private final Waiters waiters = new Waiters(time);
    private final List<String> told = new ArrayList<>();

    @Test
    void tellsEachWhenItsTimeIsOverAndNobodyBefore() {
        enlist("first", 10);
        enlist("second", 11);
        enlist("as late", 11);

        seconds(9);
        assertThat(told).isEmpty();
        seconds(1);
        assertThat(told).containsExactly("first is over");
        seconds(1);
        assertThat(told).containsExactly("first is over", "second is over", "as late is over");
        assertThat(time.pending()).isZero();
    }

    @Test
    void tellsWhoseTimeIsShorterThanThatOfTheOthersBeforeThem() {
        enlist("long", 10);
        enlist("short", 1);
        enlist("between", 5);

        seconds(10);

        assertThat(told).containsExactly("short is over", "between is over", "long is over");
    }

    @Test
    void takesTheDeadlineOffTheTimerWithWhoeverLeaves() {
        Place first = enlist("first", 10);
        Place second = enlist("second", 10);
        waiters.enlist(new Named("sleeper"));

        waiters.dismiss(first);
        assertThat(time.pending()).isEqualTo(1);
        waiters.dismiss(second);
        waiters.dismiss(second);
        assertThat(time.pending()).isZero();
        seconds(20);
        assertThat(told).isEmpty();
    }

    @Test
    void doesNotTellWhoHasLeft() {
        waiters.dismiss(enlist("left", 10));
        Place earlier = enlist("left, too", 10);
        enlist("stays", 20);
        waiters.dismiss(earlier);

        seconds(20);

        assertThat(told).containsExactly("stays is over");
    }

    @Test
    void saysToWhomItIsOverBeforeItTells() {
        Place[] place = new Place[1];
        place[0] = waiters.enlist(
                new Waiters.Waiter() {
                    @Override
                    public void shutDown(boolean now) {}

                    @Override
                    public void timeIsOver() {
                        told.add("over: " + place[0].over);
                    }
                },
                time.nanoTime() + 1);

        seconds(1);

        assertThat(told).containsExactly("over: true");
    }

    @Test
    void shutsDownWhoeverWaitsWhetherItsTimeIsOverOrNot() {
        enlist("over", 1);
        enlist("timed", 10);
        waiters.enlist(new Named("sleeper"));
        waiters.dismiss(enlist("left", 10));
        seconds(1);
        told.clear();

        waiters.shutDown(false);

        assertThat(told).containsExactlyInAnyOrder("over is shut down", "timed is shut down", "sleeper is shut down");
        assertThat(waiters.size()).isEqualTo(3);
    }

    @Test
    void knowsDeadlinesOnBothSidesOfTheClocksOverflow() {
        ManualTime late = new ManualTime(Long.MAX_VALUE - 2, Instant.EPOCH);
        Waiters overflowing = new Waiters(late);
        overflowing.enlist(new Named("after"), late.nanoTime() + 5);
        overflowing.enlist(new Named("before"), late.nanoTime() + 1);

        late.advance(Duration.ofNanos(4));
        assertThat(told).containsExactly("before is over");
        late.advance(Duration.ofNanos(1));
        assertThat(told).containsExactly("before is over", "after is over");
    }

    @Test
    void failsWithATimerThatFailsAndTriesAgainForTheNext() {
        Refusing refusing = new Refusing(time);
        Waiters mended = new Waiters(refusing);

        assertThatThrownBy(() -> mended.enlist(new Named("refused"), 10)).hasMessage("no timer");
        assertThat(mended.size()).isZero();
        refusing.refuses = false;
        mended.enlist(new Named("next"), 20);

        time.advance(Duration.ofNanos(20));
        assertThat(told).containsExactly("next is over");
    }

    @Test
    void watchesTheOthersOnIfTheTimerRefusesOneWhoIsEarlier() {
        Refusing refusing = new Refusing(time);
        refusing.refuses = false;
        Waiters before = new Waiters(refusing);
        before.enlist(new Named("first"), 20);
        refusing.refuses = true;

        assertThatThrownBy(() -> before.enlist(new Named("refused"), 10)).hasMessage("no timer");

        time.advance(Duration.ofNanos(20));
        assertThat(told).containsExactly("first is over");
        assertThat(before.size()).isEqualTo(1);
    }

    @Test
    void asksATimerAgainThatIsEarly() {
        Waiters hasty = new Waiters(new Early(time));
        hasty.enlist(new Named("caller"), 16);

        time.advance(Duration.ofNanos(15));
        assertThat(told).isEmpty();
        time.advance(Duration.ofNanos(1));
        assertThat(told).containsExactly("caller is over");
        assertThat(time.pending()).isZero();
    }

    @Test
    void tellsTheOthersIfOneFails() {
        waiters.enlist(
                new Waiters.Waiter() {
                    @Override
                    public void shutDown(boolean now) {}

                    @Override
                    public void timeIsOver() {
                        throw new IllegalStateException("broken");
                    }
                },
                5);
        waiters.enlist(new Named("next"), 5);

        time.advance(Duration.ofNanos(5));

        assertThat(told).containsExactly("next is over");
    }

    private Place enlist(String name, int seconds) {
        return waiters.enlist(new Named(name), Duration.ofSeconds(seconds).toNanos() + time.nanoTime());
    }

    private void seconds(int seconds) {
        time.advance(Duration.ofSeconds(seconds));
    }

    private final class Named implements Waiters.Waiter {

        private final String name;

        Named(String name) {
            this.name = name;
        }

        @Override
        public void shutDown(boolean now) {
            told.add(name + " is shut down");
        }

        @Override
        public void timeIsOver() {
            told.add(name + " is over");
        }
    }

    /** Its timer comes after half of the time. */
    private record Early(ManualTime time) implements TimeSource {

        @Override
        public long nanoTime() {
            return time.nanoTime();
        }

        @Override
        public Instant now() {
            return time.now();
        }

        @Override
        public void sleep(long nanos) throws InterruptedException {
            time.sleep(nanos);
        }

        @Override
        public Scheduled schedule(Runnable task, long delayNanos) {
            return time.schedule(task, (delayNanos + 1) / 2);
        }
    }

    private static final class Refusing implements TimeSource {

        private final ManualTime time;
        private boolean refuses = true;

        Refusing(ManualTime time) {
            this.time = time;
        }

        @Override
        public long nanoTime() {
            return time.nanoTime();
        }

        @Override
        public Instant now() {
            return time.now();
        }

        @Override
        public void sleep(long nanos) throws InterruptedException {
            time.sleep(nanos);
        }

        @Override
        public Scheduled schedule(Runnable task, long delayNanos) {
            if (refuses) {
                throw new IllegalStateException("no timer");
            }
            return time.schedule(task, delayNanos);
        }
    }
}
