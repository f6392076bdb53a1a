package dev.retrykit.spring.aspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Idempotent;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.transaction.annotation.Transactional;

/** What no proxy sees gets one warning with the remedy. */
@ExtendWith(OutputCaptureExtension.class)
class RawObjectTests {

    static class Prepared implements InitializingBean {

        @Retryable
        @PostConstruct
        public void load() {}

        @CircuitGuarded
        @PreDestroy
        public void save() {}

        @Override
        @Retryable
        public void afterPropertiesSet() {}

        @Retryable
        public void open() {}

        @Retryable
        public void refresh() {}
    }

    @Configuration(proxyBeanMethods = false)
    static class InitMethod {

        @Bean(initMethod = "open")
        Prepared prepared() {
            return new Prepared();
        }

        @Bean
        Prepared another() {
            return new Prepared();
        }
    }

    @Test
    void whatTheContainerCallsGetsOneWarningEach(CapturedOutput output) {
        Apps.plain().withUserConfiguration(InitMethod.class).run(context -> {
            for (String method : new String[] {"load", "save", "afterPropertiesSet", "open"}) {
                assertThat(output)
                        .containsOnlyOnce("Prepared." + method + "() is annotated, but the container calls it");
            }
            assertThat(output).doesNotContain("Prepared.refresh() is annotated, but");
        });
    }

    static class Failing {

        @Retryable
        @PostConstruct
        public void load() {
            throw new IllegalStateException("down");
        }
    }

    @Test
    void theWarningComesBeforeTheCallThatStopsTheStart(CapturedOutput output) {
        Apps.plain().withBean(Failing.class).run(context -> {
            assertThat(context).hasFailed();
            assertThat(output).contains("Failing.load() is annotated, but the container calls it on the object itself");
        });
    }

    static class Client {

        @Retryable
        public String find() {
            return "found";
        }
    }

    static class Consumer {

        @Idempotent(key = "#message")
        public void take(String message) {}
    }

    @Test
    void finishedObjectsGetAWarning(CapturedOutput output) {
        Apps.plain()
                .withInitializer(context -> {
                    context.getBeanFactory().registerSingleton("finished", new Client());
                    context.getBeanFactory().registerSingleton("consumer", new Consumer());
                })
                .run(context -> assertThat(output)
                        .containsOnlyOnce(
                                "Bean 'finished' has methods with @Retryable or @CircuitGuarded, but no proxy")
                        .containsOnlyOnce("Bean 'consumer' has methods with @Idempotent, but no proxy")
                        .contains("Register a bean definition instead"));
    }

    @Configuration(proxyBeanMethods = false)
    static class Early {

        record Processor(Client client) implements BeanPostProcessor, Ordered {

            @Override
            public int getOrder() {
                return HIGHEST_PRECEDENCE;
            }
        }

        record Later(Client client) implements BeanPostProcessor {}

        @Bean
        static Processor processor(Client client) {
            return new Processor(client);
        }

        @Bean
        static Client client() {
            return new Client();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class RightAfter {

        @Bean
        static BeanPostProcessor later(Client client) {
            return new Early.Later(client);
        }

        @Bean
        static Client client() {
            return new Client();
        }
    }

    @Test
    void beansThatPostProcessorsPullGetAWarning(CapturedOutput output) {
        Apps.plain()
                .withUserConfiguration(Early.class)
                .run(context -> assertThat(output)
                        .containsOnlyOnce("Bean 'client' has methods with @Retryable or @CircuitGuarded, but no proxy")
                        .contains("Inject it there as an ObjectProvider or with @Lazy"));
    }

    @Test
    void noLineOfSpringNamesOurOwnBeans(CapturedOutput output) {
        Apps.plain().withUserConfiguration(RightAfter.class).run(context -> {
            assertThat(output.getOut().lines().filter(line -> line.contains("is not eligible")))
                    .noneMatch(line -> line.contains("etrykit"));
            assertThat(output).doesNotContain("but no proxy");
        });
    }

    static class Fallen {

        @Retryable(fallback = "second")
        public String first() {
            return "first";
        }

        @Retryable
        @Transactional
        public String second() {
            return "second";
        }
    }

    @Test
    void annotationsOfAFallbackGetAWarning(CapturedOutput output) {
        Apps.plain()
                .withBean(Fallen.class)
                .run(context -> assertThat(output)
                        .containsOnlyOnce(
                                "Fallen.second(), the fallback of Fallen.first(), has @Retryable and @Transactional"));
    }

    @Retryable
    static class Late {

        public Callable<String> callable() {
            return () -> "late";
        }

        public Supplier<String> supplier() {
            return () -> "late";
        }

        public Stream<String> stream() {
            return Stream.of("late");
        }

        public Iterator<String> iterator() {
            return Stream.of("late").iterator();
        }

        public String now() {
            return "now";
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"callable() returns a Callable", "supplier() returns a Supplier", "stream() returns a Stream"})
    void whatWorksLaterGetsAWarning(String part, CapturedOutput output) {
        Apps.plain()
                .withBean(Late.class)
                .run(context -> assertThat(output)
                        .containsOnlyOnce("Late." + part)
                        .contains(
                                "iterator() returns a Iterator, so only what the method itself throws is retried. Read all")
                        .doesNotContain("Late.now() returns"));
    }

    interface Findable {

        default String find(String name) {
            return name;
        }

        default String find(int number) {
            return "" + number;
        }

        default String save(String name) {
            return name;
        }

        default String save(int number) {
            return "" + number;
        }
    }

    @Retryable
    interface Repository extends Findable {}

    static class Stored implements Repository {}

    @Test
    void overloadsOfAnAnnotatedTypeGetOneWarning(CapturedOutput output) {
        Apps.plain()
                .withBean(Stored.class)
                .run(context -> assertThat(output)
                        .containsOnlyOnce("The annotation on Stored names no policy or circuit")
                        .doesNotContain("is already the name for"));
    }

    static class Placeholders {

        @Retryable("${my.policy}")
        @CircuitGuarded("${my.circuit:stock}")
        public String find() {
            return "found";
        }
    }

    @Test
    void placeholdersInNamesAreFilledIn(CapturedOutput output) {
        String stock =
                "retrykit: { policies: { stock: { max-attempts: 2 } }, circuits: { stock: { minimum-calls: 5 } } }";
        Apps.with("{ my.policy: stock, " + stock + " }")
                .withBean(Placeholders.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(output).doesNotContain("nothing uses it");
                });
        Apps.with(stock)
                .withBean(Placeholders.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("names '${my.policy}', but its placeholder is not configured"));
    }
}
