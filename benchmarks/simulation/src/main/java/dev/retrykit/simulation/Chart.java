package dev.retrykit.simulation;

import dev.retrykit.simulation.Sheet.Point;
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
    private static final int TOP = 40;
    private static final int BOTTOM = 45;
    private static final int STEPS = 5;
    private static final int APART = 14;
    private static final List<String> COLORS =
            List.of("#1f77b4", "#d62728", "#2ca02c", "#ff7f0e", "#9467bd", "#8c564b", "#17a2b8", "#7f7f7f");

    private final Sheet sheet;
    private final String title;
    private final String unit;
    private final StringBuilder svg = new StringBuilder();
    private final double maxX;
    private final double maxY;

    private Chart(Sheet sheet, String title, String unit) {
        this.sheet = sheet;
        this.title = title;
        this.unit = unit;
        this.maxX = max(sheet, true);
        this.maxY = max(sheet, false);
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

    private String draw() {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" font-family=\"sans-serif\""
                        + " font-size=\"12\" fill=\"#777\">",
                WIDTH, HEIGHT);
        add("<title>%s</title>", title);
        add("<text x=\"%d\" y=\"20\" font-size=\"15\">%s</text>", LEFT, title);
        for (int step = 0; step <= STEPS; step++) {
            double x = maxX * step / STEPS;
            double y = maxY * step / STEPS;
            add("<path d=\"M%.1f %.1fH%d\" stroke=\"#777\" stroke-opacity=\".25\"/>", x(0), y(y), WIDTH - RIGHT);
            add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>", x(0) - 6, y(y) + 4, number(y));
            add("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>", x(x), HEIGHT - BOTTOM + 18, number(x));
        }
        add("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>", x(maxX / 2), HEIGHT - 8, sheet.variable());
        add("<text x=\"%d\" y=\"%d\">%s</text>", 6, TOP - 8, unit);
        lines();
        return svg.append("</svg>\n").toString();
    }

    private void lines() {
        int color = 0;
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
            String stroke = COLORS.get(color++ % COLORS.size());
            add("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>", path, stroke);
            free = Math.max(free, y(last(line.getValue()).y()) + 4);
            add("<text x=\"%d\" y=\"%.1f\" fill=\"%s\">%s</text>", WIDTH - RIGHT + 6, free, stroke, line.getKey());
            free += APART;
        }
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

    private static String number(double value) {
        return value >= 10 || value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
