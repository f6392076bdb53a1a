package dev.retrykit.internal.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("slow")
@Timeout(60)
class TimerTests {

    private static final long MILLISECOND = 1_000_000;
    private static final long HOUR = 3_600_000 * MILLISECOND;

    private final Timer timer = new Timer();

    private static final class Probe extends TimerEntry {

        private static final long serialVersionUID = 1;

        private final transient CompletableFuture<Thread> on = new CompletableFuture<>();
        private final transient CompletableFuture<Long> at = new CompletableFuture<>();
        private final transient AtomicInteger times = new AtomicInteger();

        @Override
        protected void fire() {
            at.complete(System.nanoTime());
            times.incrementAndGet();
            on.complete(Thread.currentThread());
        }

        Thread thread() throws Exception {
            return on.get(30, TimeUnit.SECONDS);
        }
    }

    private Probe armed(long delayNanos) {
        Probe probe = new Probe();
        timer.arm(probe, delayNanos);
        return probe;
    }

    @Test
    void isNeverEarly() throws Exception {
        for (int i = 0; i < 300; i++) {
            long delay = i * 33_331L;
            long begun = System.nanoTime();
            Probe probe = armed(delay);
            probe.thread();
            assertThat(probe.at.join() - begun).isGreaterThanOrEqualTo(delay);
        }
    }

    /** Some executors send their tasks to other JVMs. */
    @Test
    void anEntryStaysInItsJvm() throws Exception {
        try (ObjectOutputStream out = new ObjectOutputStream(OutputStream.nullOutputStream())) {
            assertThatThrownBy(() -> out.writeObject(new Probe())).isInstanceOf(NotSerializableException.class);
        }
    }

    @Test
    void movesAnEntryThatIsArmedAgain() throws Exception {
        Probe later = armed(1_000 * MILLISECOND);
        Probe sooner = armed(HOUR);
        Probe never = armed(1_000 * MILLISECOND);
        armed(0).thread();
        timer.arm(later, HOUR);
        timer.arm(sooner, MILLISECOND);
        timer.cancel(never);

        sooner.thread();
        armed(1_100 * MILLISECOND).thread();
        assertThat(later.times).hasValue(0);
        assertThat(never.times).hasValue(0);
        timer.arm(never, 0);
        never.thread();
        assertThat(sooner.times).hasValue(1);
    }

    @Test
    void aTimeBeyondAllTimesIsNeverReached() throws Exception {
        Probe endless = armed(Long.MAX_VALUE);
        Probe past = armed(Long.MIN_VALUE);
        past.thread();
        assertThat(endless.times).hasValue(0);
    }

    @Test
    void itsThreadKeepsNothingOfWhoeverNeededItFirst() throws Exception {
        ThreadGroup group = new ThreadGroup("application");
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        Thread user = new Thread(
                group,
                () -> {
                    Thread.currentThread().setContextClassLoader(new ClassLoader() {});
                    Thread.currentThread().setPriority(Thread.MIN_PRIORITY);
                    armed(0).on.thenAccept(thread::complete);
                },
                "application thread");
        user.start();

        Thread own = thread.get(30, TimeUnit.SECONDS);

        assertThat(own.getContextClassLoader()).isNull();
        assertThat(own.isDaemon()).isTrue();
        assertThat(own.getPriority()).isEqualTo(Thread.NORM_PRIORITY);
        assertThat(own.getThreadGroup()).isNotEqualTo(group);
        assertThat(own.getName()).isEqualTo("retrykit-timer");
    }

    @Test
    void itsThreadEndsWhenThereIsNothingAndComesAgain() throws Exception {
        Probe cancelled = armed(HOUR);
        Thread first = armed(MILLISECOND).thread();
        timer.cancel(cancelled);
        first.join(20_000);
        assertThat(first.isAlive()).isFalse();
        Thread second = armed(MILLISECOND).thread();
        assertThat(second).isNotSameAs(first);
    }

    @Test
    void sleepsThoughItsThreadWasInterrupted() throws Exception {
        armed(HOUR);
        Thread thread = armed(0).thread();
        thread.interrupt();
        awaitSleep(thread);
        assertThat(thread.isInterrupted()).isFalse();
        assertThat(armed(MILLISECOND).thread()).isSameAs(thread);
    }

    @Test
    void itsThreadStaysWhileSomethingWaits() throws Exception {
        Probe waiting = armed(3_000 * MILLISECOND);
        Thread thread = armed(MILLISECOND).thread();
        assertThat(waiting.thread()).isSameAs(thread);
    }

    @Test
    void wakesForWhatIsDueBeforeAllOthersWhileItSleeps() throws Exception {
        armed(HOUR);
        Thread thread = armed(0).thread();
        awaitSleep(thread);
        long begun = System.nanoTime();
        assertThat(armed(5 * MILLISECOND).thread()).isSameAs(thread);
        assertThat(System.nanoTime() - begun).isLessThan(HOUR);
    }

    /** It has parked for longer than a tick. */
    private static void awaitSleep(Thread thread) {
        long since = System.nanoTime();
        while (System.nanoTime() - since < 40 * MILLISECOND) {
            if (thread.getState() != Thread.State.TIMED_WAITING) {
                since = System.nanoTime();
            }
            Thread.onSpinWait();
        }
    }

    @Test
    void letsGoOfWhatWasCancelledThoughItSleeps() throws Exception {
        Probe probe = armed(HOUR);
        awaitSleep(armed(0).thread());
        timer.cancel(probe);
        while (probe.slot != TimerEntry.NOWHERE || probe.get()) {
            Thread.onSpinWait();
        }
        assertThat(probe.next).isNull();
        assertThat(probe.below).isNull();
    }

    @Test
    void allOfManyThreadsEntriesFireOnce() throws Exception {
        List<Probe> probes = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        CountDownLatch begin = new CountDownLatch(1);
        for (int t = 0; t < 4; t++) {
            List<Probe> own = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                own.add(new Probe());
            }
            probes.addAll(own);
            Thread thread = new Thread(() -> {
                awaited(begin);
                for (int i = 0; i < own.size(); i++) {
                    timer.arm(own.get(i), i % 50 * MILLISECOND);
                }
            });
            thread.start();
            threads.add(thread);
        }
        begin.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        for (Probe probe : probes) {
            probe.thread();
        }
        armed(60 * MILLISECOND).thread();
        assertThat(probes).allMatch(probe -> probe.times.get() == 1);
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
