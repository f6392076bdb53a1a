package dev.retrykit.simulation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Figures of several things over one variable: a table, and the lines of a picture. */
final class Sheet {

    private final String variable;
    private final Map<String, List<Point>> lines = new LinkedHashMap<>();

    /** Without figures. */
    Sheet(String variable) {
        this.variable = variable;
    }

    /** One figure. */
    record Point(double x, double y) {}

    void add(String line, double x, double y) {
        lines.computeIfAbsent(line, name -> new ArrayList<>()).add(new Point(x, y));
    }

    String variable() {
        return variable;
    }

    Map<String, List<Point>> lines() {
        return lines;
    }

    /** A row for each value of the variable. */
    String csv() {
        StringBuilder csv = new StringBuilder(variable);
        lines.keySet().forEach(line -> csv.append(',').append(line));
        csv.append('\n');
        lines.values().stream()
                .flatMap(List::stream)
                .map(Point::x)
                .distinct()
                .sorted()
                .forEach(x -> {
                    csv.append(number(x));
                    lines.values()
                            .forEach(points -> csv.append(',')
                                    .append(points.stream()
                                            .filter(point -> point.x == x)
                                            .map(point -> number(point.y))
                                            .findFirst()
                                            .orElse("")));
                    csv.append('\n');
                });
        return csv.toString();
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.3f", value);
    }
}
