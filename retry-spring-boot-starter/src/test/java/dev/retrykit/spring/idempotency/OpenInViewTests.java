package dev.retrykit.spring.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.support.OpenEntityManagerInViewFilter;
import org.springframework.orm.jpa.support.OpenEntityManagerInViewInterceptor;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * With JPA's open-in-view, a query before the handler holds a connection until the view is rendered. A claim never waits for
 * a second one, so any number of requests ends, even on a pool of one. How long the slowest takes is written to
 * {@code target/idempotency/open-in-view.txt}, beside the same endpoint without keys; {@code -Dopen-in-view.work=20} is for how
 * many milliseconds a handler works.
 */
@Tag("server")
class OpenInViewTests {

    private static final int REQUESTS = 50;
    private static final long WORK = TimeUnit.MILLISECONDS.toNanos(Long.getLong("open-in-view.work", 5));
    private static final Path REPORT = Path.of("target/idempotency/open-in-view.txt");

    static void query(EntityManager entities) {
        entities.createNativeQuery("select 1").getSingleResult();
    }

    private static String work() {
        LockSupport.parkNanos(WORK);
        return "done";
    }

    /** Reads an entity before its arguments are there, as a converter does. */
    @RestController
    @RequestMapping("/argument")
    static class Reading {

        private final EntityManager entities;

        Reading(EntityManager entities) {
            this.entities = entities;
        }

        @ModelAttribute
        void look() {
            query(entities);
        }

        @PostMapping("/plain")
        String plain() {
            return work();
        }

        @Idempotent
        @PostMapping("/keyed")
        String keyed() {
            return work();
        }
    }

    /** Something else has read before. */
    @RestController
    @RequestMapping({"/interceptor", "/filter"})
    static class Working {

        @PostMapping("/plain")
        String plain() {
            return work();
        }

        @Idempotent
        @PostMapping("/keyed")
        String keyed() {
            return work();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Jpa {

        @Bean
        static LocalContainerEntityManagerFactoryBean entityManagerFactory(DataSource dataSource) {
            LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
            factory.setDataSource(dataSource);
            factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
            factory.setManagedTypes(PersistenceManagedTypes.of());
            factory.setPersistenceUnitName("test");
            return factory;
        }

        @Bean
        static WebMvcConfigurer openInView(EntityManagerFactory factory, EntityManager entities) {
            OpenEntityManagerInViewInterceptor open = new OpenEntityManagerInViewInterceptor();
            open.setEntityManagerFactory(factory);
            return new WebMvcConfigurer() {
                @Override
                public void addInterceptors(InterceptorRegistry registry) {
                    registry.addWebRequestInterceptor(open).addPathPatterns("/argument/**", "/interceptor/**");
                    registry.addInterceptor(new Query(entities)).addPathPatterns("/interceptor/**", "/filter/**");
                }
            };
        }

        @Bean
        static FilterRegistrationBean<OpenEntityManagerInViewFilter> openInViewFilter() {
            FilterRegistrationBean<OpenEntityManagerInViewFilter> registration =
                    new FilterRegistrationBean<>(new OpenEntityManagerInViewFilter());
            registration.addUrlPatterns("/filter/*");
            return registration;
        }
    }

    private record Query(EntityManager entities) implements HandlerInterceptor {

        @Override
        public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
            query(entities);
            return true;
        }
    }

    private static Shop start(String database, int pool, boolean autoCommit) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("retrykit.idempotency.store", "jdbc");
        settings.put("retrykit.idempotency.initialize-schema", "always");
        settings.put("spring.datasource.hikari.maximum-pool-size", pool);
        settings.put("spring.datasource.hikari.auto-commit", autoCommit);
        settings.put("spring.datasource.hikari.connection-timeout", "10000");
        settings.put(
                "spring.datasource.url",
                database.equals("postgres") ? Servers.postgresUrl() : "jdbc:h2:mem:" + UUID.randomUUID());
        return Shop.start(WebApplicationType.SERVLET, settings, Jpa.class, Reading.class, Working.class);
    }

    @ParameterizedTest
    @CsvSource({
        "h2, 1, true",
        "h2, 10, true",
        "postgres, 1, true",
        "postgres, 10, true",
        "h2, 1, false",
        "postgres, 10, false"
    })
    void endsHoweverManyRequestsCome(String database, int pool, boolean autoCommit) throws Exception {
        try (Shop shop = start(database, pool, autoCommit)) {
            for (String place : List.of("argument", "interceptor", "filter")) {
                shop.post("/" + place + "/keyed", UUID.randomUUID().toString(), "{}");
                long plain = slowest(shop, "/" + place + "/plain");
                long keyed = slowest(shop, "/" + place + "/keyed");
                report(
                        "%s, pool of %d, auto-commit %s, query by %s: slowest of %d without keys %d ms, with keys %d ms%n"
                                .formatted(database, pool, autoCommit, place, REQUESTS, plain, keyed));
            }
        }
    }

    private static long slowest(Shop shop, String path) throws Exception {
        AtomicLong slowest = new AtomicLong();
        List<HttpResponse<byte[]>> answers = AtOnce.call(REQUESTS, () -> {
            long begin = System.nanoTime();
            HttpResponse<byte[]> answer = shop.post(path, UUID.randomUUID().toString(), "{}");
            slowest.accumulateAndGet(System.nanoTime() - begin, Math::max);
            return answer;
        });
        assertThat(answers).extracting(HttpResponse::statusCode).containsOnly(200);
        return TimeUnit.NANOSECONDS.toMillis(slowest.get());
    }

    private static void report(String line) throws IOException {
        Files.createDirectories(REPORT.getParent());
        Files.writeString(REPORT, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
