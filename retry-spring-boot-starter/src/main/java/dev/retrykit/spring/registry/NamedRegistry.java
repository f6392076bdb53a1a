package dev.retrykit.spring.registry;

import dev.retrykit.spring.settings.binding.SpellingMatcher;
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
 * A registry of entries by name, ignoring the name's spelling. Watchers are notified of each entry, including later
 * ones. A child registry inherits the entries of its parent and adds its own; watchers of the parent are notified of
 * those too.
 */
final class NamedRegistry<T> {

    private final @Nullable NamedRegistry<T> parent;

    /** Guards the whole tree. */
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

    /** The callbacks of a watcher. */
    private record Watcher<T>(Consumer<? super T> added, Consumer<? super T> removed) {}

    /** Finds an entry here or in an ancestor. */
    @Nullable
    T find(String name) {
        synchronized (lock) {
            T own = things.get(SpellingMatcher.canonical(name));
            return own == null && parent != null ? parent.find(name) : own;
        }
    }

    /** Finds an entry here or in an ancestor; otherwise anywhere in the tree. */
    Optional<T> search(String name) {
        synchronized (lock) {
            T found = find(name);
            return found == null ? Optional.ofNullable(root().findBelow(name)) : Optional.of(found);
        }
    }

    private NamedRegistry<T> root() {
        return parent == null ? this : parent.root();
    }

    /** Finds the first entry of a name in this registry or its descendants. */
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

    /** Calls a watcher for each entry here and in descendants, and for later changes. */
    void each(Consumer<? super T> added, Consumer<? super T> removed) {
        synchronized (lock) {
            watchers.add(new Watcher<>(added, removed));
            tree().forEach(added);
        }
    }

    /** The entries of this registry only. */
    Collection<T> own() {
        synchronized (lock) {
            return List.copyOf(things.values());
        }
    }

    /** The entries of this registry whose names another branch of the tree uses too. */
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

    /** All entries of the tree. */
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

    /** Removes this registry, and its entries, from its parent. */
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
