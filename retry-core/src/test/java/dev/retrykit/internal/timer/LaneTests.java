package dev.retrykit.internal.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LaneTests {

    private final Timer timer = new Timer();
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch stuck = new CountDownLatch(2);

    @AfterEach
    void letGo() {
        release.countDown();
    }

    private void block() {
        stuck.countDown();
        try {
            release.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T got(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    @Test
    void runsTasksInTheirOrder() throws Exception {
        Lane lane = timer.lane(1, null);
        List<Integer> ran = new CopyOnWriteArrayList<>();
        CompletableFuture<Boolean> last = new CompletableFuture<>();
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            lane.submit(() -> ran.add(number));
        }
        lane.submit(() -> last.complete(true));
        got(last);
        assertThat(ran).hasSize(1_000).isSorted();
    }

    @Test
    void goesOnBesideTasksThatAreStuck() throws Exception {
        Lane lane = timer.lane(3, null);
        CompletableFuture<Boolean> ran = new CompletableFuture<>();
        lane.submit(this::block);
        lane.submit(this::block);
        lane.submit(() -> ran.complete(true));
        assertThat(got(ran)).isTrue();
        assertThat(release.getCount()).isEqualTo(1);
    }

    @Test
    void waitsWhenAsManyAreStuckAsItHasRoomFor() throws Exception {
        Lane lane = timer.lane(2, null);
        CompletableFuture<Long> ran = new CompletableFuture<>();
        lane.submit(this::block);
        lane.submit(this::block);
        lane.submit(() -> ran.complete(release.getCount()));
        assertThat(stuck.await(30, TimeUnit.SECONDS)).isTrue();
        release.countDown();
        assertThat(got(ran)).isZero();
    }

    @Test
    void aTaskLeavesNothingToTheNext() throws Exception {
        ClassLoader loader = new ClassLoader() {};
        Lane lane = timer.lane(1, loader);
        CompletableFuture<ClassLoader> seen = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        lane.submit(() -> {
            Thread.currentThread().setContextClassLoader(null);
            Thread.currentThread().interrupt();
            throw new IllegalStateException("broken");
        });
        lane.submit(() -> {
            seen.complete(Thread.currentThread().getContextClassLoader());
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        assertThat(got(seen)).isSameAs(loader);
        assertThat(got(interrupted)).isFalse();
    }

    @Test
    void waitsForAThreadIfThereIsNone() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        Executor scarce = task -> {
            if (refused.incrementAndGet() < 5) {
                throw new OutOfMemoryError("no thread");
            }
            new Thread(task).start();
        };
        Lane lane = new Lane(timer, scarce, 1, null);
        CompletableFuture<Boolean> ran = new CompletableFuture<>();
        lane.submit(() -> ran.complete(true));
        assertThat(got(ran)).isTrue();
        assertThat(refused).hasValue(5);
    }
}
