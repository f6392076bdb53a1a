package dev.retrykit.documentation;

import java.util.List;
import java.util.Map;
import org.springframework.boot.autoconfigure.AutoConfigurationImportSelector;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AnnotationAttributes;
import org.springframework.core.type.AnnotationMetadata;

/** What an application gets from its class path, some of it. */
final class AutoConfigured {

    private AutoConfigured() {}

    @Configuration(proxyBeanMethods = false)
    @Import(ByRetrykitSelector.class)
    static class ByRetrykit {}

    @Configuration(proxyBeanMethods = false)
    @Import(ByRetrykitAndMicrometerSelector.class)
    static class ByRetrykitAndMicrometer {}

    @Configuration(proxyBeanMethods = false)
    @Import(ByResilience4jSelector.class)
    static class ByResilience4j {}

    static final class ByRetrykitSelector extends Selector {
        ByRetrykitSelector() {
            super("dev.retrykit.");
        }
    }

    static final class ByRetrykitAndMicrometerSelector extends Selector {
        ByRetrykitAndMicrometerSelector() {
            super(
                    "dev.retrykit.",
                    "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration");
        }
    }

    static final class ByResilience4jSelector extends Selector {
        ByResilience4jSelector() {
            super("io.github.resilience4j.", "org.springframework.boot.autoconfigure.aop.");
        }
    }

    private abstract static class Selector extends AutoConfigurationImportSelector {

        private final List<String> prefixes;

        Selector(String... prefixes) {
            this.prefixes = List.of(prefixes);
        }

        @Override
        protected AnnotationAttributes getAttributes(AnnotationMetadata importing) {
            return new AnnotationAttributes(Map.of("exclude", new String[0], "excludeName", new String[0]));
        }

        @Override
        protected List<String> getCandidateConfigurations(
                AnnotationMetadata importing, AnnotationAttributes attributes) {
            return super.getCandidateConfigurations(importing, attributes).stream()
                    .filter(name -> prefixes.stream().anyMatch(name::startsWith))
                    .toList();
        }
    }
}
