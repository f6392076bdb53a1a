package dev.retrykit.internal.thread;

import java.lang.ref.WeakReference;
import java.util.function.Supplier;

/**
 * One object per thread, weakly referenced: once nothing else references it, the next call creates another one. So a
 * thread that outlives the application, such as one of a container, keeps neither the object nor its class.
 */
public final class PerThread<T> {

    private final ThreadLocal<WeakReference<T>> threads = new ThreadLocal<>();
    private final Supplier<T> maker;

    /** Creates the holder; the supplier creates one object for each thread. */
    public PerThread(Supplier<T> maker) {
        this.maker = maker;
    }

    /** The object of the current thread. */
    public T get() {
        WeakReference<T> known = threads.get();
        T object = known == null ? null : known.get();
        return object == null ? make() : object;
    }

    private T make() {
        T object = maker.get();
        threads.set(new WeakReference<>(object));
        return object;
    }
}
