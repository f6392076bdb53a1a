package dev.retrykit.failures;

import dev.retrykit.time.TimeSource;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportSelector;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AnnotationAttributes;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.type.AnnotationMetadata;

/** Applications that have this library's auto-configurations and no others. */
final class Application {

    private Application() {}

    /**
     * A running one.
     *
     * @param time its clock; null = the system's
     * @param properties its settings
     */
    static AnnotationConfigApplicationContext start(@Nullable TimeSource time, Map<String, Object> properties) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties));
        if (time != null) {
            context.registerBean(TimeSource.class, () -> time);
        }
        context.register(Ours.class);
        context.refresh();
        return context;
    }

    @Configuration(proxyBeanMethods = false)
    @OnlyOurs
    static class Ours {}

    @Retention(RetentionPolicy.RUNTIME)
    @Import(OnlyOursSelector.class)
    @interface OnlyOurs {

        Class<?>[] exclude() default {};

        String[] excludeName() default {};
    }

    /** As Spring Boot selects: by names, so that nothing is loaded whose library is absent. */
    static class OnlyOursSelector extends AutoConfigurationImportSelector {

        @Override
        protected Class<?> getAnnotationClass() {
            return OnlyOurs.class;
        }

        @Override
        protected List<String> getCandidateConfigurations(
                AnnotationMetadata metadata, @Nullable AnnotationAttributes attributes) {
            return super.getCandidateConfigurations(metadata, attributes).stream()
                    .filter(name -> name.startsWith("dev.retrykit."))
                    .toList();
        }
    }
}
