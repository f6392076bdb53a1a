package dev.retrykit.spring.idempotency.neighbor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What became of each step, as a table of neighbors and stores. */
final class Matrix {

    private static final Path FILE = Path.of("target", "idempotency", "neighbors.txt");

    private final Map<String, Map<Store, Map<Step, Boolean>>> rows = new LinkedHashMap<>();

    synchronized void add(String row, Store store, Step step, boolean right) {
        rows.computeIfAbsent(row, unknown -> new EnumMap<>(Store.class))
                .computeIfAbsent(store, unknown -> new EnumMap<>(Step.class))
                .put(step, right);
    }

    synchronized void write() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("Each letter is a step; a wrong one is shown as the letter, a right one as a dot.");
        for (Step step : Step.values()) {
            lines.add("  " + step.letter() + " " + step.title());
        }
        Set<Store> stores = EnumSet.noneOf(Store.class);
        rows.values().forEach(row -> stores.addAll(row.keySet()));
        StringBuilder head = new StringBuilder("%n%-72s".formatted("neighbor, handler"));
        stores.forEach(store -> head.append("%-10s".formatted(store)));
        lines.add(head.toString().stripTrailing());
        rows.forEach((name, row) -> lines.add(line(name, row, stores)));
        Files.createDirectories(FILE.getParent());
        Files.write(FILE, lines);
    }

    private static String line(String name, Map<Store, Map<Step, Boolean>> row, Set<Store> stores) {
        StringBuilder line = new StringBuilder("%-72s".formatted(name));
        for (Store store : stores) {
            StringBuilder cell = new StringBuilder();
            row.getOrDefault(store, Map.of()).forEach((step, right) -> cell.append(right ? '.' : step.letter()));
            line.append("%-10s".formatted(cell));
        }
        return line.toString().stripTrailing();
    }
}
