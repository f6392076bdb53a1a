package dev.retrykit.spring.autoconfigure;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;

/**
 * An application can replace every bean of the starter by a bean of the same name. The rule covers each bean method of
 * the auto-configurations; one application replaces all beans at once.
 */
@AnalyzeClasses(packages = "dev.retrykit.spring.autoconfigure", importOptions = ImportOption.DoNotIncludeTests.class)
class ReplacedBeansTests {

    @ArchTest
    static final ArchRule everyBeanGivesWayToOneOfTheApplication = methods()
            .that()
            .areAnnotatedWith(Bean.class)
            .should()
            .beAnnotatedWith(ConditionalOnMissingBean.class)
            .orShould()
            .beDeclaredInClassesThat()
            .areAnnotatedWith(ConditionalOnMissingBean.class);

    private static final ApplicationContextRunner APPLICATION = Apps.with("retrykit.policies.inventory:");

    @Test
    void anApplicationCanReplaceAllOfThem() {
        Map<String, Object> beans = ofTheStarter();
        assertThat(beans).hasSizeGreaterThan(12).containsKeys("retrykitRetries", "retrykitMethodPlans");

        Map<String, Object> own = new LinkedHashMap<>();
        beans.forEach((name, bean) -> own.put(name, replacement(bean)));
        ApplicationContextRunner application = APPLICATION;
        for (Map.Entry<String, Object> each : own.entrySet()) {
            application =
                    with(application, each.getKey(), beans.get(each.getKey()).getClass(), each.getValue());
        }
        application.run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(own)
                    .allSatisfy(
                            (name, bean) -> assertThat(context.getBean(name)).isSameAs(bean));
        });
    }

    /** All beans that methods of the starter's configurations make. */
    private static Map<String, Object> ofTheStarter() {
        Map<String, Object> found = new LinkedHashMap<>();
        APPLICATION.run(context -> {
            ConfigurableListableBeanFactory beans = context.getBeanFactory();
            for (String name : beans.getBeanDefinitionNames()) {
                BeanDefinition definition = beans.getBeanDefinition(name);
                if (definition instanceof AnnotatedBeanDefinition annotated
                        && annotated.getFactoryMethodMetadata() != null
                        && annotated.getMetadata().getClassName().startsWith("dev.retrykit.spring.autoconfigure")) {
                    found.put(name, beans.getBean(name));
                }
            }
        });
        return found;
    }

    /** A mock, or the bean of another application if other beans need its answers or it can't be mocked. */
    private static Object replacement(Object bean) {
        Class<?> type = bean.getClass();
        boolean asItIs = type.isHidden() || type == ConfiguredSettings.class || type == Idempotency.class;
        return asItIs ? bean : Mockito.mock(type);
    }

    private static <T> ApplicationContextRunner with(
            ApplicationContextRunner application, String name, Class<T> type, Object bean) {
        return application.withBean(name, type, () -> type.cast(bean));
    }
}
