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
    private static final int SEEDS = 40;
    private static final Set<Style> FAILURES =
            EnumSet.of(Style.NO_RETRY, Style.PLAIN, Style.DEFAULT, Style.CIRCUIT_ON_RETRIES);
    private static final List<Double> FAILING = List.of(0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99);
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
        simulations.collapseByChance();
        simulations.metastable();
        simulations.triggers();
        simulations.defaults();
        String patterns = PatternTable.csv();
        Files.writeString(folder.resolve("patterns.csv"), patterns);
        System.out.print(patterns);
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
        Map<String, DoubleUnaryOperator> shapes =
                new TreeMap<>(Map.of("spike of 10 s", Collapse.spike(10), "triangle", Collapse.triangle()));
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

    /** Calls come at random, so whether a short spike suffices is chance. */
    private void collapseByChance() throws IOException {
        Sheet down = new Sheet("seconds of a spike to twice the load");
        for (Style style : EnumSet.of(Style.PLAIN, Style.DEFAULT, Style.RESILIENCE4J)) {
            for (int seconds = 3; seconds <= 10; seconds++) {
                int times = 0;
                for (int seed = 0; seed < SEEDS; seed++) {
                    Fleet fleet = Collapse.run(style, 10, Collapse.spike(seconds), Collapse.OVER + 60, seed);
                    times += fleet.recovered(Collapse.OVER, 0.95) < 0 ? 1 : 0;
                }
                down.add(style.title, seconds, 100.0 * times / SEEDS);
            }
        }
        write(
                "collapse-by-chance",
                down,
                "How often the server is still down a minute later",
                "% of " + SEEDS + " runs");
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

    private void triggers() throws IOException {
        List<Triggers.Cell> cells = Triggers.all();
        Files.writeString(folder.resolve("triggers.csv"), Triggers.csv(cells));
        Files.writeString(folder.resolve("triggers.svg"), Triggers.svg(cells));
        for (Style style : Triggers.STYLES) {
            out.printf(
                    "triggers, %s: %d of %d come back%n",
                    style.title,
                    cells.stream()
                            .filter(cell -> cell.style() == style && cell.back() >= 0)
                            .count(),
                    cells.stream().filter(cell -> cell.style() == style).count());
        }
    }

    private void defaults() throws IOException {
        Sheet random = new Sheet("part of requests that fail");
        for (Style style : EnumSet.of(Style.DEFAULT, Style.DEFAULT_WITH_CIRCUIT)) {
            for (double part : FAILING) {
                RandomFailures.Result result = RandomFailures.run(style, 200, 1_000, part);
                random.add(style.title + ": succeed", part, result.success());
                random.add(style.title + ": load", part, result.load());
            }
        }
        write(
                "defaults-random",
                random,
                "The defaults, 200 clients, 1,000 calls a second",
                "part, requests for each call");
        Sheet load = new Sheet("seconds");
        for (Style style : EnumSet.of(Style.PLAIN, Style.DEFAULT, Style.DEFAULT_WITH_CIRCUIT)) {
            for (double seconds : List.of(0.1, 1.0, 5.0, 60.0)) {
                for (int clients : List.of(1, 200, 1_000)) {
                    Outage.Result result = Outage.run(style, clients, 5, seconds);
                    said(style, clients, seconds, result);
                    for (int second = 0; clients == 200 && seconds == 60 && second < 150; second++) {
                        load.add(style.title, second, result.fleet().load(second, second + 1));
                    }
                }
            }
        }
        write("defaults-outage", load, "Requests for each call, an outage from 30 s to 90 s", "requests");
    }

    private void said(Style style, int clients, double seconds, Outage.Result result) {
        out.printf(
                Locale.ROOT,
                "outage of %.1f s, %s, %d clients: %.1f %% of its calls succeed at a load of %.2f; %d circuits open, %.1f"
                        + " requests of each to the dead, at most %.0f in 0.1 s; closed %.1f s after it, the last after %.1f s%n",
                seconds,
                style.title,
                clients,
                100 * result.success(),
                result.load(),
                result.opened(),
                result.probes(),
                result.mostProbes(),
                result.closed(),
                result.lastClosed());
    }

    /** Without the last seconds, in which nobody else calls any more. */
    private static void series(Sheet sheet, String line, Fleet fleet, int seconds) {
        for (int second = 0; second < seconds - 5; second += 2) {
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
