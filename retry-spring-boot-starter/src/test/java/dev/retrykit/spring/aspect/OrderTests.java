package dev.retrykit.spring.aspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.RetryContext;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.NameMatchMethodPointcut;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

class OrderTests {

    private static final List<String> EVENTS = new ArrayList<>();

    static class Service {

        private int attempts;

        @Retryable
        public String find() throws IOException {
            EVENTS.add("attempt " + RetryContext.current().orElseThrow().attempt());
            if (++attempts < 3) {
                throw new ConnectException();
            }
            return "found";
        }

        @Async("threads")
        @Retryable
        public void later(CompletableFuture<String> done) throws IOException {
            find();
            done.complete(attempts + " attempts on " + Thread.currentThread().getName());
        }
    }

    /** As a transaction: begins and ends something around what it advises. */
    @Configuration(proxyBeanMethods = false)
    static class Transactions {

        /** The creator that Spring's own transactions and caches use. */
        @Bean
        static BeanDefinitionRegistryPostProcessor creator() {
            return registry -> {
                AopConfigUtils.registerAutoProxyCreatorIfNecessary(registry);
                AopConfigUtils.forceAutoProxyCreatorToUseClassProxying(registry);
            };
        }

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static DefaultPointcutAdvisor transactions() {
            NameMatchMethodPointcut find = new NameMatchMethodPointcut();
            find.setClassFilter(type -> type == Service.class);
            find.addMethodName("find");
            MethodInterceptor transaction = invocation -> {
                EVENTS.add("begin");
                try {
                    Object result = invocation.proceed();
                    EVENTS.add("commit");
                    return result;
                } catch (IOException failure) {
                    EVENTS.add("rollback");
                    throw failure;
                }
            };
            return new DefaultPointcutAdvisor(find, transaction);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync(proxyTargetClass = true)
    static class Asynchronous {

        @Bean
        AsyncTaskExecutor threads() {
            return new SimpleAsyncTaskExecutor("async-");
        }
    }

    private final ApplicationContextRunner app = Apps.plain().withBean(Service.class);

    OrderTests() {
        EVENTS.clear();
    }

    @Test
    void eachAttemptHasATransactionOfItsOwn() {
        app.withUserConfiguration(Transactions.class).run(context -> {
            assertThat(context.getBean(Service.class).find()).isEqualTo("found");

            assertThat(EVENTS)
                    .containsExactly(
                            "begin",
                            "attempt 1",
                            "rollback",
                            "begin",
                            "attempt 2",
                            "rollback",
                            "begin",
                            "attempt 3",
                            "commit");
        });
    }

    @Test
    void asyncMethodsAreRetriedOnTheThreadThatTheyWereSentTo() {
        app.withUserConfiguration(Asynchronous.class).run(context -> {
            CompletableFuture<String> done = new CompletableFuture<>();
            context.getBean(Service.class).later(done);

            assertThat(done).succeedsWithin(Duration.ofSeconds(20)).asString().startsWith("3 attempts on async-");
        });
    }

    @Test
    void anOrderThatIsNoNumberIsRefusedAsAnySetting() {
        app.withPropertyValues("retrykit.aspect.order=last")
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("'retrykit.aspect.order' = 'last'")
                        .hasMessageContaining("it must be a whole number"));
    }
}
