package dev.retrykit.spring.registry;

import dev.retrykit.spring.settings.Names;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Things by name, whatever the name's spelling; whoever watches is told of each, the ones that come later too. */
final class Shelf<T> {

    private final Map<String, T> things = new LinkedHashMap<>();
    private final List<Consumer<? super T>> watchers = new ArrayList<>();

    synchronized @Nullable T find(String name) {
        return things.get(Names.canonical(name));
    }

    synchronized T findOrAdd(String name, Supplier<T> supplier) {
        T present = find(name);
        if (present != null) {
            return present;
        }
        T added = supplier.get();
        things.put(Names.canonical(name), added);
        watchers.forEach(watcher -> watcher.accept(added));
        return added;
    }

    synchronized void each(Consumer<? super T> watcher) {
        watchers.add(watcher);
        things.values().forEach(watcher);
    }

    synchronized Collection<T> all() {
        return List.copyOf(things.values());
    }
}
