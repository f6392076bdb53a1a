package dev.retrykit.hold;

import java.lang.ref.WeakReference;
import java.util.function.Supplier;

/**
 * An object for each thread, as long as somebody keeps it; after that another one. A thread that outlives the application,
 * such as one of a container, so keeps neither the object nor its class.
 */
public final class PerThread<T> {

    private final ThreadLocal<WeakReference<T>> threads = new ThreadLocal<>();
    private final Supplier<T> maker;

    /** All are made by the same. */
    public PerThread(Supplier<T> maker) {
        this.maker = maker;
    }

    /** That of this thread. */
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
