package dev.retrykit.internal.book;

import dev.retrykit.internal.book.Chapter.Unparsed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the lines for a class: its own, then those of its superclasses, each with the interfaces that it names. Lines
 * by shape come next, then lines for packages, the longest name first, and lines for all classes. Only numbers are kept
 * with a class, because a class of the JDK outlives the application.
 */
public final class Index {

    private static final int[] NONE = {};

    private final List<Unparsed> unparsed;

    /** Each element is set when it is first needed; two threads may set equal ones. */
    private final @Nullable Line[] lines;

    private final Map<String, Integer> byName = new HashMap<>();
    private final Map<String, Integer> exact = new HashMap<>();
    private final Map<String, List<Integer>> byShape = new HashMap<>();

    /** The beginnings of names, the longest first. */
    private final Map<String, Integer> byPrefix =
            new TreeMap<>(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));

    private final ClassValue<int[]> found = new ClassValue<>() {
        @Override
        protected int[] computeValue(Class<?> type) {
            return find(type);
        }
    };

    /**
     * Indexes lines of the application, and parses them.
     *
     * @param lines clauses by the names of classes
     * @param shown the text to show in place of the clauses, by the same names; a line that is not in it is shown
     *     unchanged
     * @throws MalformedLineException for the first invalid line
     */
    public static Index of(Map<String, String> lines, Map<String, String> shown) {
        List<Unparsed> unparsed = new ArrayList<>();
        lines.forEach((type, text) -> unparsed.add(new Unparsed("", type, text, shown.getOrDefault(type, text))));
        Index index = new Index(unparsed);
        index.lines();
        return index;
    }

    /** Indexes the library's own lines, each of which is parsed when it is first needed. */
    public static Index standard() {
        List<Unparsed> unparsed = new ArrayList<>();
        Chapter.read("contents", (heading, chapter) -> Chapter.addTo(unparsed, chapter));
        return new Index(unparsed);
    }

    /** If several lines are about one class, the last one counts. */
    private Index(List<Unparsed> unparsed) {
        this.unparsed = List.copyOf(unparsed);
        this.lines = new Line[unparsed.size()];
        for (int i = 0; i < unparsed.size(); i++) {
            String type = unparsed.get(i).type();
            if (type.startsWith(Line.ITSELF)) {
                exact.put(type.substring(Line.ITSELF.length()), i);
            } else if (type.startsWith(Line.ANY_PACKAGE)) {
                byShape.computeIfAbsent(type.substring(Line.ANY_PACKAGE.length()), name -> new ArrayList<>())
                        .add(i);
            } else if (type.endsWith(Line.EVERY_CLASS)) {
                byPrefix.put(type.substring(0, type.length() - Line.EVERY_CLASS.length()), i);
            } else {
                byName.put(type, i);
            }
        }
    }

    /** All lines, parsed. */
    public List<Line> lines() {
        return IntStream.range(0, lines.length).mapToObj(this::line).toList();
    }

    /** The numbers of the lines about failures of this class, the most specific first. */
    public int[] of(Throwable failure) {
        return found.get(failure.getClass());
    }

    public Line line(int number) {
        Line line = lines[number];
        if (line == null) {
            line = unparsed.get(number).parse();
            lines[number] = line;
        }
        return line;
    }

    private int[] find(Class<?> type) {
        Set<Integer> numbers = new LinkedHashSet<>();
        Integer own = exact.get(type.getName());
        if (own != null) {
            numbers.add(own);
        }
        for (Class<?> owner = type; owner != null; owner = owner.getSuperclass()) {
            addNamed(owner, numbers);
        }
        for (Class<?> owner = type; owner != null; owner = owner.getSuperclass()) {
            addShaped(owner, numbers);
        }
        byPrefix.forEach((prefix, number) -> {
            if (isOf(type, prefix)) {
                numbers.add(number);
            }
        });
        return numbers.isEmpty()
                ? NONE
                : numbers.stream().mapToInt(Integer::intValue).toArray();
    }

    private void addNamed(Class<?> owner, Set<Integer> numbers) {
        Integer number = byName.get(owner.getName());
        if (number != null) {
            numbers.add(number);
        }
        for (Class<?> contract : owner.getInterfaces()) {
            addNamed(contract, numbers);
        }
    }

    private void addShaped(Class<?> owner, Set<Integer> numbers) {
        for (int number : byShape.getOrDefault(simpleName(owner), List.of())) {
            if (line(number).fits(owner)) {
                numbers.add(number);
            }
        }
    }

    private static boolean isOf(Class<?> type, String prefix) {
        Class<?> owner = type;
        while (owner != null && !owner.getName().startsWith(prefix)) {
            owner = owner.getSuperclass();
        }
        return owner != null;
    }

    private static String simpleName(Class<?> type) {
        String name = type.getName();
        return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
    }

    /** The line about the class itself; null if there is none. */
    public @Nullable Line lineOf(String type) {
        Integer number = byName.getOrDefault(type, exact.get(type));
        return number == null ? null : line(number);
    }
}
