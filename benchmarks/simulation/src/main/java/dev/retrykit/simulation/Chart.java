package dev.retrykit.simulation;

import dev.retrykit.simulation.Sheet.Point;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A sheet as a picture: lines, their names beside their ends, and a few figures on the axes. It reads on light and dark
 * ground.
 */
final class Chart {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 360;
    private static final int LEFT = 60;
    private static final int RIGHT = 170;
    private static final int TOP = 60;
    private static final int BOTTOM = 45;
    private static final int MOST_STEPS = 6;
    private static final int APART = 14;
    private static final Map<String, String> KNOWN = Map.of(
            Style.NO_RETRY.title, "#8c8c8c",
            Style.PLAIN.title, "#d62728",
            Style.DEFAULT.title, "#2ca02c",
            Style.DEFAULT_WITH_CIRCUIT.title, "#1f77b4");
    private static final List<String> COLORS = List.of("#ff7f0e", "#9467bd", "#17a2b8", "#b5651d", "#e377c2");

    private final Sheet sheet;
    private final String unit;
    private final Svg svg;
    private final double stepX;
    private final double stepY;
    private final double maxX;
    private final double maxY;

    private Chart(Sheet sheet, String title, String unit) {
        this.sheet = sheet;
        this.svg = new Svg(WIDTH, HEIGHT, title);
        this.unit = unit;
        this.stepX = step(max(sheet, true));
        this.stepY = step(max(sheet, false));
        this.maxX = upTo(max(sheet, true), stepX);
        this.maxY = upTo(max(sheet, false), stepY);
    }

    /**
     * The picture.
     *
     * @param unit what the lines say, for the axis
     */
    static String svg(Sheet sheet, String title, String unit) {
        return new Chart(sheet, title, unit).draw();
    }

    private static double max(Sheet sheet, boolean ofX) {
        return sheet.lines().values().stream()
                .flatMap(List::stream)
                .mapToDouble(point -> ofX ? point.x() : point.y())
                .max()
                .orElse(1);
    }

    /** 1, 2 or 5 times a power of ten, so that there are few of them. */
    private static double step(double max) {
        double step = Math.pow(10, Math.floor(Math.log10(max)) - 1);
        for (double times = 1; ; times *= 10) {
            for (double nice : new double[] {1, 2, 5}) {
                if (max / (step * times * nice) <= MOST_STEPS) {
                    return step * times * nice;
                }
            }
        }
    }

    /** The last of the steps that reaches it; a hair above one counts as that one. */
    private static double upTo(double max, double step) {
        return Math.ceil(max / step - 0.05) * step;
    }

    private String draw() {
        for (int number = 0; number * stepY <= maxY * 1.001; number++) {
            svg.rule(x(0), y(number * stepY), WIDTH - RIGHT);
            svg.text(x(0) - 6, y(number * stepY) + 4, "end", Svg.number(number * stepY));
        }
        for (int number = 0; number * stepX <= maxX * 1.001; number++) {
            svg.text(x(number * stepX), HEIGHT - BOTTOM + 18, "middle", Svg.number(number * stepX));
        }
        svg.text(x(maxX / 2), HEIGHT - 8, "middle", sheet.variable());
        svg.text(6, TOP - 18, "start", unit);
        lines();
        return svg.end();
    }

    private void lines() {
        Map<String, String> colors = colors();
        double free = 0;
        List<Map.Entry<String, List<Point>>> fromTheTop = sheet.lines().entrySet().stream()
                .sorted((one, other) -> Double.compare(
                        last(other.getValue()).y(), last(one.getValue()).y()))
                .toList();
        for (Map.Entry<String, List<Point>> line : fromTheTop) {
            StringBuilder path = new StringBuilder();
            for (Point point : line.getValue()) {
                path.append(path.isEmpty() ? 'M' : 'L')
                        .append(String.format(Locale.ROOT, "%.1f %.1f", x(point.x()), y(point.y())));
            }
            String stroke = colors.getOrDefault(line.getKey(), COLORS.get(0));
            svg.line(path, stroke);
            free = Math.max(free, y(last(line.getValue()).y()) + 4);
            svg.text(WIDTH - RIGHT + 6, free, "start", stroke, line.getKey());
            free += APART;
        }
    }

    /** The same in all pictures for who is in many of them. */
    private Map<String, String> colors() {
        Map<String, String> colors = new HashMap<>(KNOWN);
        int others = 0;
        for (String line : sheet.lines().keySet()) {
            if (!KNOWN.containsKey(line)) {
                colors.put(line, COLORS.get(others++ % COLORS.size()));
            }
        }
        return colors;
    }

    private static Point last(List<Point> points) {
        return points.get(points.size() - 1);
    }

    private double x(double value) {
        return LEFT + value / maxX * (WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - value / maxY * (HEIGHT - TOP - BOTTOM);
    }
}
