package dev.retrykit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.Retry;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitListener;
import dev.retrykit.event.AttemptObserver;
import dev.retrykit.event.ContextCarrier;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.RetryListener;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.Verdict;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.actuate.CircuitHealth;
import dev.retrykit.spring.actuate.RetryEndpoint;
import dev.retrykit.spring.aspect.RetryPostProcessor;
import dev.retrykit.spring.failure.DataFailures;
import dev.retrykit.spring.failure.GrpcFailures;
import dev.retrykit.spring.failure.http.JdkClientStatus;
import dev.retrykit.spring.failure.http.JettyFailures;
import dev.retrykit.spring.failure.http.MalformedResponses;
import dev.retrykit.spring.failure.http.RestClientStatus;
import dev.retrykit.spring.failure.http.StatusReader;
import dev.retrykit.spring.failure.http.WebClientFailures;
import dev.retrykit.spring.failure.http.WebClientStatus;
import dev.retrykit.spring.observe.MdcCarrier;
import dev.retrykit.spring.observe.RetryMeters;
import dev.retrykit.spring.observe.SecurityContextCarrier;
import dev.retrykit.spring.observe.SnapshotCarrier;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import dev.retrykit.spring.settings.binding.SettingsBinder;
import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DeferredImportSelector;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.type.AnnotationMetadata;

class RetrykitAutoConfigurationTests {

    public static class Service {

        int attempts;

        @Retryable
        public String find() throws ConnectException {
            if (++attempts < 2) {
                throw new ConnectException("down");
            }
            return "found after " + attempts;
        }
    }

    @Test
    void everythingIsThereWithoutASetting() {
        Apps.plain()
                .withBean(Service.class)
                .withPropertyValues("management.endpoints.web.exposure.include=retry")
                .run(context -> {
                    assertThat(context)
                            .hasSingleBean(Retries.class)
                            .hasSingleBean(RetryPostProcessor.class)
                            .hasSingleBean(RetryMeters.class)
                            .hasSingleBean(RestClientStatus.class);
                    assertThat(context.getBean(Service.class).find()).isEqualTo("found after 2");
                });
    }

    @Test
    void theClockIsTheSystemsUnlessThereIsAnother() {
        ApplicationContextRunner bare = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(RetrykitAutoConfiguration.class));

        bare.run(context -> assertThat(context.getBean(TimeSource.class)).isSameAs(TimeSource.system()));
        bare.withBean(ManualTime.class)
                .run(context ->
                        assertThat(context).hasSingleBean(TimeSource.class).hasSingleBean(ManualTime.class));
    }

    @Test
    void switchedOffNothingIsThereAndMethodsAreCalledOnce() {
        Apps.plain()
                .withBean(Service.class)
                .withPropertyValues("retrykit.enabled=false")
                .run(context -> {
                    assertThat(context)
                            .hasNotFailed()
                            .doesNotHaveBean(Retries.class)
                            .doesNotHaveBean(RetryPostProcessor.class)
                            .doesNotHaveBean(RetryMeters.class)
                            .doesNotHaveBean(RetryEndpoint.class)
                            .doesNotHaveBean(RestClientStatus.class)
                            .doesNotHaveBean(FailureClassifier.class);
                    assertThat(context.getBean(Service.class)).isExactlyInstanceOf(Service.class);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "FALSE", "no", "off", "0"})
    void everyWayToSayNoIsUnderstood(String no) {
        Apps.plain()
                .withPropertyValues("retrykit.enabled=" + no)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Retries.class));
    }

    @Test
    void theUsersRetriesAreTheOnesThatAreUsed() {
        Apps.plain()
                .withUserConfiguration(OwnRetries.class)
                .withBean(Service.class)
                .run(context -> {
                    assertThat(context).hasSingleBean(Retries.class);
                    context.getBean(Service.class).find();

                    assertThat(context.getBean(Retries.class).findPolicy("Service.find"))
                            .isPresent();
                });
    }

    @Test
    void switchedOffTheUsersRetriesStillHaveMetersAndHealth() {
        Apps.plain()
                .withUserConfiguration(OwnRetries.class)
                .withPropertyValues("retrykit.enabled=false", "management.endpoints.web.exposure.include=retry")
                .run(context -> assertThat(context)
                        .hasSingleBean(RetryMeters.class)
                        .hasSingleBean(RetryEndpoint.class)
                        .hasSingleBean(CircuitHealth.class)
                        .doesNotHaveBean(AttemptObserver.class)
                        .doesNotHaveBean(ContextCarrier.class)
                        .doesNotHaveBean(TaskDecorator.class));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnRetries {

        @Bean
        Retries retries(TimeSource time) {
            ConfiguredSettings settings = SettingsBinder.bind(new StandardEnvironment(), null, warning -> {});
            return new Retries(settings, Apps.collaborators(time));
        }
    }

    @Test
    void listenersOfTheUserAreTold() {
        List<RetryEvent> events = new ArrayList<>();
        List<CircuitListener.Transition> transitions = new ArrayList<>();
        Apps.with("retrykit.circuits.inventory:")
                .withBean(RetryListener.class, () -> events::add)
                .withBean(CircuitListener.class, () -> transitions::add)
                .withBean(Service.class)
                .run(context -> {
                    context.getBean(Service.class).find();
                    context.getBean(Retries.class).circuit("inventory").forceOpen();
                });

        assertThat(events).hasSize(2).last().isInstanceOf(RetryEvent.Ended.class);
        assertThat(transitions).singleElement().extracting(t -> t.to().name()).isEqualTo("FORCED_OPEN");
    }

    @Test
    void classifiersOfTheUserAreAskedFirst() {
        Apps.plain()
                .withBean(FailureClassifier.class, () -> failure -> Verdict.notRetryable())
                .withBean(Service.class)
                .run(context -> {
                    Service service = context.getBean(Service.class);

                    assertThatExceptionOfType(ConnectException.class).isThrownBy(service::find);
                });
    }

    /** As a library would bring it. */
    @AutoConfiguration
    static class ZebraAutoConfiguration {

        @Bean
        FailureClassifier zebra() {
            return failure -> null;
        }
    }

    @Test
    void classifiersOfLibrariesAreAskedBeforeOurs() {
        FailureClassifier own = failure -> null;
        Apps.plain()
                .withBean("own", FailureClassifier.class, () -> own)
                .withConfiguration(AutoConfigurations.of(ZebraAutoConfiguration.class))
                .run(context -> assertThat(
                                context.getBeanProvider(FailureClassifier.class).orderedStream())
                        .startsWith(own, context.getBean("zebra", FailureClassifier.class))
                        .endsWith(
                                context.getBean(GrpcFailures.class),
                                context.getBean(DataFailures.class),
                                context.getBean(WebClientFailures.class),
                                context.getBean(JettyFailures.class),
                                context.getBean(MalformedResponses.class)));
    }

    @Test
    void classifiersAndCarriersKeepTheirOrder() {
        Apps.plain().run(context -> {
            assertThat(classes(context, FailureClassifier.class))
                    .containsExactly(
                            GrpcFailures.class,
                            DataFailures.class,
                            WebClientFailures.class,
                            JettyFailures.class,
                            MalformedResponses.class);
            assertThat(classes(context, StatusReader.class))
                    .containsExactly(WebClientStatus.class, RestClientStatus.class, JdkClientStatus.class);
            assertThat(classes(context, ContextCarrier.class)).containsExactly(SnapshotCarrier.class, MdcCarrier.class);
        });
        Apps.plain()
                .withClassLoader(new FilteredClassLoader("io.micrometer.context"))
                .run(context -> assertThat(classes(context, ContextCarrier.class))
                        .containsExactly(MdcCarrier.class, SecurityContextCarrier.class));
    }

    private static Stream<Class<?>> classes(ApplicationContext context, Class<?> type) {
        return context.getBeanProvider(type).orderedStream().map(Object::getClass);
    }

    static class Client {

        @Autowired
        @Qualifier("inventory")
        private Retry retry;

        @Autowired
        @Qualifier("inventory")
        private Circuit circuit;

        @Autowired(required = false)
        private Retry any;
    }

    @Test
    void policiesAndCircuitsAreInjectedByName() {
        Apps.with("retrykit: { policies: { inventory:, payments: }, circuits: { inventory: } }")
                .withBean(Client.class)
                .run(context -> {
                    Client client = context.getBean(Client.class);

                    assertThat(client.retry)
                            .isSameAs(context.getBean(Retries.class).get("inventory"));
                    assertThat(client.circuit)
                            .isSameAs(context.getBean(Retries.class).circuit("inventory"));
                    assertThat(client.any).isNull();
                });
    }

    @Test
    void withoutSuchAPolicyTheClientIsNotMade() {
        Apps.with("retrykit: { policies: { payments: }, circuits: { inventory: } }")
                .withBean(Client.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining("No qualifying bean of type 'dev.retrykit.Retry'"));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Everything {}

    /** By name, as Boot does: then an annotation whose class is absent isn't seen at all. */
    @Configuration(proxyBeanMethods = false)
    @Import(ByName.class)
    static class Listed {}

    static class ByName implements DeferredImportSelector {

        @Override
        public String[] selectImports(AnnotationMetadata importing) {
            return new String[] {
                RetrykitFailureAutoConfiguration.class.getName(),
                RetrykitAutoConfiguration.class.getName(),
                RetrykitMicrometerAutoConfiguration.class.getName(),
                RetrykitManagementAutoConfiguration.class.getName()
            };
        }
    }

    private static ApplicationContextRunner without(String... missing) {
        return new ApplicationContextRunner()
                .withUserConfiguration(Listed.class)
                .withBean(ManualTime.class)
                .withBean(Service.class)
                .withPropertyValues("management.endpoints.web.exposure.include=retry")
                .withClassLoader(new FilteredClassLoader(missing));
    }

    @Test
    void withAllPartsAllIsThere() {
        without()
                .run(context -> assertThat(context)
                        .hasSingleBean(RetryMeters.class)
                        .hasSingleBean(RetryEndpoint.class)
                        .hasSingleBean(RestClientStatus.class)
                        .hasSingleBean(DataFailures.class)
                        .hasSingleBean(GrpcFailures.class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.springframework.boot.actuate",
                "org.springframework.boot.micrometer",
                "org.springframework.boot.health",
                "org.springframework.boot.restclient",
                "org.springframework.web",
                "org.springframework.http",
                "org.springframework.dao",
                "org.springframework.transaction",
                "org.springframework.jdbc",
                "io.grpc",
                "io.netty",
                "io.micrometer"
            })
    void startsWithoutAnyOptionalPart(String missing) {
        without(missing).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(Service.class).find()).isEqualTo("found after 2");
        });
    }

    @Test
    void startsWithoutAllOfThem() {
        without(
                        "org.springframework.boot.actuate",
                        "org.springframework.boot.micrometer",
                        "org.springframework.boot.health",
                        "org.springframework.boot.restclient",
                        "org.springframework.web",
                        "org.springframework.http",
                        "org.springframework.dao",
                        "org.springframework.transaction",
                        "io.grpc",
                        "io.netty",
                        "io.micrometer")
                .run(context -> {
                    assertThat(context)
                            .hasNotFailed()
                            .doesNotHaveBean(RetryMeters.class)
                            .doesNotHaveBean(RetryEndpoint.class)
                            .doesNotHaveBean(RestClientStatus.class)
                            .doesNotHaveBean(DataFailures.class)
                            .doesNotHaveBean(GrpcFailures.class);
                    assertThat(context.getBean(Service.class).find()).isEqualTo("found after 2");
                });
    }

    @Test
    void theEndpointIsThereOnlyWhereItIsExposed() {
        Apps.plain().run(context -> assertThat(context).doesNotHaveBean(RetryEndpoint.class));
        Apps.plain()
                .withPropertyValues("management.endpoints.jmx.exposure.include=retry", "spring.jmx.enabled=true")
                .run(context -> assertThat(context).hasSingleBean(RetryEndpoint.class));
    }

    @Test
    void aWholeApplicationOfBootHasTheMetersInItsRegistry() {
        new ApplicationContextRunner()
                .withUserConfiguration(Everything.class)
                .withBean(Service.class)
                .run(context -> {
                    assertThat(context).hasSingleBean(Retries.class);
                    assertThat(context.getBean(MeterRegistry.class)
                                    .get("retrykit.calls")
                                    .tag("policy", "Service.find")
                                    .functionTimers())
                            .hasSize(4);
                });
    }

    @Test
    void theConfigurationsAreListed() {
        assertThat(ImportCandidates.load(AutoConfiguration.class, null).getCandidates())
                .contains(
                        RetrykitAutoConfiguration.class.getName(),
                        RetrykitFailureAutoConfiguration.class.getName(),
                        RetrykitMicrometerAutoConfiguration.class.getName(),
                        RetrykitManagementAutoConfiguration.class.getName());
    }

    @Test
    void testsOfAPartGetAllOfTheStarter() {
        assertThat(imports(AutoConfigureRetrykit.class)).isNotEmpty().isEqualTo(imports(AutoConfiguration.class));
    }

    private static List<String> imports(Class<?> annotation) {
        String file = "META-INF/spring/" + annotation.getName() + ".imports";
        try {
            return Collections.list(RetrykitAutoConfigurationTests.class
                            .getClassLoader()
                            .getResources(file))
                    .stream()
                    .flatMap(RetrykitAutoConfigurationTests::lines)
                    .filter(line -> line.startsWith("dev.retrykit."))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Stream<String> lines(URL url) {
        try (InputStream in = url.openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList().stream();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
