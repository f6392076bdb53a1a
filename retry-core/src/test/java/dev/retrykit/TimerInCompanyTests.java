package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever code of others does that the timer's doings lead to, other calls go on in time. */
@Tag("slow")
@Timeout(60)
class TimerInCompanyTests {

    private static final Duration LIMIT = Duration.ofMillis(100);

    /** What the others do lasts until it is opened. */
    private final CountDownLatch release = new CountDownLatch(1);

    private final CountDownLatch stuck = new CountDownLatch(1);
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    @AfterEach
    void letGo() throws InterruptedException {
        release.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        Thread.interrupted();
    }

    private static RetryPolicy.Builder policy() {
        return RetryPolicy.builder()
                .backoff(BackoffPolicy.fixed(Duration.ofMillis(1)))
                .jitter(Jitter.NONE);
    }

    private static Retry.Builder retry(String name, RetryPolicy.Builder policy) {
        return Retry.builder(name).policy(policy.build()).budget(RetryBudget.of(name, BudgetPolicy.unlimited()));
    }

    private static <T> CompletableFuture<T> failed() {
        return CompletableFuture.failedFuture(new ConnectException("again"));
    }

    private void block() {
        stuck.countDown();
        boolean interrupted = false;
        while (release.getCount() > 0) {
            try {
                release.await();
            } catch (InterruptedException ignored) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitStuck() throws InterruptedException {
        assertThat(stuck.await(30, TimeUnit.SECONDS)).isTrue();
    }

    private Thread start(Runnable task) {
        Thread thread = new Thread(task);
        threads.add(thread);
        thread.start();
        return thread;
    }

    /** A call that must be cut, and one that is retried asynchronously, while the others are stuck. */
    private void assertThatOthersGoOn() throws Exception {
        awaitStuck();
        Retry cut = retry("cut", policy().maxAttempts(1).attemptTimeout(LIMIT)).build();
        long begun = System.nanoTime();
        assertThatThrownBy(() -> cut.run(() -> new CountDownLatch(1).await()))
                .isInstanceOf(AttemptTimeoutException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(LIMIT, LIMIT.plusMillis(1_500));
        AtomicInteger attempts = new AtomicInteger();
        assertThat(retry("other", policy())
                        .build()
                        .callAsync(() -> attempts.incrementAndGet() == 1
                                ? TimerInCompanyTests.<String>failed()
                                : CompletableFuture.completedFuture("second"))
                        .get(30, TimeUnit.SECONDS))
                .isEqualTo("second");
        assertThat(release.getCount()).isEqualTo(1);
    }

    @Test
    void anExecutorThatRunsTheTaskOnItsCallersThread() throws Exception {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1), new ThreadPoolExecutor.CallerRunsPolicy());
        List<String> bodies = new CopyOnWriteArrayList<>();
        Retry retry = retry("slow", policy()).executor(pool).build();
        for (int i = 0; i < 5; i++) {
            AtomicInteger attempts = new AtomicInteger();
            retry.callAsync(() -> {
                if (attempts.incrementAndGet() > 1) {
                    bodies.add(Thread.currentThread().getName());
                    block();
                }
                return failed();
            });
        }
        assertThatOthersGoOn();
        assertThat(bodies).doesNotContain("retrykit-timer");
        pool.shutdownNow();
    }

    @Test
    void anExecutorThatBlocksAtItsLimit() throws Exception {
        Semaphore limit = new Semaphore(1);
        Executor limited = task -> {
            limit.acquireUninterruptibly();
            start(() -> {
                try {
                    task.run();
                } finally {
                    limit.release();
                }
            });
        };
        Retry retry = retry("limited", policy()).executor(limited).build();
        for (int i = 0; i < 5; i++) {
            AtomicInteger attempts = new AtomicInteger();
            retry.callAsync(() -> {
                if (attempts.incrementAndGet() > 1) {
                    block();
                }
                return failed();
            });
        }
        assertThatOthersGoOn();
    }

    @Test
    void aThreadFactoryThatBlocks() throws Exception {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    block();
                    return new Thread(task);
                });
        CompletableFuture<Object> call =
                retry("made", policy().maxAttempts(2)).executor(pool).build().callAsync(TimerInCompanyTests::failed);
        assertThatOthersGoOn();
        release.countDown();
        assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(ConnectException.class);
        pool.shutdownNow();
    }

    /** It ends all the same, while the executor has it. */
    @Test
    void anExecutorThatNeverComesBack() throws Exception {
        CompletableFuture<Object> call = retry("stuck", policy().timeBudget(Duration.ofMillis(1_200)))
                .executor(task -> block())
                .build()
                .callAsync(TimerInCompanyTests::failed);
        assertThatOthersGoOn();
        assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(ConnectException.class);
    }

    @Test
    void aListenerOfACallWhoseTimeIsOver() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        retry("listened", policy().timeBudget(Duration.ofMillis(1_200)))
                .executor(task -> {})
                .listener(event -> {
                    if (event instanceof RetryEvent.Ended) {
                        told.add(Thread.currentThread().getName());
                        block();
                    }
                })
                .build()
                .callAsync(TimerInCompanyTests::failed);
        assertThatOthersGoOn();
        assertThat(told).hasSize(1).doesNotContain("retrykit-timer");
    }

    @Test
    void aContextThatIsRestoredWhenTheTimeIsOver() throws Exception {
        List<String> restored = new CopyOnWriteArrayList<>();
        CompletableFuture<Object> call = retry("carried", policy().timeBudget(Duration.ofMillis(50)))
                .context(() -> task -> {
                    restored.add(Thread.currentThread().getName());
                    block();
                    task.run();
                })
                .executor(task -> {})
                .build()
                .callAsync(CompletableFuture::new);
        assertThatOthersGoOn();
        release.countDown();
        assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        assertThat(restored).isNotEmpty().doesNotContain("retrykit-timer");
    }

    @Test
    void whatDependsOnAStageThatIsOver() throws Exception {
        CompletableFuture<Object> hanging = new CompletableFuture<>();
        List<String> dependents = new CopyOnWriteArrayList<>();
        hanging.whenComplete((result, failure) -> {
            dependents.add(Thread.currentThread().getName());
            block();
        });
        retry("dependent", policy().timeBudget(Duration.ofMillis(50)))
                .executor(task -> {})
                .build()
                .callAsync(() -> hanging);
        assertThatOthersGoOn();
        assertThat(dependents).hasSize(1).doesNotContain("retrykit-timer");
    }

    @Test
    void aTaskOfTheirOwnOnTheSystemsTimer() throws Exception {
        TimeSource time = TimeSource.system();
        time.schedule(this::block, 0);
        assertThatOthersGoOn();
        CompletableFuture<String> next = new CompletableFuture<>();
        time.schedule(() -> next.complete("ran"), 0);
        assertThat(next.get(30, TimeUnit.SECONDS)).isEqualTo("ran");
    }

    private final class Channel extends AbstractInterruptibleChannel {

        private final Object lock;
        private final List<String> closers = new CopyOnWriteArrayList<>();
        private final CountDownLatch closed = new CountDownLatch(1);

        Channel(Object lock) {
            this.lock = lock;
        }

        /** As the operating system's: only the close of the channel ends it, the interrupt itself doesn't. */
        int read(ByteBuffer buffer) throws Exception {
            boolean interrupted = false;
            begin();
            try {
                buffer.clear();
                while (closed.getCount() > 0) {
                    try {
                        closed.await();
                    } catch (InterruptedException ignored) {
                        interrupted = true;
                    }
                }
                return -1;
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                end(false);
            }
        }

        @Override
        protected void implCloseChannel() {
            closers.add(Thread.currentThread().getName());
            stuck.countDown();
            synchronized (lock) {
                block();
            }
            closed.countDown();
        }
    }

    /** A clock of a user's own whose timer is the system's. */
    private static final class OneHourAhead implements TimeSource {

        private final TimeSource system = TimeSource.system();

        @Override
        public long nanoTime() {
            return system.nanoTime();
        }

        @Override
        public Instant now() {
            return system.now().plusSeconds(3_600);
        }

        @Override
        public void sleep(long nanos) throws InterruptedException {
            system.sleep(nanos);
        }

        @Override
        public Scheduled schedule(Runnable task, long delayNanos) {
            return system.schedule(task, delayNanos);
        }
    }

    static Stream<TimeSource> clocks() {
        return Stream.of(TimeSource.system(), new OneHourAhead());
    }

    @ParameterizedTest
    @MethodSource("clocks")
    void aChannelThatTakesLongToClose(TimeSource clock) throws Exception {
        Channel channel = new Channel(new Object());
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        start(() -> end.complete(
                outcome(() -> retry("closing", policy().maxAttempts(1).attemptTimeout(LIMIT))
                        .timeSource(clock)
                        .budget(RetryBudget.of("closing", BudgetPolicy.unlimited(), clock))
                        .build()
                        .call(() -> channel.read(ByteBuffer.allocate(1))))));
        assertThatOthersGoOn();
        assertThat(channel.closers).hasSize(1).doesNotContain("retrykit-timer");
        assertThat(end).isNotDone();
        release.countDown();
        assertThat(end.get(30, TimeUnit.SECONDS)).isInstanceOf(AttemptTimeoutException.class);
    }

    /** The attempt and who closes its channel wait for one another, inside of the JDK: that holds two threads, and no other. */
    @Test
    void aChannelWhoseCloseWantsALockOfTheCaller() throws Exception {
        for (int i = 0; i < 3; i++) {
            Object lock = new Object();
            Channel channel = new Channel(lock);
            Thread caller = new Thread(() -> {
                synchronized (lock) {
                    outcome(() -> retry("dead", policy().maxAttempts(1).attemptTimeout(LIMIT))
                            .build()
                            .call(() -> channel.read(ByteBuffer.allocate(1))));
                }
            });
            caller.setDaemon(true);
            caller.start();
            assertThatOthersGoOn();
        }
    }

    /** Somebody's own kind of thread. */
    @Test
    void aThreadWhoseInterruptBlocks() throws Exception {
        List<String> interrupters = new CopyOnWriteArrayList<>();
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread own =
                new Thread(() -> end.complete(
                        outcome(() -> retry("own", policy().maxAttempts(1).attemptTimeout(LIMIT))
                                .build()
                                .run(() -> new CountDownLatch(1).await())))) {
                    @Override
                    public void interrupt() {
                        interrupters.add(Thread.currentThread().getName());
                        block();
                        super.interrupt();
                    }
                };
        threads.add(own);
        own.start();
        assertThatOthersGoOn();
        assertThat(interrupters).hasSize(1).doesNotContain("retrykit-timer");
        release.countDown();
        assertThat(end.get(30, TimeUnit.SECONDS)).isInstanceOf(AttemptTimeoutException.class);
    }

    private interface Body {
        void run() throws Throwable;
    }

    private static Throwable outcome(Body body) {
        try {
            body.run();
            return new AssertionError("returned");
        } catch (Throwable failure) {
            return failure;
        }
    }

    /** A pool makes its threads when it is given tasks, and they inherit from whoever gives it. */
    @Test
    void threadsThatAPoolMakesForRetriesHaveTheLoaderOfWhoeverMadeTheRetry() throws Exception {
        ClassLoader loader = new ClassLoader() {};
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        List<ClassLoader> seen = new ArrayList<>();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        Thread.currentThread().setContextClassLoader(loader);
        CompletableFuture<String> call;
        try {
            Retry retry = retry("loaded", policy()).executor(pool).build();
            call = retry.callAsync(() -> {
                seen.add(Thread.currentThread().getContextClassLoader());
                return seen.size() == 1 ? failed() : CompletableFuture.completedFuture("second");
            });
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
        assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo("second");
        assertThat(seen).containsExactly(loader, loader);
        pool.shutdown();
    }

    /** Against the words of the interface, but it ends. */
    @Test
    void aTimeSourceThatRunsAtOnceWhatIsDueAtOnce() {
        ManualTime time = new ManualTime();
        TimeSource hasty = new TimeSource() {
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
                if (delayNanos > 0) {
                    return time.schedule(task, delayNanos);
                }
                task.run();
                return () -> {};
            }
        };
        AtomicInteger attempts = new AtomicInteger();
        Retry retry = Retry.builder("hasty")
                .policy(policy().maxAttempts(100_000)
                        .backoff(BackoffPolicy.fixed(Duration.ZERO))
                        .build())
                .budget(RetryBudget.of("hasty", BudgetPolicy.unlimited(), hasty))
                .timeSource(hasty)
                .executor(Runnable::run)
                .build();

        CompletableFuture<Object> call = retry.callAsync(() -> {
            attempts.incrementAndGet();
            return failed();
        });

        assertThat(call).isCompletedExceptionally();
        assertThat(attempts).hasValue(100_000);
    }
}
