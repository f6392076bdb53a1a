package dev.retrykit.simulation;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** All patterns in one table: what each style makes of them. */
final class PatternTable {

    private static final List<Style> STYLES = List.of(
            Style.PLAIN,
            Style.RESILIENCE4J,
            Style.RESILIENCE4J_WITH_CIRCUIT,
            Style.DEFAULT,
            Style.DEFAULT_WITH_CIRCUIT,
            Style.BATCH,
            Style.BATCH_WITH_CIRCUIT,
            Style.WAITING);

    private static final Set<Style> DEFAULTS = EnumSet.of(
            Style.PLAIN,
            Style.RESILIENCE4J,
            Style.RESILIENCE4J_WITH_CIRCUIT,
            Style.DEFAULT,
            Style.DEFAULT_WITH_CIRCUIT);

    private static final Set<Style> CIRCUITS = EnumSet.of(Style.RESILIENCE4J_WITH_CIRCUIT, Style.DEFAULT_WITH_CIRCUIT);

    private static final Set<Style> BATCHES = EnumSet.of(
            Style.PLAIN,
            Style.RESILIENCE4J,
            Style.RESILIENCE4J_WITH_CIRCUIT,
            Style.DEFAULT,
            Style.BATCH,
            Style.BATCH_WITH_CIRCUIT);

    private static final List<Row> ROWS = List.of(
            percent("a call in 30 s fails once", style -> Patterns.rare(style, 1, 0, false, 1)),
            percent("after an outage of 3 min", style -> Patterns.rare(style, 1, 0, true, 1)),
            percent("and 2 % of the retries fail", style -> Patterns.rare(style, 1, 0.02, true, 1)),
            percent("and 5 % of the retries fail", style -> Patterns.rare(style, 1, 0.05, true, 1)),
            percent("a call in 30 s fails twice", style -> Patterns.rare(style, 2, 0, false, 1)),
            percent("scaled to zero, wakes in 50 ms", style -> Patterns.scaledToZero(style, 50, 1)),
            percent("scaled to zero, wakes in 150 ms", style -> Patterns.scaledToZero(style, 150, 1)),
            percent("burst of 20 in a blip of 150 ms", style -> Patterns.blipInBurst(style, 20)),
            percent("burst of 100 in a blip of 150 ms", style -> Patterns.blipInBurst(style, 100)),
            percent("start with 100 in 1 s, refused for 300 ms", style -> Patterns.start(style, 100, 1_000, 300)),
            percent("start with 50 in 100 ms, refused for 150 ms", style -> Patterns.start(style, 50, 100, 150)),
            percent("200 at once over 20 dead connections", style -> Patterns.deadConnections(style, 200, 20)),
            percent("60 at once over 60 dead connections", style -> Patterns.deadConnections(style, 60, 60)),
            percent("50 over 25 dead, then 100 a second", Patterns::morning),
            percent("one endpoint of ten is dead: lost of the others", style -> Patterns.oneOfTen(style, 1)),
            new Row("dead, 60 a minute: rejected", 100, CIRCUITS, style -> Patterns.dead(style, 60)),
            new Row("dead, 12 a minute: rejected", 100, CIRCUITS, style -> Patterns.dead(style, 12)),
            new Row("dead, 6 a minute: rejected", 100, CIRCUITS, style -> Patterns.dead(style, 6)),
            new Row("8 threads hang 10 s: end at once", 100, CIRCUITS, style -> Patterns.hanging(style, 8, 10_000)),
            new Row("4 threads hang 5 s: end at once", 100, CIRCUITS, style -> Patterns.hanging(style, 4, 5_000)),
            new Row("20 threads hang 30 s: end at once", 100, CIRCUITS, style -> Patterns.hanging(style, 20, 30_000)),
            new Row("batch of 10000, down for 10 s: lost", 1, BATCHES, style -> Patterns.batch(style, 1, 10)),
            new Row("batch of 10000, down for 60 s: lost", 1, BATCHES, style -> Patterns.batch(style, 1, 60)),
            new Row("8 workers, down for 60 s: lost", 1, BATCHES, style -> Patterns.batch(style, 8, 60)),
            new Row(
                    "on-open wait, 100 a second: most in 0.1 s before",
                    1,
                    EnumSet.of(Style.WAITING),
                    style -> Patterns.waiting(style, 100).before()),
            new Row(
                    "on-open wait, 100 a second: most in 0.1 s after",
                    1,
                    EnumSet.of(Style.WAITING),
                    style -> Patterns.waiting(style, 100).after()));

    private PatternTable() {}

    /**
     * A pattern.
     *
     * @param times what its figure is multiplied by: 100 for percent
     * @param styles those that it is for
     */
    private record Row(String name, int times, Set<Style> styles, ToDoubleFunction<Style> figure) {

        String of(Style style) {
            return styles.contains(style)
                    ? String.format(Locale.ROOT, times == 1 ? "%.0f" : "%.2f", times * figure.applyAsDouble(style))
                    : "";
        }
    }

    private static Row percent(String name, ToDoubleFunction<Style> figure) {
        return new Row(name, 100, DEFAULTS, figure);
    }

    /** A row for each pattern, in percent of the calls that succeed unless it says otherwise. */
    static String csv() {
        String head = STYLES.stream().map(style -> style.title).collect(Collectors.joining("\",\""));
        StringBuilder csv = new StringBuilder("pattern,\"" + head + "\"\n");
        for (Row row : ROWS) {
            String figures = STYLES.stream().map(row::of).collect(Collectors.joining(","));
            csv.append('"').append(row.name()).append("\",").append(figures).append('\n');
        }
        return csv.toString();
    }
}
