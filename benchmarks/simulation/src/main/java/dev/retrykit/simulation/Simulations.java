package dev.retrykit.simulation;

import dev.retrykit.simulation.Contention.Waiting;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;

/** Runs all of them and writes their figures and pictures into the folder that the argument names. */
public final class Simulations {

    private static final int TRIALS = 100;
    private static final int MOST_CLIENTS = 190;
    private static final Set<Style> FAILURES =
            EnumSet.of(Style.NO_RETRY, Style.PLAIN, Style.DEFAULT, Style.CIRCUIT_ON_RETRIES);
    private static final List<Integer> FLEETS = List.of(1, 10, 100, 1_000);

    private final Path folder;
    private final PrintStream out;

    private Simulations(Path folder, PrintStream out) {
        this.folder = folder;
        this.out = out;
    }

    /** The argument is the folder. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Files.createDirectories(folder);
        Simulations simulations = new Simulations(folder, System.out);
        simulations.contention();
        simulations.randomFailures();
        simulations.collapse();
        simulations.metastable();
    }

    private void contention() throws IOException {
        Sheet writes = new Sheet("clients");
        Sheet end = new Sheet("clients");
        for (Waiting waiting : Waiting.values()) {
            for (int clients = 10; clients <= MOST_CLIENTS; clients += 10) {
                Contention.Result ours = Contention.run(waiting, clients, TRIALS);
                writes.add(name(waiting), clients, ours.writes());
                end.add(name(waiting), clients, ours.end());
            }
        }
        Sheet originals = new Sheet("clients");
        for (Waiting waiting : Waiting.values()) {
            for (int clients = 10; clients <= MOST_CLIENTS; clients += 10) {
                Contention.Result original = OriginalContention.run(waiting, clients, TRIALS);
                originals.add(name(waiting) + " writes", clients, original.writes());
                originals.add(name(waiting) + " end", clients, original.end());
            }
        }
        Files.writeString(folder.resolve("contention-original.csv"), originals.csv());
        write("contention-writes", writes, "Attempts to write until all have written", "writes");
        write("contention-end", end, "Time until all have written", "ms");
    }

    private void randomFailures() throws IOException {
        Sheet success = new Sheet("part of requests that fail");
        Sheet load = new Sheet("part of requests that fail");
        for (Style style : FAILURES) {
            for (int percent = 0; percent <= 100; percent += 5) {
                RandomFailures.Result result = RandomFailures.run(style, 100, 1_000, percent / 100.0);
                success.add(style.title, percent / 100.0, result.success());
                load.add(style.title, percent / 100.0, result.load());
            }
        }
        write("random-failures-success", success, "Calls that succeed, 100 clients", "part");
        write("random-failures-load", load, "Requests for each call, 100 clients", "requests");
        Sheet split = new Sheet("part of requests that fail");
        for (int clients : List.of(10, 100, 1_000)) {
            for (int percent = 0; percent <= 100; percent += 5) {
                split.add(
                        clients + " clients",
                        percent / 100.0,
                        RandomFailures.run(Style.DEFAULT, clients, 1_000, percent / 100.0)
                                .load());
            }
        }
        write("random-failures-split", split, "retrykit: 1,000 calls a second from more or fewer clients", "requests");
    }

    private void collapse() throws IOException {
        Map<String, DoubleUnaryOperator> shapes = new TreeMap<>(Map.of(
                "spike of 5 s",
                Collapse.spike(5),
                "spike of 10 s",
                Collapse.spike(10),
                "triangle",
                Collapse.triangle()));
        for (Map.Entry<String, DoubleUnaryOperator> shape : shapes.entrySet()) {
            Sheet sheet = new Sheet("seconds");
            for (Style style : EnumSet.of(Style.NO_RETRY, Style.PLAIN, Style.DEFAULT, Style.DEFAULT_WITH_CIRCUIT)) {
                Fleet fleet = Collapse.run(style, 10, shape.getValue());
                series(sheet, style.title, fleet, Collapse.SECONDS);
                said("collapse by a " + shape.getKey() + ", " + style.title, fleet, Collapse.OVER, Collapse.SECONDS);
            }
            write(
                    "collapse-" + shape.getKey().replace(' ', '-'),
                    sheet,
                    "Calls that succeed, a " + shape.getKey() + " from 30 s on",
                    "part");
        }
    }

    private void metastable() throws IOException {
        Sheet pictured = new Sheet("seconds");
        for (Style style : EnumSet.of(Style.PLAIN, Style.REQUEST_BUDGET, Style.WITHOUT_MIN_SUCCESS, Style.DEFAULT)) {
            for (int clients : FLEETS) {
                for (Metastable.Measure measure : Metastable.Measure.values()) {
                    Fleet fleet = Metastable.run(style, clients, measure);
                    said(
                            "database, " + style.title + ", " + clients + " clients, measured by " + measure,
                            fleet,
                            Metastable.OUTAGE + Metastable.OUTAGE_SECONDS,
                            Metastable.SECONDS);
                    if (clients == 10 && measure == Metastable.Measure.SECOND) {
                        series(pictured, style.title, fleet, Metastable.SECONDS);
                    }
                }
            }
        }
        write("metastable", pictured, "Calls that succeed, an outage from 30 s to 40 s, 10 clients", "part");
    }

    private static void series(Sheet sheet, String line, Fleet fleet, int seconds) {
        for (int second = 0; second < seconds; second += 2) {
            sheet.add(line, second, fleet.success(second, second + 2));
        }
    }

    private void said(String what, Fleet fleet, int over, int seconds) {
        int back = fleet.recovered(over, 0.95);
        out.printf(
                Locale.ROOT,
                "%s: %s; in the last 30 s %.0f %% succeed at a load of %.2f%n",
                what,
                back < 0 ? "never back" : "back after " + (back - over) + " s",
                100 * fleet.success(seconds - 30, seconds),
                fleet.load(seconds - 30, seconds));
    }

    private void write(String name, Sheet sheet, String title, String unit) throws IOException {
        Files.writeString(folder.resolve(name + ".csv"), sheet.csv());
        Files.writeString(folder.resolve(name + ".svg"), Chart.svg(sheet, title, unit));
        out.println("wrote " + folder.resolve(name));
    }

    private static String name(Waiting waiting) {
        return waiting.name().toLowerCase(Locale.ROOT);
    }
}
