package dev.retrykit.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;

class YamlSnippetsTests {

    static Stream<Snippet> snippets() {
        return Page.all().stream()
                .filter(page -> !page.path().endsWith("start-failures.md"))
                .flatMap(page -> Stream.of("yaml", "yml").flatMap(language -> page.snippets(language).stream()));
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void bind(Snippet snippet) {
        assertThat(problems(snippet)).isEmpty();
    }

    @Test
    void thatAreWrongAreFound() {
        assertThat(problems(planted("retrykit: { policies: { inventory: { max-attempt: 3 } } }")))
                .singleElement()
                .asString()
                .contains("max-attempt");
        assertThat(problems(planted("retrykit.policies.inventory.max-attempts: none")))
                .singleElement()
                .asString()
                .contains("max-attempts");
        assertThat(problems(planted("management.endpoints.web.exposure.includes: retry")))
                .containsExactly("nobody reads management.endpoints.web.exposure.includes");
    }

    private static Snippet planted(String yml) {
        return new Snippet(new Page(Path.of("planted.md"), ""), 1, yml);
    }

    /** An application must start with it, and somebody must read each key. */
    private static List<String> problems(Snippet snippet) {
        List<String> problems = new ArrayList<>();
        EnumerablePropertySource<?> properties = Yaml.properties(snippet.text());
        for (String key : properties.getPropertyNames()) {
            if (!key.startsWith("retrykit.") && !Metadata.isKnown(key)) {
                problems.add("nobody reads " + key);
            }
        }
        new ApplicationContextRunner()
                .withUserConfiguration(AutoConfigured.ByRetrykit.class)
                .withInitializer(
                        context -> context.getEnvironment().getPropertySources().addFirst(properties))
                .withBean(
                        DataSource.class,
                        () -> new EmbeddedDatabaseBuilder()
                                .setType(EmbeddedDatabaseType.H2)
                                .build())
                .run(context -> {
                    for (Throwable cause = context.getStartupFailure(); cause != null; cause = cause.getCause()) {
                        if (cause.getCause() == null) {
                            problems.add(cause.toString());
                        }
                    }
                });
        return problems;
    }
}
