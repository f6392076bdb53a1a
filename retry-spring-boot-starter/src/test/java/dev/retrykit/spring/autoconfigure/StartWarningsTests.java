package dev.retrykit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.retrykit.annotation.Backoff;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.idempotency.Servers;
import jakarta.annotation.PostConstruct;
import jakarta.persistence.Entity;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** The warnings of startup, as {@code docs/reference/start-failures.md} shows them. */
@Tag("startup")
class StartWarningsTests {

    private static final StartupPage PAGE = new StartupPage("warnings");

    private static final String SIBLING = "retrykit.policies.orders.max-attempts: 3";

    /**
     * An application with a warning.
     *
     * @param language the language of the code
     * @param code the code as the page shows it
     * @param app adds the code to an application
     */
    private record Warned(String title, String language, String code, UnaryOperator<ApplicationContextRunner> app) {

        @Override
        public String toString() {
            return title;
        }
    }

    private static Warned java(String title, String code, Class<?> bean) {
        return java(title, code, app -> app.withBean(bean));
    }

    private static Warned java(String title, String code, UnaryOperator<ApplicationContextRunner> app) {
        return new Warned(title, "java", code, app);
    }

    static Stream<Warned> warnings() {
        return Stream.of(calls(), beans(), values(), transactions(), settings()).flatMap(List::stream);
    }

    private static List<Warned> calls() {
        return List.of(
                java("A final method", "@Retryable public final String stock()", AFinalMethod.class),
                java(
                        "A self-invocation",
                        "@Retryable public String stock(); public String all() { return stock(); }",
                        ASelfInvocation.class),
                java(
                        "A fallback with an annotation",
                        "@Retryable(fallback = \"cached\") public String stock(); @Retryable public String cached()",
                        AFallbackWithAnAnnotation.class),
                java(
                        "A method that the container calls",
                        "@Retryable @PostConstruct public void load()",
                        AMethodThatTheContainerCalls.class),
                java(
                        "A scheduled method on a single-threaded scheduler",
                        "@Scheduled(fixedRate = 1000) @Retryable(backoff = @Backoff(delay = \"2s\")) public void refresh()",
                        app -> app.withConfiguration(AutoConfigurations.of(TaskSchedulingAutoConfiguration.class))
                                .withUserConfiguration(AScheduledMethod.class)));
    }

    private static List<Warned> beans() {
        return List.of(
                java(
                        "A bean registered as an existing object",
                        "beanFactory.registerSingleton(\"client\", new Client())",
                        app -> app.withInitializer(
                                context -> context.getBeanFactory().registerSingleton("client", new Client()))),
                java(
                        "A bean that is created too early",
                        "@Bean static Processor processor(Client client) // a BeanPostProcessor",
                        app -> app.withUserConfiguration(ABeanThatIsCreatedTooEarly.class)),
                java(
                        "A decorator of an annotated interface",
                        "class Caching implements Gateway { private final Gateway inner; } // @Retryable in Gateway",
                        app -> app.withUserConfiguration(ADecorator.class)),
                java(
                        "A listener container with a low phase",
                        "@Override public int getPhase() { return 0; } // of a listener container",
                        app -> app.withBean("orders", AListenerContainer.class)),
                java(
                        "Two methods with the same short name",
                        "@Retryable public String stock() // in one.Client and in other.Client",
                        app -> app.withBean("one", Client.class).withBean("other", Other.Client.class)),
                java(
                        "Overloaded methods of an annotated type",
                        "@Retryable interface Stocks { String stock(String sku); String stock(int number); }",
                        OverloadedMethods.class));
    }

    private static List<Warned> values() {
        return List.of(
                java("A declared Future", "@Retryable public Future<String> stock()", ADeclaredFuture.class),
                java(
                        "A returned FutureTask",
                        "@Retryable public FutureTask<String> stock()",
                        AReturnedFutureTask.class),
                java("A returned Callable", "@Retryable public Callable<String> stock()", AReturnedCallable.class),
                java("A returned Stream", "@Retryable public Stream<String> stocks()", AReturnedStream.class),
                java(
                        "A returned StreamingResponseBody",
                        "@Retryable public StreamingResponseBody stocks()",
                        AReturnedResponseBody.class),
                java(
                        "An argument that can be read only once",
                        "@Retryable public void store(InputStream stocks)",
                        AnArgumentThatCanBeReadOnlyOnce.class));
    }

    private static List<Warned> transactions() {
        return List.of(
                java(
                        "A JPA entity as an argument",
                        "@Retryable @Transactional public void place(Order order) // an @Entity",
                        app -> transactional(app).withBean(AnEntityAsAnArgument.class)),
                java(
                        "A transaction that commits on a retried failure",
                        "@Retryable @Transactional public void place() throws IOException",
                        app -> transactional(app).withBean(ACommittedTransaction.class)));
    }

    private static ApplicationContextRunner transactional(ApplicationContextRunner app) {
        return app.withConfiguration(AutoConfigurations.of(
                        DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class))
                .withBean(DataSource.class, () -> new DelegatingDataSource(Servers.h2()));
    }

    private static List<Warned> settings() {
        String unused = "retrykit.policies.inventory.max-attempts: 5";
        String other = "retrykit.policies.inventory.max-attempts: 9 # 5 in the parent's";
        return List.of(
                new Warned("An unused policy", "yaml", unused, app -> app.withInitializer(Apps.yml(unused))),
                new Warned(
                        "Different settings in a child context",
                        "yaml",
                        other,
                        app -> app.withInitializer(Apps.yml(other))),
                new Warned(
                        "A name that another child context uses too",
                        "yaml",
                        SIBLING + " # in both",
                        app -> app.withInitializer(Apps.yml(SIBLING)).withBean(Orders.class)),
                new Warned(
                        "An environment variable with an unknown key",
                        "text",
                        "RETRYKIT_POLICIES_INVENTORY_MAXATEMPTS=5",
                        app -> app.withInitializer(context -> context.getEnvironment()
                                .getPropertySources()
                                .addFirst(new SystemEnvironmentPropertySource(
                                        "systemEnvironment", Map.of("RETRYKIT_POLICIES_INVENTORY_MAXATEMPTS", "5"))))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("warnings")
    void isPrintedAsDocumented(Warned warned) throws IOException {
        PAGE.assertShows(warned.title(), warned.language(), warned.code(), printed(warned));
    }

    /** All warnings during startup: there must be no other. */
    private static String printed(Warned warned) {
        Logger ours = (Logger) LoggerFactory.getLogger("dev.retrykit");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Apps.with("retrykit.policies.inventory.max-attempts: 5").run(parent -> {
            boolean child = warned.title().contains("child context");
            Apps.with(SIBLING).withParent(parent).run(sibling -> {
                ApplicationContextRunner app = child ? Apps.plain().withParent(parent) : Apps.plain();
                ours.addAppender(lines);
                try {
                    warned.app().apply(app).run(context -> assertThat(context).hasNotFailed());
                } finally {
                    ours.detachAppender(lines);
                }
            });
        });
        return lines.list.stream()
                .filter(line -> line.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .collect(Collectors.joining("\n"))
                .replace("Byte array resource", "class path resource")
                .replace(StartWarningsTests.class.getName() + "$Other$", "other.")
                .replace(StartWarningsTests.class.getName() + "$", "one.");
    }

    @Test
    void nothingElseIsDocumented() throws IOException {
        PAGE.assertHasOnly(warnings().map(Warned::title).toList());
    }

    @AfterAll
    static void write() throws IOException {
        PAGE.write();
    }

    static class AFinalMethod {
        @Retryable
        public final String stock() {
            return "";
        }
    }

    static class ASelfInvocation {
        @Retryable
        public String stock() {
            return "";
        }

        public String all() {
            return stock();
        }
    }

    static class AFallbackWithAnAnnotation {
        @Retryable(fallback = "cached")
        public String stock() {
            return "";
        }

        @Retryable
        public String cached() {
            return "";
        }
    }

    static class AMethodThatTheContainerCalls {
        @Retryable
        @PostConstruct
        public void load() {}
    }

    @EnableScheduling
    static class AScheduledMethod {
        @Scheduled(initialDelay = 1_000_000_000, fixedRate = 1000)
        @Retryable(backoff = @Backoff(delay = "2s"))
        public void refresh() {}
    }

    static class Client {
        @Retryable
        public String stock() {
            return "";
        }
    }

    static class Other {
        static class Client {
            @Retryable
            public String stock() {
                return "";
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ABeanThatIsCreatedTooEarly {

        record Processor(Client client) implements BeanPostProcessor, PriorityOrdered {

            @Override
            public int getOrder() {
                return 0;
            }
        }

        @Bean
        static Processor processor(Client client) {
            return new Processor(client);
        }

        @Bean
        static Client client() {
            return new Client();
        }
    }

    interface Gateway {
        @Retryable
        String pay();
    }

    static class Paying implements Gateway {
        @Override
        public String pay() {
            return "";
        }
    }

    static class Caching implements Gateway {
        private final Gateway inner;

        Caching(Gateway inner) {
            this.inner = inner;
        }

        @Override
        public String pay() {
            return inner.pay();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ADecorator {

        @Bean
        Gateway paying() {
            return new Paying();
        }

        @Bean
        Gateway caching(@Qualifier("paying") Gateway paying) {
            return new Caching(paying);
        }
    }

    static class AListenerContainer implements SmartLifecycle {
        @Override
        public void start() {}

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return false;
        }

        @Override
        public int getPhase() {
            return 0;
        }
    }

    static class Orders {
        @Retryable("orders")
        public String find() {
            return "";
        }
    }

    @Retryable
    interface Stocks {
        String stock(String sku);

        String stock(int number);
    }

    static class OverloadedMethods implements Stocks {
        @Override
        public String stock(String sku) {
            return "";
        }

        @Override
        public String stock(int number) {
            return "";
        }
    }

    static class ADeclaredFuture {
        @Retryable
        public Future<String> stock() {
            return CompletableFuture.completedFuture("");
        }
    }

    static class AReturnedFutureTask {
        @Retryable
        public FutureTask<String> stock() {
            return new FutureTask<>(() -> "");
        }
    }

    static class AReturnedCallable {
        @Retryable
        public Callable<String> stock() {
            return () -> "";
        }
    }

    static class AReturnedStream {
        @Retryable
        public Stream<String> stocks() {
            return Stream.of();
        }
    }

    static class AReturnedResponseBody {
        @Retryable
        public StreamingResponseBody stocks() {
            return out -> {};
        }
    }

    static class AnArgumentThatCanBeReadOnlyOnce {
        @Retryable
        public void store(InputStream stocks) {}
    }

    @Entity
    static class Order {}

    static class AnEntityAsAnArgument {
        @Retryable
        @Transactional(rollbackFor = Exception.class)
        public void place(Order order) {}
    }

    static class ACommittedTransaction {
        @Retryable
        @Transactional
        public void place() throws IOException {}
    }
}
