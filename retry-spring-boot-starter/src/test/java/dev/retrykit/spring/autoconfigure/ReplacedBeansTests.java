package dev.retrykit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.spring.Apps;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.Mockito;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Whatever the starter makes, an application can make in its place, under the same name. */
class ReplacedBeansTests {

    /** All that methods of the starter's configurations make. */
    static Stream<String> names() {
        List<String> names = new ArrayList<>();
        Apps.with("retrykit.policies.inventory:").run(context -> {
            ConfigurableListableBeanFactory beans = context.getBeanFactory();
            for (String name : beans.getBeanDefinitionNames()) {
                BeanDefinition definition = beans.getBeanDefinition(name);
                if (definition instanceof AnnotatedBeanDefinition annotated
                        && annotated.getFactoryMethodMetadata() != null
                        && annotated.getMetadata().getClassName().startsWith("dev.retrykit.spring.autoconfigure")) {
                    names.add(name);
                }
            }
        });
        return names.stream();
    }

    @Test
    void thereAreSome() {
        assertThat(names()).hasSizeGreaterThan(12).contains("retrykitRetries", "retrykitMethodPlans");
    }

    @ParameterizedTest
    @MethodSource("names")
    void isReplaceable(String name) {
        List<Object> beans = new ArrayList<>();
        Apps.with("retrykit.policies.inventory:").run(context -> beans.add(context.getBean(name)));
        Object bean = beans.get(0);
        replace(name, bean.getClass(), bean);
    }

    /** By a mock, or where others need its answers or there is nothing to mock, by the bean of another application. */
    private static <T> void replace(String name, Class<T> type, Object bean) {
        boolean asItIs = type.isHidden() || type == ConfiguredSettings.class || type == Idempotency.class;
        T own = asItIs ? type.cast(bean) : Mockito.mock(type);
        Apps.with("retrykit.policies.inventory:")
                .withBean(name, type, () -> own)
                .run(context -> assertThat(context).hasNotFailed().getBean(name).isSameAs(own));
    }
}
