package dev.retrykit.spring.registry;

import dev.retrykit.spring.settings.SpellingMatcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Things by name, whatever the name's spelling; whoever watches is told of each, the ones that come later too. A child has
 * the things of its parent and adds its own, of which those who watch the parent are told as well.
 */
final class NamedRegistry<T> {

    private final @Nullable NamedRegistry<T> parent;

    /** Guards all of the tree. */
    private final Object lock;

    private final Map<String, T> things = new LinkedHashMap<>();
    private final List<NamedRegistry<T>> children = new ArrayList<>();
    private final List<Watcher<T>> watchers = new ArrayList<>();

    NamedRegistry(@Nullable NamedRegistry<T> parent) {
        this.parent = parent;
        this.lock = parent == null ? this : parent.lock;
        if (parent != null) {
            synchronized (lock) {
                parent.children.add(this);
            }
        }
    }

    /** Whoever is told. */
    private record Watcher<T>(Consumer<? super T> added, Consumer<? super T> removed) {}

    /** What is here or at an ancestor. */
    @Nullable
    T find(String name) {
        synchronized (lock) {
            T own = things.get(SpellingMatcher.canonical(name));
            return own == null && parent != null ? parent.find(name) : own;
        }
    }

    /** What is here or at an ancestor, else at any other of the tree. */
    Optional<T> search(String name) {
        synchronized (lock) {
            T found = find(name);
            return found == null ? Optional.ofNullable(root().findBelow(name)) : Optional.of(found);
        }
    }

    private NamedRegistry<T> root() {
        return parent == null ? this : parent.root();
    }

    /** The one that came first. */
    private @Nullable T findBelow(String name) {
        T found = things.get(SpellingMatcher.canonical(name));
        for (NamedRegistry<T> child : children) {
            found = found == null ? child.findBelow(name) : found;
        }
        return found;
    }

    T findOrAdd(String name, Supplier<T> supplier) {
        synchronized (lock) {
            T present = find(name);
            if (present != null) {
                return present;
            }
            T added = supplier.get();
            things.put(SpellingMatcher.canonical(name), added);
            for (NamedRegistry<T> told = this; told != null; told = told.parent) {
                told.watchers.forEach(watcher -> watcher.added().accept(added));
            }
            return added;
        }
    }

    /** Tells of what is here and at descendants. */
    void each(Consumer<? super T> added, Consumer<? super T> removed) {
        synchronized (lock) {
            watchers.add(new Watcher<>(added, removed));
            tree().forEach(added);
        }
    }

    /** What is here alone. */
    Collection<T> own() {
        synchronized (lock) {
            return List.copyOf(things.values());
        }
    }

    /** What is here, and has the name of something in another branch of the tree. */
    List<T> alsoElsewhere() {
        synchronized (lock) {
            List<T> shared = new ArrayList<>();
            things.forEach((name, own) -> {
                if (!own.equals(root().findBelow(name))) {
                    shared.add(own);
                }
            });
            return shared;
        }
    }

    /** What is here, at ancestors and at their descendants. */
    Collection<T> all() {
        synchronized (lock) {
            return root().tree();
        }
    }

    private List<T> tree() {
        List<T> tree = new ArrayList<>(things.values());
        children.forEach(child -> tree.addAll(child.tree()));
        return tree;
    }

    /** Takes what is here from the parent. */
    void leave() {
        if (parent == null) {
            return;
        }
        synchronized (lock) {
            parent.children.remove(this);
            for (NamedRegistry<T> told = parent; told != null; told = told.parent) {
                told.watchers.forEach(watcher -> things.values().forEach(watcher.removed()));
            }
        }
    }
}
