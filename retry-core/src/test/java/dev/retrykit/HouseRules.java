package dev.retrykit;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The rules that hold for the code of each module. */
public final class HouseRules {

    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path GLOSSARY = Path.of("../docs/glossary.md");
    private static final int MOST_LINES = 300;
    private static final int MOST_TYPES = 16;

    private HouseRules() {}

    /**
     * Imports go downward only.
     *
     * @param floors the packages of each floor, from top to bottom
     */
    public static ArchRule importsGoDownward(List<List<String>> floors) {
        LayeredArchitecture rule = layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (int floor = 0; floor < floors.size(); floor++) {
            rule = rule.layer(String.valueOf(floor)).definedBy(floors.get(floor).toArray(String[]::new));
        }
        rule = rule.whereLayer("0").mayNotBeAccessedByAnyLayer();
        for (int floor = 1; floor < floors.size(); floor++) {
            String[] above = IntStream.range(0, floor).mapToObj(String::valueOf).toArray(String[]::new);
            rule = rule.whereLayer(String.valueOf(floor)).mayOnlyBeAccessedByLayers(above);
        }
        return rule;
    }

    /** Packages are small. */
    public static void assertSmallPackages(JavaClasses all) {
        Map<String, Long> sizes = all.stream()
                .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        assertThat(sizes)
                .isNotEmpty()
                .allSatisfy((name, types) -> assertThat(types).isLessThanOrEqualTo(MOST_TYPES));
    }

    /** Source files are short. Comments and empty lines don't count. */
    public static void assertShortFiles() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            assertThat(files.filter(file -> file.toString().endsWith(".java")).toList())
                    .hasSizeGreaterThan(40)
                    .allSatisfy(file -> assertThat(linesOfCode(file)).isLessThanOrEqualTo(MOST_LINES));
        }
    }

    /**
     * No type or method has a name that the glossary has retired. A retired word with a capital is kept out of the names
     * of types only.
     *
     * @param kept the types and methods that have such a name nevertheless, all of them
     */
    public static void assertNamedByTheGlossary(JavaClasses all, Set<String> kept) throws IOException {
        List<String> retired = retiredWords();
        Pattern inTypes = anyOf(retired.stream());
        Pattern inMethods = anyOf(retired.stream().filter(word -> Character.isLowerCase(word.charAt(0))));
        Set<String> found = new TreeSet<>();
        for (JavaClass type : all) {
            if (inTypes.matcher(type.getSimpleName()).find()) {
                found.add(type.getSimpleName());
            }
            type.getMethods().stream()
                    .filter(method -> !method.getModifiers().contains(JavaModifier.SYNTHETIC))
                    .filter(method -> inMethods.matcher(method.getName()).find())
                    .forEach(method -> found.add(type.getSimpleName() + "." + method.getName()));
        }
        assertThat(found).as("names with words that %s retires", GLOSSARY).isEqualTo(new TreeSet<>(kept));
    }

    /** The words in the first column of the glossary's last table. */
    private static List<String> retiredWords() throws IOException {
        String page = Files.readString(GLOSSARY);
        return page.substring(page.indexOf("## Words that are not used"))
                .lines()
                .filter(line -> line.startsWith("| `"))
                .flatMap(row ->
                        Pattern.compile("`(\\w+)`").matcher(row.split("\\|")[1]).results())
                .map(word -> word.group(1))
                .toList();
    }

    /** Finds a word, or its plural, in a name in camel case. */
    private static Pattern anyOf(Stream<String> words) {
        return Pattern.compile(
                words.map(word -> "^" + word + "|" + word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                        .collect(Collectors.joining("|", "(", ")s?(?![a-z])")));
    }

    private static long linesOfCode(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("*") && !line.startsWith("/"))
                .count();
    }
}
