package dev.retrykit.sample.aot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shop, processed ahead of time as Spring Boot's plugins do, and run with what came out. */
@Tag("process")
class AotTests {

    private static final String CLASS_PATH = System.getProperty("java.class.path");
    private static final String PROFILE = "--spring.profiles.active=aot";
    private static final String SHOP = "--aot.shop=true";

    @TempDir
    private Path directory;

    @Test
    void whatWasProcessedAheadOfTimeDoesWhatItDidBefore() throws Exception {
        FutureTask<String> asItIs = new FutureTask<>(() -> java(CLASS_PATH, AotShop.class.getName(), PROFILE, SHOP));
        new Thread(asItIs).start(); // meanwhile it is processed
        process();
        compile();
        String generated =
                String.join(File.pathSeparator, path("classes"), path("resources"), path("compiled"), CLASS_PATH);
        List<String> after =
                found(java("-Dspring.aot.enabled=true", generated, AotShop.class.getName(), PROFILE, SHOP));
        List<String> before = found(asItIs.get());

        assertThat(before)
                .containsExactly(
                        "generated false",
                        "word instead, after 3",
                        "good after 4",
                        "later after 3",
                        "contract after 3",
                        "by key eu",
                        "odd allows 3",
                        "inventory is CLOSED");
        assertThat(after.get(0)).isEqualTo("generated true");
        assertThat(after.subList(1, after.size())).isEqualTo(before.subList(1, before.size()));
    }

    private void process() throws Exception {
        java(
                CLASS_PATH,
                "org.springframework.boot.SpringApplicationAotProcessor",
                AotShop.class.getName(),
                path("sources"),
                path("resources"),
                path("classes"),
                "dev.retrykit",
                "shop",
                PROFILE,
                SHOP);
    }

    private void compile() throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "-proc:none",
                "-nowarn",
                "-d",
                path("compiled"),
                "-cp",
                path("classes") + File.pathSeparator + CLASS_PATH));
        try (Stream<Path> files = Files.walk(directory.resolve("sources"))) {
            files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(arguments::add);
        }
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertThat(result).as("the compiler's exit code").isZero();
    }

    private String path(String part) {
        return directory.resolve(part).toString();
    }

    private static List<String> found(String output) {
        return output.lines()
                .filter(line -> line.startsWith("FOUND "))
                .map(line -> line.substring(6))
                .toList();
    }

    private static String java(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        int first = arguments[0].startsWith("-D") ? 1 : 0;
        command.addAll(List.of(arguments).subList(0, first));
        command.add("-cp");
        command.addAll(List.of(arguments).subList(first, arguments.length));
        Path log = Files.createTempFile("java", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = process.waitFor(1, TimeUnit.MINUTES);
        process.destroyForcibly();
        String output = Files.readString(log);
        Files.delete(log);
        assertThat(ended).as(output).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
