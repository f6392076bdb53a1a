package dev.retrykit.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.spring.autoconfigure.RetrykitAutoConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Every yml in the documents starts an application: no unknown key, no unreadable value, no unknown name. */
class DocumentedSettingsTests {

    private static final Path ROOT = Path.of("..");
    /** {@code StartFailureMessagesTests} starts what is in there. */
    private static final Path WRONG_ON_PURPOSE = Path.of("start-failures.md");

    private static final Pattern YML = Pattern.compile("```ya?ml\n(.*?)```", Pattern.DOTALL);

    @TestFactory
    Stream<DynamicTest> everyYmlInTheDocumentsStarts() throws IOException {
        List<DynamicTest> tests = documents().stream().flatMap(this::examples).toList();
        assertThat(tests).hasSizeGreaterThan(5);
        return tests.stream();
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(Stream.of(ROOT.resolve("README.md")), docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> !file.endsWith(WRONG_ON_PURPOSE))
                    .toList();
        }
    }

    private Stream<DynamicTest> examples(Path document) {
        return YML.matcher(read(document))
                .results()
                .map(match -> DynamicTest.dynamicTest(
                        document.getFileName() + " at " + match.start(), () -> starts(match.group(1))));
    }

    private static void starts(String yml) {
        YamlPropertiesFactoryBean properties = new YamlPropertiesFactoryBean();
        properties.setResources(new ByteArrayResource(yml.getBytes()));
        assertThat(properties.getObject()).isNotEmpty();
        Map<String, Object> settings = asMap(properties.getObject());
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(RetrykitAutoConfiguration.class))
                .withInitializer(context ->
                        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("docs", settings)))
                .run(context -> assertThat(context).hasNotFailed());
    }

    private static Map<String, Object> asMap(Properties properties) {
        Map<String, Object> map = new HashMap<>();
        properties.forEach((key, value) -> map.put(String.valueOf(key), value));
        return map;
    }

    private static String read(Path document) {
        try {
            return Files.readString(document);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
