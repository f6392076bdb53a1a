package dev.retrykit.spring.idempotency.neighbor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.format.FormatterRegistry;
import org.springframework.web.reactive.config.WebFluxConfigurationSupport;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/** The neighbors in WebFlux. */
final class FluxNeighbors {

    static final Application TOGETHER = new Application(
            "WebFlux",
            WebApplicationType.REACTIVE,
            Map.of(
                    "spring.webflux.apiversion.use.header", "API-Version",
                    "spring.webflux.apiversion.default", "1.0",
                    "retrykit.circuits.neighbors.minimum-calls", "10000"),
            together(),
            parts(
                    Converters.class,
                    Swallowing.class,
                    SecondFluxMapping.class,
                    FluxControllers.Bare.class,
                    FluxControllers.Retried.class,
                    FluxControllers.Guarded.class,
                    FluxControllers.Aspected.class,
                    FluxControllers.Validated.class,
                    FluxControllers.Converted.class,
                    FluxControllers.FirstVersion.class,
                    FluxControllers.SecondVersion.class));

    static final Application OTHER_KINDS = new Application(
            "WebFlux without Mono",
            WebApplicationType.REACTIVE,
            Map.of(),
            List.of(Neighbor.of("no neighbor", "/other-kinds").ofKinds(Kind.PLAIN, Kind.STAGE)),
            parts(FluxControllers.OtherKinds.class));

    static final Application SUPPORT = new Application(
            "WebFlux under WebFluxConfigurationSupport",
            WebApplicationType.REACTIVE,
            Map.of(),
            List.of(Neighbor.of("WebFluxConfigurationSupport", "/support").ofKinds(Kind.MONO)),
            parts(Support.class, FluxControllers.Bare.class));

    private FluxNeighbors() {}

    private static List<Neighbor> together() {
        List<Neighbor> all = new ArrayList<>(MvcNeighbors.common());
        all.add(Neighbor.of("own mapping", "/second/support"));
        return all.stream().map(neighbor -> neighbor.ofKinds(Kind.MONO)).toList();
    }

    private static Class<?>[] parts(Class<?>... own) {
        return Stream.concat(FluxFilters.ALL.stream(), Stream.of(own)).toArray(Class<?>[]::new);
    }

    @Configuration(proxyBeanMethods = false)
    static class Support extends WebFluxConfigurationSupport {}

    @Configuration(proxyBeanMethods = false)
    static class Converters implements WebFluxConfigurer {

        @Override
        public void addFormatters(FormatterRegistry registry) {
            registry.addConverter(new OpenOrder.FromId());
        }
    }

    /** An application's own mapping beside Spring Boot's. */
    @Configuration(proxyBeanMethods = false)
    static class SecondFluxMapping {

        @Bean
        static RequestMappingHandlerMapping ownMapping() {
            RequestMappingHandlerMapping mapping = new RequestMappingHandlerMapping() {
                @Override
                protected boolean isHandler(Class<?> type) {
                    return FluxControllers.Bare.class.isAssignableFrom(type);
                }
            };
            mapping.setPathPrefixes(Map.of("/second", type -> true));
            mapping.setOrder(-1);
            return mapping;
        }
    }
}
