package dev.retrykit.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.time.ManualTime;
import java.io.File;
import java.net.ConnectException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SyncTaskExecutor;

/** With the jars of the optional libraries really absent, not only hidden. */
@Tag("process")
class BareStartTests {

    private static final List<String> ABSENT = List.of(
            "spring-tx",
            "spring-jdbc",
            "grpc-",
            "netty-",
            "HikariCP",
            "h2-",
            "spring-security",
            "jakarta.validation-api",
            "reactor-",
            "reactive-streams",
            "rxjava",
            "kotlin");

    /** What is run on the shorter class path. */
    public static class Application implements Callable<String> {

        @Configuration(proxyBeanMethods = false)
        @EnableAutoConfiguration
        static class Beans {

            @Bean
            ManualTime time() {
                return new ManualTime();
            }

            @Bean
            SyncTaskExecutor applicationTaskExecutor() {
                return new SyncTaskExecutor();
            }

            @Bean
            Service service() {
                return new Service();
            }
        }

        @Retryable
        static class Service {

            private int attempts;

            public String find() throws ConnectException {
                if (++attempts < 3) {
                    throw new ConnectException("down");
                }
                return "found after " + attempts;
            }

            public CompletableFuture<String> findLater() throws ConnectException {
                if (++attempts < 6) {
                    return CompletableFuture.failedFuture(new ConnectException("down"));
                }
                return CompletableFuture.completedFuture("later after " + attempts);
            }

            public Flow.Publisher<String> publish() throws ConnectException {
                throw new IllegalStateException(find());
            }
        }

        @Override
        public String call() throws Exception {
            try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Beans.class)
                    .web(WebApplicationType.NONE)
                    .properties("spring.reactor.netty.shutdown-quiet-period=0s")
                    .run()) {
                Service service = context.getBean(Service.class);
                String found = service.find();
                CompletableFuture<String> later = service.findLater();
                context.getBean(ManualTime.class).advance(Duration.ofMinutes(1));
                return found + ", " + later.join();
            }
        }
    }

    @Test
    void startsAndRetriesWithoutTheJarsOfOptionalLibraries() throws Exception {
        assertThat(run(Application.class, true, ABSENT)).isEqualTo("found after 3, later after 6");
    }

    /**
     * The optional libraries, by start from whose class path they are absent: their names, and the beginnings of the names
     * of their jars. No class of the starter uses two libraries of one start, so an absent library can't hide a class that
     * would fail without another one.
     */
    private static final List<String> STARTS = List.of("""
            web: spring-web spring-boot-web spring-boot-restclient spring-boot-starter-web spring-boot-http spring-boot-reactor-netty spring-security-web spring-security-config spring-security-core
            jdbc: spring-jdbc spring-boot-jdbc HikariCP h2-
            grpc: grpc-
            """, """
            http clients of Boot: spring-boot-restclient spring-boot-webclient spring-boot-http-client spring-boot-starter-webflux
            actuator: spring-boot-actuator spring-boot-starter-actuator
            kotlin: kotlin
            """, """
            restclient: spring-boot-restclient
            reactor: reactor- reactive-streams spring-webflux spring-boot-webflux spring-boot-webclient spring-boot-reactor
            redis: spring-data-redis lettuce-core
            """, """
            webclient: spring-boot-webclient spring-webflux spring-boot-webflux spring-boot-starter-webflux
            jetty: jetty-
            transactions: spring-tx spring-boot-transaction spring-jdbc spring-boot-jdbc
            """, """
            webmvc: spring-webmvc spring-boot-webmvc spring-boot-starter-webmvc
            micrometer: micrometer-
            netty: netty- reactor-netty spring-boot-reactor-netty
            """, """
            servlets: spring-webmvc spring-boot-webmvc spring-boot-starter-webmvc spring-boot-servlet tomcat jakarta.servlet
            context propagation: context-propagation
            health: spring-boot-health
            """, """
            httpcomponents: httpclient5 httpcore5
            reactor netty: reactor-netty spring-boot-reactor-netty
            security: spring-security
            """, """
            logging: slf4j logback log4j jul-to-slf4j kotlinx-coroutines-slf4j spring-boot-health spring-boot-actuator HikariCP
            aspectj: aspectj
            metrics of Boot: spring-boot-micrometer-metrics
            jackson: jackson-databind jackson-core spring-boot-jackson
            """);

    /** A library by name, and the beginnings of the names of its jars. */
    private static Map<String, List<String>> libraries(String start) {
        return start.lines()
                .map(line -> line.split(": "))
                .collect(Collectors.toMap(line -> line[0], line -> List.of(line[1].split(" "))));
    }

    static Stream<Set<String>> starts() {
        return STARTS.stream().map(start -> libraries(start).keySet());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("starts")
    void startsAndRetriesWithoutSomeOfThem(Set<String> libraries) throws Exception {
        List<String> jars = STARTS.stream()
                .map(BareStartTests::libraries)
                .filter(start -> start.keySet().equals(libraries))
                .flatMap(start -> start.values().stream())
                .flatMap(List::stream)
                .toList();
        assertThat(run(Application.class, true, jars)).isEqualTo("found after 3, later after 6");
    }

    /** What allows several libraries to be absent from one start. */
    @Test
    void noClassUsesTwoLibrariesThatAreAbsentTogether() {
        JavaClasses all = new ClassFileImporter().importPath(Path.of("target", "classes"));
        assertThat(all).hasSizeGreaterThan(40);
        for (String start : STARTS) {
            Map<String, List<String>> absent = libraries(start);
            assertThat(all)
                    .allSatisfy(type -> assertThat(
                                    absent.keySet().stream().filter(library -> uses(type, absent.get(library))))
                            .as(type.getName())
                            .hasSizeLessThan(2));
        }
    }

    private static boolean uses(JavaClass type, List<String> jars) {
        return type.getDirectDependenciesFromSelf().stream()
                .map(dependency ->
                        dependency.getTargetClass().getBaseComponentType().getSource())
                .flatMap(Optional::stream)
                .map(source -> source.getUri().toString())
                .filter(uri -> uri.contains(".jar!"))
                .map(uri -> new File(uri.substring(0, uri.indexOf(".jar!"))).getName())
                .anyMatch(jar -> jars.stream().anyMatch(jar::startsWith));
    }

    @Test
    void suspendingFunctionsNeedTheLibraryThatSpringCallsThemThrough() {
        assertThatThrownBy(() -> run(SuspendingApplication.class, true, List.of("kotlinx-coroutines-reactor")))
                .rootCause()
                .hasMessage("Service.find() is a suspending function, and a proxy can call it only with"
                        + " kotlinx-coroutines-reactor, which is not on the class path.");
        assertThatThrownBy(() -> run(SuspendingApplication.class, true, List.of("kotlin-reflect")))
                .rootCause()
                .hasMessage("Service.find() is a suspending function, and a proxy can call it only with"
                        + " kotlin-reflect, which is not on the class path.");
    }

    /** As in production. Where assertions are on, kotlinx.coroutines copies exceptions. */
    @Test
    void suspendingFunctionsFailAsTheyThrewWithoutAssertions() throws Exception {
        assertThat(run(SuspendingApplication.class, false, List.of())).isEqualTo("the same after 3");
        assertThat(run(SuspendingApplication.class, true, List.of())).isEqualTo("a copy after 3");
    }

    /** In a class loader of its own, whose parent knows the JDK only. */
    private static Object run(Class<? extends Callable<?>> application, boolean assertions, List<String> absent)
            throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(jars(absent), ClassLoader.getPlatformClassLoader())) {
            loader.setDefaultAssertionStatus(assertions);
            thread.setContextClassLoader(loader);
            Callable<?> loaded = (Callable<?>)
                    loader.loadClass(application.getName()).getConstructor().newInstance();
            return loaded.call();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static URL[] jars(List<String> absent) {
        String[] all = System.getProperty("java.class.path").split(File.pathSeparator);
        List<String> left = Stream.of(all)
                .filter(entry -> absent.stream().noneMatch(new File(entry).getName()::startsWith))
                .toList();
        assertThat(absent)
                .allSatisfy(prefix -> assertThat(all)
                        .as("a jar that can be left out")
                        .anyMatch(entry -> new File(entry).getName().startsWith(prefix)));
        return left.stream().map(BareStartTests::url).toArray(URL[]::new);
    }

    private static URL url(String entry) {
        try {
            return new File(entry).toURI().toURL();
        } catch (MalformedURLException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
