package dev.retrykit.internal.keyed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.Together;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class KeyedThreadsTests {

    private static final int THREADS = 4;
    private static final long IDLE = 160;
    private static final Object SHARED = new Object();

    private final AtomicInteger made = new AtomicInteger();

    @RepeatedTest(50)
    void oneKeyHasOneValueForAllThreadsAndNoMoreAreMadeThanThereIsRoomFor() throws Exception {
        Keyed<Object> keyed = keyed(8);
        Map<String, Set<Object>> seen = new ConcurrentHashMap<>();
        Together.run(THREADS, () -> {
            for (int i = 0; i < 400; i++) {
                String key = "key " + i % 20;
                seen.computeIfAbsent(key, each -> ConcurrentHashMap.newKeySet()).add(keyed.get(key, 0));
            }
        });
        assertThat(made).hasValue(8);
        assertThat(keyed.size()).isEqualTo(8);
        assertThat(seen.values()).allSatisfy(values -> assertThat(values).hasSize(1));
        assertThat(seen.values()).filteredOn(values -> values.contains(SHARED)).hasSize(12);
    }

    @RepeatedTest(500)
    void asManyKeysAsThereIsRoomForAllGetAValueOfTheirOwn() throws Exception {
        Keyed<Object> keyed = keyed(8);
        Set<Object> seen = ConcurrentHashMap.newKeySet();
        Together.run(THREADS, () -> {
            for (int i = 0; i < 8; i++) {
                seen.add(keyed.get("key " + i, 0));
            }
        });
        assertThat(seen).hasSize(8).doesNotContain(SHARED);
    }

    @RepeatedTest(20)
    void whileValuesComeAndGoThereAreNeverTooMany() throws Exception {
        Keyed<Object> keyed = keyed(8);
        AtomicLong clock = new AtomicLong();
        AtomicInteger most = new AtomicInteger();
        Together.run(THREADS, () -> {
            for (int i = 0; i < 5_000; i++) {
                int key = i * 37 % 100;
                keyed.get("key " + key, clock.addAndGet(key % 10));
                most.accumulateAndGet(keyed.size(), Math::max);
            }
        });
        assertThat(most).hasValue(8);
        assertThat(made).hasValueGreaterThan(100);
    }

    @Test
    void aValueThatTwoThreadsNeedAtOnceIsMadeOnce() throws Exception {
        CountDownLatch making = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        Keyed<Object> keyed = new Keyed<>(
                key -> {
                    making.countDown();
                    await(mayGoOn);
                    return make(key);
                },
                SHARED,
                1,
                IDLE,
                0);
        Set<Object> seen = ConcurrentHashMap.newKeySet();
        Thread first = new Thread(() -> seen.add(keyed.get("key", 0)));
        Thread second = new Thread(() -> seen.add(keyed.get("key", 0)));
        first.start();
        making.await();
        second.start();
        while (second.isAlive() && second.getState() != Thread.State.BLOCKED) {
            Thread.onSpinWait();
        }
        mayGoOn.countDown();
        first.join();
        second.join();
        assertThat(seen).hasSize(1).doesNotContain(SHARED);
        assertThat(made).hasValue(1);
    }

    @Test
    void whileThereIsNoRoomANewKeyWaitsForNobody() throws Exception {
        Keyed<Object> keyed = keyed(1);
        keyed.get("a", 0);
        assertThat(keyed.get("looks for idle ones", 0)).isSameAs(SHARED);
        Set<Object> seen = ConcurrentHashMap.newKeySet();
        Thread other = new Thread(() -> seen.add(keyed.get("b", 1)));
        synchronized (keyed) {
            other.start();
            other.join(10_000);
            assertThat(seen).containsExactly(SHARED);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    private Keyed<Object> keyed(int maxKeys) {
        return new Keyed<>(this::make, SHARED, maxKeys, IDLE, 0);
    }

    private Object make(String key) {
        made.incrementAndGet();
        return new Object();
    }
}
