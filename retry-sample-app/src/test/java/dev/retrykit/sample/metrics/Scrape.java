package dev.retrykit.sample.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What Prometheus reads, strictly: a line that isn't a comment, a description, a type or a sample is a mistake. */
record Scrape(Map<String, String> help, Map<String, String> types, List<Sample> samples) {

    private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)");
    private static final Pattern SAMPLE = Pattern.compile(
            "([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (NaN|[+-]Inf|-?[0-9.]+(?:[eE][+-]?[0-9]+)?)(?: [0-9]+)?");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\\\\n\"])*)\",?");

    record Sample(String name, Map<String, String> labels, double value) {}

    static Scrape read(String text) {
        Scrape scrape = new Scrape(new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
        text.lines().forEach(scrape::read1);
        return scrape;
    }

    private void read1(String line) {
        Matcher comment = COMMENT.matcher(line);
        Matcher sample = SAMPLE.matcher(line);
        if (comment.matches()) {
            Map<String, String> into = comment.group(1).equals("HELP") ? help : types;
            if (into.put(comment.group(2), comment.group(3)) != null) {
                throw new IllegalArgumentException("twice: " + line);
            }
        } else if (sample.matches()) {
            Sample read = new Sample(
                    sample.group(1),
                    labels(sample.group(2), line),
                    Double.parseDouble(sample.group(3).replace("Inf", "Infinity")));
            if (samples.stream().anyMatch(other -> other.name.equals(read.name) && other.labels.equals(read.labels))) {
                throw new IllegalArgumentException("twice: " + line);
            }
            samples.add(read);
        } else if (!line.isBlank()) {
            throw new IllegalArgumentException("neither comment nor sample: " + line);
        }
    }

    private static Map<String, String> labels(String text, String line) {
        Map<String, String> labels = new LinkedHashMap<>();
        Matcher label = LABEL.matcher(text == null ? "" : text);
        int end = 0;
        while (label.find() && label.start() == end) {
            labels.put(label.group(1), label.group(2));
            end = label.end();
        }
        if (text != null && end != text.length()) {
            throw new IllegalArgumentException("labels can't be read: " + line);
        }
        return labels;
    }

    /** The names of all samples. */
    Set<String> names() {
        return samples.stream().map(Sample::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The values of a label of a name. */
    Set<String> values(String name, String label) {
        return samples.stream()
                .filter(sample -> sample.name.equals(name) && sample.labels.containsKey(label))
                .map(sample -> sample.labels.get(label))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    double sum(String name, String... labels) {
        return samples.stream()
                .filter(sample -> sample.name.equals(name))
                .filter(sample -> {
                    for (int i = 0; i < labels.length; i += 2) {
                        if (!labels[i + 1].equals(sample.labels.get(labels[i]))) {
                            return false;
                        }
                    }
                    return true;
                })
                .mapToDouble(Sample::value)
                .sum();
    }
}
