package dev.retrykit.spring.aspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.Retries;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

/** Beans that come and go. */
@Tag("slow")
class PrototypeTests {

    private static final int BEANS = 100_000;

    static class Task {

        @Retryable
        public String run() {
            return "done";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Tasks {

        @Bean
        @Scope(BeanDefinition.SCOPE_PROTOTYPE)
        Task task() {
            return new Task();
        }
    }

    @Test
    void areForgottenWithTheirLastUser() {
        Apps.plain().withUserConfiguration(Tasks.class).run(context -> {
            ObjectProvider<Task> tasks = context.getBeanProvider(Task.class);
            List<Reference<Task>> seen = new ArrayList<>();
            for (int i = 0; i < BEANS; i++) {
                Task task = tasks.getObject();
                if (i % 1_000 == 0) {
                    assertThat(task.run()).isEqualTo("done");
                }
                seen.add(new WeakReference<>(task));
            }
            for (int i = 0; i < 50 && left(seen) > 0; i++) {
                System.gc();
            }
            assertThat(left(seen)).isZero();
            assertThat(context.getBean(Retries.class).policies())
                    .as("one policy for all of them")
                    .singleElement()
                    .satisfies(policy -> assertThat(policy.methods()).containsExactly("Task.run()"));
        });
    }

    private static long left(List<Reference<Task>> seen) {
        return seen.stream().filter(reference -> reference.get() != null).count();
    }
}
