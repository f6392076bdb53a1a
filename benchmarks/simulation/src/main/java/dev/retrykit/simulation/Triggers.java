package dev.retrykit.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The server of {@link Collapse} under spikes of all sizes and lengths, at more and less load: who comes back. */
final class Triggers {

    static final List<Style> STYLES =
            List.of(Style.NO_RETRY, Style.PLAIN, Style.RESILIENCE4J, Style.DEFAULT, Style.DEFAULT_WITH_CIRCUIT);
    static final List<Integer> LOADS = List.of(20, 30, 40, 50, 60);
    static final List<Double> SIZES = List.of(1.5, 2.0, 3.0, 5.0);
    static final List<Integer> LENGTHS = List.of(2, 5, 10, 20);

    private static final int CLIENTS = 10;
    private static final int AFTERWARDS = 120;
    private static final double GOODPUT = 0.95;

    private Triggers() {}

    /**
     * One of them.
     *
     * @param load calls a second before and after the spike
     * @param size how many times the load the spike is
     * @param length seconds of the spike
     * @param back seconds from its end until 95 % of the calls succeed, -1 if they never do
     */
    record Cell(Style style, int load, double size, int length, int back) {}

    static Cell run(Style style, int load, double size, int length) {
        int over = Collapse.SPIKE + length;
        Fleet fleet = Collapse.run(style, CLIENTS, Collapse.spike(load, size, length), over + AFTERWARDS);
        int back = fleet.recovered(over, GOODPUT);
        return new Cell(style, load, size, length, back < 0 ? -1 : back - over);
    }

    static List<Cell> all() {
        List<Cell> cells = new ArrayList<>();
        for (Style style : STYLES) {
            for (int load : LOADS) {
                for (double size : SIZES) {
                    for (int length : LENGTHS) {
                        cells.add(run(style, load, size, length));
                    }
                }
            }
        }
        return cells;
    }

    static String csv(List<Cell> cells) {
        StringBuilder csv = new StringBuilder("style,calls a second,times,for seconds,back after seconds\n");
        for (Cell cell : cells) {
            csv.append(String.format(
                    Locale.ROOT,
                    "%s,%d,%.1f,%d,%s%n",
                    cell.style().title,
                    cell.load(),
                    cell.size(),
                    cell.length(),
                    cell.back() < 0 ? "never" : cell.back()));
        }
        return csv.toString();
    }

    /** A row for each style, a panel for each load: sizes downwards, lengths to the right. */
    static String svg(List<Cell> cells) {
        int side = 26;
        int left = 150;
        int top = 86;
        int panel = LENGTHS.size() * side + 18;
        int row = SIZES.size() * side + 18;
        Svg svg = new Svg(
                left + LOADS.size() * panel,
                top + STYLES.size() * row,
                "Seconds until 95 % of the calls succeed again after a spike; – never");
        for (int load : LOADS) {
            int x = left + LOADS.indexOf(load) * panel;
            svg.text(x, 46, "start", load + " calls a second");
            svg.text(x, 60, "start", "for seconds:");
            LENGTHS.forEach(
                    length -> svg.text(x + LENGTHS.indexOf(length) * side + side / 2, 76, "middle", length.toString()));
        }
        for (Style style : STYLES) {
            int y = top + STYLES.indexOf(style) * row;
            svg.text(6, y + row / 2 - 8, "start", style.title);
            SIZES.forEach(
                    size -> svg.text(left - 6, y + SIZES.indexOf(size) * side + 17, "end", "x " + Svg.number(size)));
        }
        for (Cell cell : cells) {
            int x = left + LOADS.indexOf(cell.load()) * panel + LENGTHS.indexOf(cell.length()) * side;
            int y = top + STYLES.indexOf(cell.style()) * row + SIZES.indexOf(cell.size()) * side;
            boolean back = cell.back() >= 0;
            svg.cell(x, y, side - 2, back ? "#2ca02c" : "#d62728", back ? Integer.toString(cell.back()) : "–");
        }
        return svg.end();
    }
}
