package dev.retrykit.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Public types and members of exported packages have comments. Tags are optional. */
class JavadocTests {

    @ParameterizedTest
    @ValueSource(strings = {"retry-core", "retry-spring-boot-starter"})
    void standsOnEveryPublicTypeAndMember(String module, @TempDir Path folder) throws IOException {
        assertThat(missing(folder, sources(Page.ROOT.resolve(module).resolve("src/main/java"))))
                .isEmpty();
    }

    @Test
    void isFoundMissing(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("Planted.java");
        Files.writeString(
                file,
                "/** A type. */\npublic class Planted {\n    public int count() {\n        return 0;\n    }\n}\n");

        assertThat(missing(folder, List.of(file))).singleElement().asString().contains("Planted.java:3");
    }

    private static List<String> missing(Path folder, List<Path> sources) throws IOException {
        var tool = ToolProvider.getSystemDocumentationTool();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        try (var files = tool.getStandardFileManager(problems, Locale.ROOT, null)) {
            List<String> options = List.of(
                    "-d",
                    folder.toString(),
                    "-classpath",
                    System.getProperty("java.class.path"),
                    "-Xdoclint:missing",
                    "-Xmaxwarns",
                    "100000",
                    "-quiet");
            tool.getTask(null, files, problems, null, options, files.getJavaFileObjectsFromPaths(sources))
                    .call();
        }
        return problems.getDiagnostics().stream()
                .filter(problem -> problem.getMessage(Locale.ROOT).contains("no comment"))
                .filter(problem -> !isPrivate(problem))
                .map(problem -> file(problem).getFileName() + ":" + problem.getLineNumber())
                .toList();
    }

    /** The tool also asks for the private fields of what is serializable. */
    private static boolean isPrivate(Diagnostic<? extends JavaFileObject> problem) {
        try (Stream<String> lines = Files.lines(file(problem))) {
            return lines.skip(problem.getLineNumber() - 1)
                    .findFirst()
                    .orElse("")
                    .contains("private ");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Path file(Diagnostic<? extends JavaFileObject> problem) {
        return Path.of(problem.getSource().toUri());
    }

    private static List<Path> sources(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("module-info.java"))
                    .filter(file -> !file.toString().contains("/internal/")) // not exported
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
