package dev.retrykit.spring.server;

import dev.retrykit.RetryContext;
import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.SharedReactorResources;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/** A service on a real socket that asks another one, with three attempts. */
final class Node implements AutoCloseable {

    private final ConfigurableApplicationContext context;

    private Node(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /**
     * Starts one.
     *
     * @param type Spring MVC or WebFlux
     * @param downstream whom it asks
     */
    static Node start(WebApplicationType type, String downstream, Map<String, Object> settings) {
        Class<?> services = type == WebApplicationType.REACTIVE ? Reactive.class : Blocking.class;
        return new Node(new SpringApplicationBuilder(Application.class, services)
                .web(type)
                .bannerMode(Banner.Mode.OFF)
                .initializers(new SharedReactorResources())
                .properties(settings)
                .properties(Map.of(
                        "server.port", "0",
                        "server.shutdown", "immediate",
                        "server.address", "127.0.0.1",
                        "downstream", downstream,
                        "spring.autoconfigure.exclude",
                                "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
                        "retrykit.policies.downstream.backoff.delay", "20ms",
                        "retrykit.policies.downstream.budget.unlimited", "true",
                        "retrykit.circuits.downstream.minimum-calls", "100"))
                .run());
    }

    String url(String path) {
        return "http://127.0.0.1:" + context.getEnvironment().getRequiredProperty("local.server.port") + path;
    }

    List<Duration> timesLeft() {
        return context.getBean(Times.class).left();
    }

    int handled() {
        return context.getBean(Times.class).handled().size();
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    @Override
    public void close() {
        context.close();
    }

    /** What its attempts knew, and its handlers. */
    record Times(List<Duration> left, List<String> handled) {

        void note() {
            left.add(RetryContext.current().orElseThrow().timeLeft());
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {

        @Bean
        Times times() {
            return new Times(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
        }
    }

    @ResponseStatus(HttpStatus.INSUFFICIENT_STORAGE)
    static class MappedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        MappedException(Throwable cause) {
            super(cause);
        }
    }

    @Import({BlockingController.class, BlockingService.class})
    static class Blocking {}

    static class BlockingService {

        private final RestClient client;
        private final String downstream;
        private final Times times;

        BlockingService(RestClient.Builder builder, @Value("${downstream}") String downstream, Times times) {
            this.client = builder.build();
            this.downstream = downstream;
            this.times = times;
        }

        @Retryable("downstream")
        @CircuitGuarded("downstream")
        public String ask(String path) {
            times.note();
            return client.get().uri(URI.create(downstream + path)).retrieve().body(String.class);
        }

        @Retryable("downstream")
        public CompletableFuture<String> askLater() {
            times.note();
            return CompletableFuture.failedFuture(new ConnectException());
        }

        @Retryable(value = "downstream")
        public String permanent() {
            throw new IllegalStateException("secret");
        }
    }

    @RestController
    static class BlockingController {

        private final BlockingService service;
        private final Times times;

        BlockingController(BlockingService service, Times times) {
            this.service = service;
            this.times = times;
        }

        @GetMapping("/ask")
        String ask() {
            times.handled().add("ask");
            return service.ask("/ask");
        }

        @GetMapping("/later")
        CompletableFuture<String> later() {
            return service.askLater();
        }

        @GetMapping("/mapped")
        String mapped() {
            try {
                return service.ask("/ask");
            } catch (RuntimeException failure) {
                throw new MappedException(failure);
            }
        }

        @GetMapping("/status")
        String status() {
            try {
                return service.ask("/ask");
            } catch (RuntimeException failure) {
                throw new ResponseStatusException(HttpStatus.LOCKED, "in use", failure);
            }
        }

        @GetMapping("/permanent")
        String permanent() {
            return service.permanent();
        }
    }

    @Import({ReactiveController.class, ReactiveService.class})
    static class Reactive {}

    static class ReactiveService {

        private final WebClient client;
        private final String downstream;
        private final Times times;

        ReactiveService(WebClient.Builder builder, @Value("${downstream}") String downstream, Times times) {
            this.client = builder.build();
            this.downstream = downstream;
            this.times = times;
        }

        @Retryable("downstream")
        @CircuitGuarded("downstream")
        public Mono<String> ask(String path) {
            times.note();
            return client.get().uri(URI.create(downstream + path)).retrieve().bodyToMono(String.class);
        }

        @Retryable("downstream")
        public Mono<String> askLater() {
            times.note();
            return Mono.error(new ConnectException());
        }

        @Retryable("downstream")
        public Mono<String> permanent() {
            return Mono.error(new IllegalStateException("secret"));
        }
    }

    @RestController
    static class ReactiveController {

        private final ReactiveService service;
        private final Times times;

        ReactiveController(ReactiveService service, Times times) {
            this.service = service;
            this.times = times;
        }

        @GetMapping("/ask")
        Mono<String> ask() {
            times.handled().add("ask");
            return service.ask("/ask");
        }

        @GetMapping("/later")
        Mono<String> later() {
            return service.askLater();
        }

        @GetMapping("/mapped")
        Mono<String> mapped() {
            return service.ask("/ask").onErrorMap(MappedException::new);
        }

        @GetMapping("/status")
        Mono<String> status() {
            return service.ask("/ask")
                    .onErrorMap(failure -> new ResponseStatusException(HttpStatus.LOCKED, "in use", failure));
        }

        @GetMapping("/permanent")
        Mono<String> permanent() {
            return service.permanent();
        }
    }
}
