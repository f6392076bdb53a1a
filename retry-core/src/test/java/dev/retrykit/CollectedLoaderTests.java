package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.time.TimeSource;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.ConnectException;
import java.net.URL;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an application has used of retrykit doesn't keep its class loader once it is gone. */
@Tag("slow")
@Timeout(60)
class CollectedLoaderTests {

    /** What an application does, on a thread of its container that goes on after it. */
    enum Use implements Callable<@Nullable Void> {
        NOTHING {
            @Override
            public @Nullable Void call() {
                return null;
            }
        },
        TASK {
            @Override
            public @Nullable Void call() throws Exception {
                CountDownLatch ran = new CountDownLatch(1);
                TimeSource.system().schedule(ran::countDown, 1_000_000);
                ran.await();
                return null;
            }
        },
        CANCELLED_TASK {
            @Override
            public @Nullable Void call() {
                Object mine = new Use[] {this};
                TimeSource.system().schedule(mine::notify, Long.MAX_VALUE).cancel();
                return null;
            }
        },
        CALL {
            @Override
            public @Nullable Void call() {
                Retry.builder("deployed").build().call(this::name);
                return null;
            }
        },
        CALL_THROUGH_A_CIRCUIT {
            @Override
            public @Nullable Void call() {
                Circuit circuit = Circuit.of("deployed", CircuitPolicy.defaults());
                circuit.call(this::name);
                Retry.builder("deployed").circuit(circuit).build().call(() -> circuit.call(this::name));
                return null;
            }
        },
        LIMITED_CALL {
            @Override
            public @Nullable Void call() {
                RetryPolicy policy = RetryPolicy.builder()
                        .attemptTimeout(Duration.ofSeconds(1))
                        .build();
                Retry.builder("deployed").policy(policy).build().call(this::name);
                return null;
            }
        },
        ASYNCHRONOUS_CALL {
            @Override
            public @Nullable Void call() {
                AtomicInteger attempts = new AtomicInteger();
                RetryPolicy policy = RetryPolicy.builder()
                        .backoff(BackoffPolicy.fixed(Duration.ofMillis(1)))
                        .build();
                Retry.builder("deployed")
                        .policy(policy)
                        .executor(Runnable::run)
                        .build()
                        .callAsync(() -> attempts.incrementAndGet() == 1
                                ? CompletableFuture.failedFuture(new ConnectException())
                                : CompletableFuture.completedFuture(attempts))
                        .join();
                return null;
            }
        },
        JUDGED_FAILURES {
            @Override
            public @Nullable Void call() {
                FailureBook own = FailureBook.of(
                        Map.of(
                                "java.sql.SQLException",
                                "code(getErrorCode: 7) = transient, failures(getNextException)"),
                        TimeSource.system()::now);
                for (Exception failure : List.of(
                        new SQLException("busy", "40001", 7), new ConnectException(), new ExecutionException(null))) {
                    own.classify(failure);
                    FailureBook.standard().classify(failure);
                }
                return null;
            }
        },
        CARRIED_CONTEXT {
            @Override
            public @Nullable Void call() {
                RetryContext.current();
                Retry.builder("deployed").build().run(() -> RetryContext.carry(RetryContext.carried()));
                RetryContext.carry(null);
                return null;
            }
        }
    }

    private static final ReferenceQueue<ClassLoader> COLLECTED = new ReferenceQueue<>();

    /** Each in a loader of the application: retrykit, or the application alone. */
    private static final class Loader extends ClassLoader {

        private final String own;

        Loader(String own) {
            super(CollectedLoaderTests.class.getClassLoader());
            this.own = own;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                if (!name.startsWith(own)) {
                    return super.loadClass(name, resolve);
                }
                Class<?> known = findLoadedClass(name);
                return known == null ? define(name) : known;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            URL url = getParent().getResource(name.replace('.', '/') + ".class");
            try (InputStream in = url == null ? null : url.openStream()) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException unreadable) {
                throw new ClassNotFoundException(name, unreadable);
            }
        }
    }

    /** All at once: the timer's thread, which each has, ends some seconds after its last task. */
    @Test
    void ofAnApplicationThatBringsRetrykit() throws Exception {
        Map<Use, WeakReference<ClassLoader>> loaders = new EnumMap<>(Use.class);
        for (Use use : Use.values()) {
            loaders.put(use, deployed("dev.retrykit.", use));
        }
        for (Map.Entry<Use, WeakReference<ClassLoader>> each : loaders.entrySet()) {
            assertThatIsCollected(each.getValue(), each.getKey().name());
        }
    }

    @ParameterizedTest
    @EnumSource
    void ofAnApplicationWhoseContainerBringsRetrykit(Use use) throws Exception {
        TimeSource.Scheduled others = TimeSource.system().schedule(() -> {}, TimeUnit.HOURS.toNanos(1));
        try {
            assertThatIsCollected(deployed(CollectedLoaderTests.class.getName(), use), use.name());
        } finally {
            others.cancel();
        }
    }

    /** The first to use it, and its threads go on for others. */
    @Test
    void ofAnApplicationThatWasTheFirst() throws Exception {
        awaitEnd("retrykit-timer");
        WeakReference<ClassLoader> first = deployed(CollectedLoaderTests.class.getName(), Use.TASK);
        TimeSource.Scheduled others = TimeSource.system().schedule(() -> {}, TimeUnit.HOURS.toNanos(1));
        try {
            assertThatIsCollected(first, "first");
        } finally {
            others.cancel();
        }
    }

    @Test
    void ofAnApplicationThatWasTheFirstToNeedARetryOfTheContainers() throws Exception {
        FutureTask<Retry> made = new FutureTask<>(() -> Retry.builder("shared").build());
        WeakReference<ClassLoader> loader = run(made);
        Retry shared = made.get();

        assertThatIsCollected(loader, "shared");
        assertThat(shared.name()).isEqualTo("shared");
    }

    /** On a thread of the application, which ends with it. */
    private static WeakReference<ClassLoader> run(FutureTask<?> task) throws InterruptedException {
        ClassLoader loader = new Loader(CollectedLoaderTests.class.getName());
        Thread application = new Thread(task);
        application.setContextClassLoader(loader);
        application.start();
        application.join();
        return new WeakReference<>(loader, COLLECTED);
    }

    private static void awaitEnd(String name) throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals(name)) {
                thread.join(10_000);
            }
        }
    }

    private static WeakReference<ClassLoader> deployed(String own, Use use) throws Exception {
        FutureTask<WeakReference<ClassLoader>> application = new FutureTask<>(() -> {
            Loader loader = new Loader(own);
            Thread.currentThread().setContextClassLoader(loader);
            try {
                for (Object one :
                        Class.forName(Use.class.getName(), true, loader).getEnumConstants()) {
                    if (one.toString().equals(use.name())) {
                        ((Callable<?>) one).call();
                    }
                }
            } finally {
                Thread.currentThread().setContextClassLoader(null);
            }
            return new WeakReference<>(loader, COLLECTED);
        });
        Thread container = new Thread(() -> {
            application.run();
            park();
        });
        container.setDaemon(true);
        container.start();
        return application.get();
    }

    /** It goes on, for other applications. */
    private static void park() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void assertThatIsCollected(WeakReference<ClassLoader> loader, String of)
            throws InterruptedException {
        for (int i = 0; i < 200 && loader.get() != null; i++) {
            System.gc();
            COLLECTED.remove(50);
        }
        assertThat(loader.get()).as(of).isNull();
    }
}
