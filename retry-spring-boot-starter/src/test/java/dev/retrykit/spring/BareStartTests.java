package dev.retrykit.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.time.ManualTime;
import java.io.File;
import java.net.ConnectException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** With the jars of the optional libraries really absent, not only hidden. */
class BareStartTests {

    private static final List<String> ABSENT = List.of(
            "spring-tx", "spring-jdbc", "grpc-", "netty-", "HikariCP", "h2-", "spring-security", "validation-api");

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
        }

        @Override
        public String call() throws Exception {
            try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Beans.class)
                    .web(WebApplicationType.NONE)
                    .run()) {
                return context.getBean(Service.class).find();
            }
        }
    }

    @Test
    void startsAndRetriesWithoutTheJarsOfOptionalLibraries() throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(jars(), ClassLoader.getPlatformClassLoader())) {
            thread.setContextClassLoader(loader);
            Callable<?> application = (Callable<?>) loader.loadClass(Application.class.getName())
                    .getConstructor()
                    .newInstance();

            assertThat(application.call()).isEqualTo("found after 3");
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static URL[] jars() {
        String[] all = System.getProperty("java.class.path").split(File.pathSeparator);
        List<String> left = Stream.of(all)
                .filter(entry -> ABSENT.stream().noneMatch(new File(entry).getName()::startsWith))
                .filter(entry -> !entry.contains("jakarta.validation"))
                .toList();
        assertThat(left).hasSizeBetween(20, all.length - 10);
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
