package dev.retrykit.spring.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.autoconfigure.RetrykitIdempotentEndpointAutoConfiguration;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.core.PriorityOrdered;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Endpoints that can't be idempotent stop the start. */
class EndpointStartTests {

    private static final WebApplicationContextRunner MVC = new WebApplicationContextRunner()
            .withConfiguration(Apps.autoConfigurations())
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    WebMvcAutoConfiguration.class,
                    RetrykitIdempotentEndpointAutoConfiguration.class));

    private static final ReactiveWebApplicationContextRunner WEB_FLUX = new ReactiveWebApplicationContextRunner()
            .withConfiguration(Apps.autoConfigurations())
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    WebFluxAutoConfiguration.class,
                    RetrykitIdempotentEndpointAutoConfiguration.class));

    @RestController
    static class Emitting {
        @Idempotent
        @PostMapping("/")
        SseEmitter pay() {
            return new SseEmitter();
        }
    }

    @RestController
    static class StreamingBody {
        @Idempotent
        @PostMapping("/")
        ResponseEntity<StreamingResponseBody> pay() {
            return ResponseEntity.ok().build();
        }
    }

    @RestController
    static class Fluxes {
        @Idempotent
        @PostMapping("/")
        Flux<String> pay() {
            return Flux.empty();
        }
    }

    @RestController
    static class FluxesWithin {
        @Idempotent
        @PostMapping("/")
        Mono<ResponseEntity<Flux<String>>> pay() {
            return Mono.empty();
        }
    }

    static Stream<Class<?>> streaming() {
        return Stream.of(Emitting.class, StreamingBody.class, Fluxes.class, FluxesWithin.class);
    }

    @RestController
    static class Plain {
        @Idempotent
        @PostMapping("/")
        List<String> pay() {
            return List.of();
        }
    }

    @RestController
    static class Staged {
        @Idempotent
        @PostMapping("/")
        CompletableFuture<String> pay() {
            return new CompletableFuture<>();
        }
    }

    @RestController
    static class Keyed {
        @Idempotent(key = "#order")
        @PostMapping("/")
        String pay(String order) {
            return order;
        }
    }

    @RestController
    static class MisspeltScope {
        @Idempotent(scope = "#tennant")
        @PostMapping("/")
        String pay(String tenant) {
            return tenant;
        }
    }

    static class ServletHandler {
        @Idempotent
        ServerResponse pay(ServerRequest request) {
            return ServerResponse.ok().build();
        }
    }

    static class ReactiveHandler {
        @Idempotent
        Mono<org.springframework.web.reactive.function.server.ServerResponse> pay(
                org.springframework.web.reactive.function.server.ServerRequest request) {
            return Mono.empty();
        }
    }

    @Test
    void refusesHandlersOfRouterFunctions() {
        String message = ".pay(ServerRequest): it handles requests of a RouterFunction";
        MVC.withBean(ServletHandler.class)
                .run(context -> assertRefused(context.getStartupFailure(), "ServletHandler" + message));
        WEB_FLUX.withBean(ReactiveHandler.class)
                .run(context -> assertRefused(context.getStartupFailure(), "ReactiveHandler" + message));
    }

    private static void assertRefused(Throwable failure, String message) {
        assertThat(failure).isNotNull();
        Throwable cause = failure;
        while (!(cause instanceof InvalidSettingException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        assertThat(cause).isInstanceOf(InvalidSettingException.class).hasMessageContaining(message);
    }

    @ParameterizedTest
    @MethodSource("streaming")
    void refusesWhatStreams(Class<?> controller) {
        MVC.withBean(controller)
                .run(context ->
                        assertRefused(context.getStartupFailure(), "a streamed response never exists as a whole"));
        WEB_FLUX.withBean(controller)
                .run(context ->
                        assertRefused(context.getStartupFailure(), "a streamed response never exists as a whole"));
    }

    @Test
    void refusesAKeyWhereTheCallerSendsIt() {
        MVC.withBean(Keyed.class)
                .run(context -> assertRefused(context.getStartupFailure(), "their keys are sent by the caller"));
    }

    @Test
    void refusesAScopeThatNamesNothing() {
        MVC.withBean(MisspeltScope.class)
                .run(context -> assertRefused(context.getStartupFailure(), "names the argument 'tennant'"));
    }

    @ParameterizedTest
    @ValueSource(classes = {Plain.class, Staged.class})
    void takesWhatAnswersAtOnceOrLater(Class<?> controller) {
        WEB_FLUX.withBean(controller).run(context -> assertThat(context).hasNotFailed());
        MVC.withBean(controller).run(context -> assertThat(context).hasNotFailed());
    }

    static class FirstAdapter implements HandlerAdapter, PriorityOrdered {

        @Override
        public int getOrder() {
            return HIGHEST_PRECEDENCE;
        }

        @Override
        public boolean supports(Object handler) {
            return true;
        }

        @Override
        public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
            return Mono.empty();
        }
    }

    @Test
    void refusesAnAdapterThatNeverLooksAtKeys() {
        new ReactiveWebApplicationContextRunner()
                .withBean("first", FirstAdapter.class)
                .withBean(Plain.class)
                .withConfiguration(Apps.autoConfigurations())
                .withConfiguration(AutoConfigurations.of(
                        WebFluxAutoConfiguration.class, RetrykitIdempotentEndpointAutoConfiguration.class))
                .run(context -> assertRefused(
                        context.getStartupFailure(), "FirstAdapter before the EndpointAdapter of retrykit"));
    }

    @Test
    void takesAllAtOnceForExactlyOnceOnlyIfSomethingFencesIt() {
        MVC.withBean(Plain.class)
                .run(context -> assertThat(context.getBean(Idempotency.class).methods())
                        .singleElement()
                        .satisfies(method -> assertThat(method.guarantee()).isEqualTo(Guarantee.AT_MOST_ONCE)));
        MVC.withBean(Plain.class)
                .withPropertyValues("retrykit.idempotency.on-crash=rerun")
                .run(context -> assertThat(context.getBean(Idempotency.class).methods())
                        .singleElement()
                        .satisfies(method -> assertThat(method.guarantee()).isEqualTo(Guarantee.AT_LEAST_ONCE)));
    }
}
