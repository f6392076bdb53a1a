package dev.retrykit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.Retry;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.circuit.CircuitListener;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.observe.RetryMeters;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.registry.UnusedConfiguration;
import dev.retrykit.spring.settings.binding.SettingsBinder;
import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** What else an application may have beside the starter. */
class NeighboursTests {

    static class Client {

        @Autowired
        @Qualifier("inventory")
        private Retry retry;
    }

    @Configuration(proxyBeanMethods = false)
    static class RetriesOfAnotherName {

        @Bean
        Retries mine(TimeSource time, Environment environment) {
            return new Retries(SettingsBinder.bind(environment, null, warning -> {}), Apps.collaborators(time));
        }
    }

    @Test
    void policiesAreInjectedFromTheUsersRetriesWhateverTheirName() {
        Apps.with("retrykit.policies.inventory:")
                .withUserConfiguration(RetriesOfAnotherName.class)
                .withBean(Client.class)
                .run(context -> assertThat(context.getBean(Client.class).retry)
                        .isSameAs(context.getBean(Retries.class).get("inventory")));
    }

    @Configuration(proxyBeanMethods = false)
    static class CounterOfRetries {

        @Bean
        AtomicInteger retries() {
            return new AtomicInteger();
        }
    }

    @Test
    void aBeanOfTheUserMayBeCalledRetries() {
        Apps.with("retrykit.policies.inventory:")
                .withUserConfiguration(CounterOfRetries.class)
                .withBean(Client.class)
                .run(context -> assertThat(context.getBean(Client.class).retry)
                        .isSameAs(context.getBean(Retries.class).get("inventory")));
    }

    @Configuration(proxyBeanMethods = false)
    static class Listeners {

        final List<CircuitListener.Transition> told = new ArrayList<>();

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        CircuitListener broken() {
            return transition -> {
                throw new IllegalStateException("broken");
            };
        }

        @Bean
        @Order(1)
        CircuitListener other() {
            return told::add;
        }
    }

    @Test
    void aCircuitListenerThatThrowsSilencesNoOther() {
        Apps.with("retrykit.circuits.inventory:")
                .withUserConfiguration(Listeners.class)
                .run(context -> {
                    context.getBean(Retries.class).circuit("inventory").forceOpen();

                    assertThat(context.getBean(Listeners.class).told).hasSize(1);
                });
    }

    static class Service {

        @Retryable
        public CompletableFuture<String> find() {
            return CompletableFuture.failedFuture(new ConnectException("down"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class CountedExecutor {

        static int made;

        @Bean
        Executor applicationTaskExecutor() {
            made++;
            return Runnable::run;
        }
    }

    @Test
    void aDelayEndsWithTheApplicationAndMakesNoNewExecutor() {
        CountedExecutor.made = 0;
        ManualTime time = new ManualTime();
        List<CompletableFuture<String>> calls = new ArrayList<>();
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(RetrykitAutoConfiguration.class))
                .withUserConfiguration(CountedExecutor.class)
                .withBean(ManualTime.class, () -> time)
                .withBean(Service.class)
                .run(context -> calls.add(context.getBean(Service.class).find()));

        assertThat(calls).singleElement().satisfies(call -> assertThat(call).isCompletedExceptionally());
        assertThat(time.pending()).isZero();
        assertThat(CountedExecutor.made).isEqualTo(1);
    }

    @Test
    void aVariableThatOverrulesAPolicyDoesNotRenameIt() {
        Map<String, Object> variables =
                Map.of("RETRYKIT_POLICIES_MYINVENTORY_MAXATTEMPTS", "2", "RETRYKIT_CIRCUITS_STOCK_MINIMUMCALLS", "7");
        Apps.with(
                        "retrykit: { policies: { my-inventory: { jitter: none } }, circuits: { Stock: { blocks: retries } } }")
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .replace(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                new SystemEnvironmentPropertySource(
                                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables)))
                .run(context -> {
                    Retries retries = context.getBean(Retries.class);

                    assertThat(retries.policies()).singleElement().satisfies(policy -> {
                        assertThat(policy.name()).isEqualTo("my-inventory");
                        assertThat(policy.policy().maxAttempts()).isEqualTo(2);
                        assertThat(policy.policy().jitter()).isEqualTo(Jitter.NONE);
                    });
                    assertThat(retries.circuits())
                            .singleElement()
                            .satisfies(circuit -> assertThat(circuit.name()).isEqualTo("Stock"));
                    List<String> unused = new ArrayList<>();
                    retries.report(UnusedConfiguration.Next.NONE, unused::add, note -> {});
                    assertThat(unused).hasSize(2);
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class SharedRegistry {

        static final SimpleMeterRegistry REGISTRY = new SimpleMeterRegistry();

        @Bean(destroyMethod = "")
        MeterRegistry registry() {
            return REGISTRY;
        }
    }

    @Test
    void aRegistryThatOutlivesTheApplicationCountsForTheNextOne() {
        ApplicationContextRunner app = Apps.with("retrykit.policies.inventory:")
                .withUserConfiguration(SharedRegistry.class)
                .withBean(Client.class);
        app.run(context -> context.getBean(RetryMeters.class).bindTo(SharedRegistry.REGISTRY));

        assertThat(SharedRegistry.REGISTRY.getMeters()).isEmpty();
        app.run(context -> {
            context.getBean(RetryMeters.class).bindTo(SharedRegistry.REGISTRY);
            context.getBean(Client.class).retry.call(() -> "found");

            assertThat(SharedRegistry.REGISTRY
                            .get("retrykit.calls")
                            .tags("policy", "inventory", "outcome", "success")
                            .functionTimer()
                            .count())
                    .isEqualTo(1);
        });
    }
}
