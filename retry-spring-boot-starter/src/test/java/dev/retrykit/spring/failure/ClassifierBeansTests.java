package dev.retrykit.spring.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.Verdict;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.Retries;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.aop.TargetSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;
import org.springframework.core.annotation.Order;

class ClassifierBeansTests {

    static class Typed implements FailureClassifier {

        @Override
        public @Nullable Verdict classify(Throwable failure) {
            return "typed".equals(failure.getMessage()) ? Verdict.retryable() : null;
        }
    }

    static class Beans {

        private static FailureClassifier of(String message) {
            return failure -> message.equals(failure.getMessage()) ? Verdict.retryable() : null;
        }

        @Bean
        @Order(3)
        FailureClassifier first() {
            return of("first");
        }

        @Bean
        @Order(2)
        FailureClassifier second() {
            return of("second");
        }

        @Bean
        @Order(1)
        FailureClassifier other() {
            return failure ->
                    "second".equals(failure.getMessage()) ? null : of("other").classify(failure);
        }

        @Bean
        FailureClassifier proxied() {
            return ProxyFactory.getProxy(FailureClassifier.class, new SingletonTarget());
        }

        @Bean
        FailureClassifier typed() {
            return new Typed();
        }

        @Bean
        FailureClassifier withRule() {
            return failure -> "with rule".equals(failure.getMessage())
                    ? Verdict.retryable().by("a rule")
                    : null;
        }

        @Bean
        @Scope("prototype")
        FailureClassifier prototype() {
            return of("prototype");
        }
    }

    private static final class SingletonTarget implements TargetSource {

        private final FailureClassifier target = Beans.of("proxied");

        @Override
        public Class<?> getTargetClass() {
            return FailureClassifier.class;
        }

        @Override
        public boolean isStatic() {
            return true;
        }

        @Override
        public Object getTarget() {
            return target;
        }
    }

    @Test
    void aBeanWhoseClassDoesNotSayWhichIsNamed() {
        Apps.with("retrykit.policies.inventory:")
                .withUserConfiguration(Beans.class)
                .run(context -> {
                    List<String> rules = new ArrayList<>();
                    for (String message :
                            List.of("first", "second", "other", "proxied", "typed", "with rule", "prototype")) {
                        rules.add(context.getBean(Retries.class)
                                .get("inventory")
                                .policy()
                                .classify(new IllegalStateException(message))
                                .rule());
                    }
                    assertThat(rules)
                            .containsExactly(
                                    "FailureClassifier bean 'first'",
                                    "FailureClassifier bean 'second'",
                                    "FailureClassifier bean 'other'",
                                    "FailureClassifier bean 'proxied'",
                                    "FailureClassifier " + Typed.class.getName(),
                                    "a rule",
                                    "FailureClassifier " + Beans.class.getName());
                });
    }
}
