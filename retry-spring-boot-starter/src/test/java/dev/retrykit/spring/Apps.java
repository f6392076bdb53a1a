package dev.retrykit.spring;

import dev.retrykit.spring.autoconfigure.RetrykitAutoConfiguration;
import dev.retrykit.spring.autoconfigure.RetrykitClientAutoConfiguration;
import dev.retrykit.spring.autoconfigure.RetrykitContextAutoConfiguration;
import dev.retrykit.spring.autoconfigure.RetrykitFailureAutoConfiguration;
import dev.retrykit.spring.autoconfigure.RetrykitIdempotencyAutoConfiguration;
import dev.retrykit.spring.autoconfigure.RetrykitManagementAutoConfiguration;
import dev.retrykit.spring.autoconfigure.RetrykitMicrometerAutoConfiguration;
import dev.retrykit.spring.autoconfigure.RetrykitTransportAutoConfiguration;
import dev.retrykit.spring.registry.layers.EngineCollaborators;
import dev.retrykit.spring.settings.binding.FailureNames;
import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.task.SyncTaskExecutor;

/** Applications for tests: on a clock that stands still, and with retries on the thread that moves it. */
public final class Apps {

    private Apps() {}

    /** With the auto-configurations of this starter and nothing else of Boot. */
    public static ApplicationContextRunner plain() {
        return new ApplicationContextRunner()
                .withConfiguration(autoConfigurations())
                .withBean(ManualTime.class)
                .withBean("applicationTaskExecutor", SyncTaskExecutor.class);
    }

    /** All of this starter, except for the server side. */
    public static AutoConfigurations autoConfigurations() {
        return AutoConfigurations.of(
                RetrykitAutoConfiguration.class,
                RetrykitClientAutoConfiguration.class,
                RetrykitContextAutoConfiguration.class,
                RetrykitFailureAutoConfiguration.class,
                RetrykitIdempotencyAutoConfiguration.class,
                RetrykitManagementAutoConfiguration.class,
                RetrykitMicrometerAutoConfiguration.class,
                RetrykitTransportAutoConfiguration.class);
    }

    /** A clock, retries on the thread that moves it, and no beans of an application. */
    public static EngineCollaborators collaborators(TimeSource time) {
        return new EngineCollaborators(
                time,
                Runnable::run,
                () -> Runnable::run,
                null,
                List.of(),
                transition -> {},
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                List.of(),
                List.of(),
                FailureNames.withoutBeans(null));
    }

    /** The same, with an {@code application.yml}. */
    public static ApplicationContextRunner with(String yml) {
        return plain().withInitializer(yml(yml));
    }

    /** Gives an application a file called {@code application.yml}, whose lines are known. */
    public static ApplicationContextInitializer<ConfigurableApplicationContext> yml(String text) {
        return context -> load(context.getEnvironment(), "application.yml", text);
    }

    /** Adds a file, below all that is there. */
    public static void load(ConfigurableEnvironment environment, String file, String text) {
        ByteArrayResource resource = new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8), file);
        try {
            new YamlPropertySourceLoader().load(file, resource).forEach(environment.getPropertySources()::addLast);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
