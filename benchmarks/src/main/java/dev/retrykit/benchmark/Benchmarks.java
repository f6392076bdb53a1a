package dev.retrykit.benchmark;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs benchmarks with one thread and with two, and prints one table of all. */
public final class Benchmarks {

    private static final int[] THREADS = {1, 2};
    private static final String BYTES = "gc.alloc.rate.norm";

    private Benchmarks() {}

    /** Takes what JMH's command line takes, but for the number of threads. */
    public static void main(String[] args) throws RunnerException, CommandLineOptionException {
        CommandLineOptions asked = new CommandLineOptions(args);
        if (asked.shouldList()) {
            new Runner(asked).list();
            return;
        }
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (int threads : THREADS) {
            Options options = new OptionsBuilder()
                    .parent(asked)
                    .threads(threads)
                    .addProfiler(GCProfiler.class)
                    .build();
            Collection<RunResult> results = new Runner(options).run();
            results.forEach(result -> rows.computeIfAbsent(name(result), name -> new ArrayList<>())
                    .add(time(result) + " | " + bytes(result)));
        }
        System.out.println();
        System.out.println("| work | 1 thread, ns | B | 2 threads, ns | B |");
        System.out.println("| --- | --- | --- | --- | --- |");
        rows.forEach((name, cells) -> System.out.println("| " + name + " | " + String.join(" | ", cells) + " |"));
    }

    private static String name(RunResult result) {
        String name = result.getParams().getBenchmark();
        return name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1);
    }

    private static String time(RunResult result) {
        Result<?> primary = result.getPrimaryResult();
        return String.format(
                Locale.ROOT,
                "%.1f (%.1f)",
                primary.getStatistics().getPercentile(50),
                primary.getStatistics().getMin());
    }

    private static String bytes(RunResult result) {
        Result<?> bytes = result.getSecondaryResults().get(BYTES);
        return bytes == null ? "?" : String.valueOf(Math.round(bytes.getScore()));
    }
}
