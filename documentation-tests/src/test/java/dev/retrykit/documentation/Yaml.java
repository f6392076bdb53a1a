package dev.retrykit.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.io.ByteArrayResource;

/** An {@code application.yml} that stands on a page. */
final class Yaml {

    private Yaml() {}

    static EnumerablePropertySource<?> properties(String text) {
        try {
            var resource = new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8));
            return (EnumerablePropertySource<?>)
                    new YamlPropertySourceLoader().load("page", resource).get(0);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
