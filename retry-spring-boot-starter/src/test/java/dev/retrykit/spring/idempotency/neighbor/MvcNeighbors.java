package dev.retrykit.spring.idempotency.neighbor;

import dev.retrykit.spring.idempotency.neighbor.Neighbor.Uniqueness;
import jakarta.persistence.EntityManagerFactory;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.format.FormatterRegistry;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.support.OpenEntityManagerInViewInterceptor;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurationSupport;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** The neighbors in Spring MVC. */
final class MvcNeighbors {

    /** Those that both web stacks have, and that can live in one application. */
    static List<Neighbor> common() {
        return List.of(
                Neighbor.of("no neighbor", "/none").withSteps(without(Step.CALLER)),
                Neighbor.of("authenticating filter, unordered", "/callers-unordered"),
                Neighbor.of("authenticating filter, @Order(LOWEST_PRECEDENCE)", "/callers-lowest"),
                Neighbor.of("authenticating filter, @Order(1)", "/callers-first"),
                Neighbor.of("body-reading filter", "/read-again"),
                Neighbor.of("body-consuming filter", "/read-once").withSteps(EnumSet.of(Step.UNREADABLE)),
                Neighbor.of("decrypting filter", "/decryption")
                        .withBody((request, order) -> request.header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofByteArray(Codings.encrypt(Neighbor.json(order))))),
                Neighbor.of("gzip filter", "/compression")
                        .withHeaders("Accept-Encoding", "gzip")
                        .readBy(Codings::decompress),
                Neighbor.of("envelope filter", "/envelope").readBy(Codings::unwrap),
                Neighbor.of("@Retryable(fallback)", "/retryable"),
                Neighbor.of("@CircuitGuarded(fallback)", "/circuit"),
                Neighbor.of("own aspect", "/aspect"),
                Neighbor.of("@Valid with a unique check", "/valid").unique(Uniqueness.IN_BODY),
                Neighbor.of("entity converter", "/converter").unique(Uniqueness.IN_PATH),
                Neighbor.of("API version", "/version").withHeaders("API-Version", "1.0"));
    }

    private static Set<Step> without(Step step) {
        Set<Step> steps = EnumSet.copyOf(Step.ALL);
        steps.remove(step);
        return steps;
    }

    private static List<Neighbor> together() {
        List<Neighbor> all = new ArrayList<>(common());
        all.add(Neighbor.of("open-in-view, query before", "/open-in-view"));
        all.add(Neighbor.of("forward: view", "/forward-view"));
        all.add(Neighbor.of("RequestDispatcher.forward", "/forward-dispatcher").ofKinds(Kind.PLAIN));
        all.add(Neighbor.of("own mapping and adapter", "/second/own"));
        all.add(Neighbor.of("@RequestScope (proxy)", "/request-scope-proxy"));
        return all;
    }

    static final Application TOGETHER = new Application(
            "MVC",
            WebApplicationType.SERVLET,
            Map.of(
                    "spring.mvc.apiversion.use.header", "API-Version",
                    "spring.mvc.apiversion.required", "false",
                    "retrykit.circuits.neighbors.minimum-calls", "10000"),
            together(),
            parts(
                    Jpa.class,
                    Converters.class,
                    Swallowing.class,
                    SecondMapping.class,
                    SecondMapping.Mapped.class,
                    MvcControllers.Bare.class,
                    MvcControllers.OpenInView.class,
                    MvcAdvisedControllers.Retried.class,
                    MvcAdvisedControllers.Guarded.class,
                    MvcAdvisedControllers.Aspected.class,
                    MvcAdvisedControllers.Validated.class,
                    MvcAdvisedControllers.Converted.class,
                    MvcControllers.FirstVersion.class,
                    MvcControllers.SecondVersion.class,
                    MvcControllers.ProxiedRequestScoped.class,
                    MvcForwards.Views.class,
                    MvcForwards.Dispatchers.class,
                    MvcForwards.Target.class));

    static final Application SUPPORT = new Application(
            "MVC under WebMvcConfigurationSupport",
            WebApplicationType.SERVLET,
            Map.of(),
            List.of(Neighbor.of("WebMvcConfigurationSupport", "/support")),
            parts(Support.class, MvcControllers.Bare.class));

    static final Application REQUEST_SCOPE = new Application(
            "MVC with request scope",
            WebApplicationType.SERVLET,
            Map.of(),
            List.of(Neighbor.of("@Scope(\"request\")", "/request-scope")),
            parts(MvcControllers.RequestScoped.class));

    private MvcNeighbors() {}

    private static Class<?>[] parts(Class<?>... own) {
        return Stream.concat(MvcFilters.ALL.stream(), Stream.of(own)).toArray(Class<?>[]::new);
    }

    @Configuration(proxyBeanMethods = false)
    static class Support extends WebMvcConfigurationSupport {}

    @Configuration(proxyBeanMethods = false)
    static class Converters implements WebMvcConfigurer {

        @Override
        public void addFormatters(FormatterRegistry registry) {
            registry.addConverter(new OpenOrder.FromId());
        }
    }

    /** As Spring Boot does it, below one path. */
    @Configuration(proxyBeanMethods = false)
    static class Jpa {

        @Bean
        static LocalContainerEntityManagerFactoryBean entityManagerFactory(DataSource dataSource) {
            LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
            factory.setDataSource(dataSource);
            factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
            factory.setManagedTypes(PersistenceManagedTypes.of(Account.class.getName()));
            factory.setJpaPropertyMap(Map.of("hibernate.hbm2ddl.auto", "update"));
            return factory;
        }

        @Bean
        static WebMvcConfigurer openInView(EntityManagerFactory factory) {
            OpenEntityManagerInViewInterceptor interceptor = new OpenEntityManagerInViewInterceptor();
            interceptor.setEntityManagerFactory(factory);
            return new WebMvcConfigurer() {
                @Override
                public void addInterceptors(InterceptorRegistry registry) {
                    registry.addWebRequestInterceptor(interceptor).addPathPatterns("/open-in-view/**");
                }
            };
        }
    }
}
