package dev.retrykit.simulation;

import java.util.Locale;

/** A picture as text. It reads on light and dark ground. */
final class Svg {

    private static final String GREY = "#777";

    private final StringBuilder text = new StringBuilder();

    Svg(int width, int height, String title) {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" font-family=\"sans-serif\""
                        + " font-size=\"12\" fill=\"%s\">",
                width, height, GREY);
        add("<title>%s</title>", title);
        add("<text x=\"6\" y=\"20\" font-size=\"15\">%s</text>", title);
    }

    void text(double x, double y, String anchor, String said) {
        text(x, y, anchor, GREY, said);
    }

    void text(double x, double y, String anchor, String color, String said) {
        add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>", x, y, anchor, color, said);
    }

    /** A line of the grid behind the figures. */
    void rule(double x, double y, double toX) {
        add("<path d=\"M%.1f %.1fH%.1f\" stroke=\"%s\" stroke-opacity=\".25\"/>", x, y, toX, GREY);
    }

    void line(CharSequence path, String color) {
        add("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>", path, color);
    }

    void cell(double x, double y, int side, String color, String said) {
        add("<rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%d\" rx=\"3\" fill=\"%s\"/>", x, y, side, side, color);
        text(x + side / 2.0, y + side / 2.0 + 4, "middle", "#fff", said);
    }

    String end() {
        return text + "</svg>\n";
    }

    static String number(double inexact) {
        double value = Math.rint(inexact * 1e6) / 1e6;
        return value >= 10 || value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, value * 10 == Math.rint(value * 10) ? "%.1f" : "%.2f", value);
    }

    private void add(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
