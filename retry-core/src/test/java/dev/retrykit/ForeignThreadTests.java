package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The threads of a container outlive the applications that run on them: these, and this library, can be unloaded. */
class ForeignThreadTests {

    private final ExecutorService container = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() {
        container.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(
            classes = {Deployed.Blocking.class, Deployed.WithCircuit.class, Deployed.Alone.class, Deployed.Asked.class})
    void whatRanOnAThreadIsCollected(Class<? extends Runnable> work) throws Exception {
        WeakReference<ClassLoader> loader = new WeakReference<>(deploy(work.getName()));
        for (int i = 0; i < 100 && loader.get() != null; i++) {
            System.gc();
            Thread.onSpinWait();
        }
        assertThat(loader.get()).isNull();
    }

    private ClassLoader deploy(String work) throws Exception {
        URL[] urls = {
            Retry.class.getProtectionDomain().getCodeSource().getLocation(),
            Deployed.class.getProtectionDomain().getCodeSource().getLocation(),
            Nullable.class.getProtectionDomain().getCodeSource().getLocation()
        };
        ClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
        Class<?> deployed = loader.loadClass(work);
        assertThat(deployed.getClassLoader()).isSameAs(loader);
        Runnable own = (Runnable) deployed.getDeclaredConstructor().newInstance();
        container.submit(own).get();
        return loader;
    }

    /** What the application does, in its own class loader. */
    public static final class Deployed {

        private Deployed() {}

        public static final class Blocking implements Runnable {
            @Override
            public void run() {
                Retry.builder("deployed").build().call(() -> "done");
            }
        }

        public static final class WithCircuit implements Runnable {
            @Override
            public void run() {
                Circuit circuit = Circuit.of("deployed", CircuitPolicy.defaults());
                Retry.builder("deployed").circuit(circuit).build().call(() -> circuit.call(() -> "done"));
            }
        }

        public static final class Alone implements Runnable {
            @Override
            public void run() {
                Circuit.of("deployed", CircuitPolicy.defaults()).call(() -> "done");
            }
        }

        /** A thread may be asked outside of any attempt, and carry one for a while. */
        public static final class Asked implements Runnable {
            @Override
            public void run() {
                RetryContext.current();
                RetryPolicy policy =
                        RetryPolicy.builder().timeBudget(Duration.ofSeconds(1)).build();
                RetryContext context = Retry.builder("deployed")
                        .policy(policy)
                        .build()
                        .call(() -> RetryContext.current().orElseThrow());
                RetryContext.carry(context);
                RetryContext.carry(null);
            }
        }
    }
}
