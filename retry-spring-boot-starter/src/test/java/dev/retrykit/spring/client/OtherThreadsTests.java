package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.RetryContext;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.StopReason;
import io.micrometer.context.ContextSnapshot;
import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.test.util.AopTestUtils;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Requests that an attempt makes on another thread. Over real sockets. */
@Tag("server")
public class OtherThreadsTests {

    private static final String YML = """
            retrykit:
              policies:
                plain: { budget: { unlimited: true } }
                keyed: { budget: { unlimited: true }, idempotency-key: auto }
            spring.http.clients: { imperative.factory: jdk, connect-timeout: 2s, read-timeout: 2s }
            spring.task.execution.pool: { core-size: 4 }
            """;

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
    private FaultServer server;

    /** What posts, on whatever thread. */
    public static class Peer {

        private final RestClient blocking;
        private final WebClient reactive;
        private final FaultServer server;

        public Peer(RestClient.Builder blocking, WebClient.Builder reactive, FaultServer server) {
            this.blocking = blocking.build();
            this.reactive = reactive.build();
            this.server = server;
        }

        public String post() {
            return String.valueOf(blocking.post()
                    .uri(server.url("/pay"))
                    .body("x")
                    .retrieve()
                    .toBodilessEntity()
                    .getStatusCode());
        }

        public Mono<String> postLater() {
            return reactive.post()
                    .uri(server.url("/pay"))
                    .bodyValue("x")
                    .retrieve()
                    .toBodilessEntity()
                    .map(answer -> answer.getStatusCode().toString());
        }

        public String get() {
            return String.valueOf(blocking.get()
                    .uri(server.url("/pay"))
                    .retrieve()
                    .toBodilessEntity()
                    .getStatusCode());
        }

        @Async
        public CompletableFuture<String> postAsync() {
            return CompletableFuture.completedFuture(post());
        }
    }

    /** How a method hands its request to another thread. */
    public static class Service {

        private final Peer peer;
        private final Executor executor;
        private final List<RetryContext> leftBehind = new CopyOnWriteArrayList<>();
        private final List<Boolean> known = new CopyOnWriteArrayList<>();

        public Service(Peer peer, Executor applicationTaskExecutor) {
            this.peer = peer;
            this.executor = applicationTaskExecutor;
        }

        @Retryable("plain")
        public CompletableFuture<String> supplied() {
            return CompletableFuture.supplyAsync(peer::post, executor);
        }

        @Retryable("keyed")
        public CompletableFuture<String> suppliedKeyed() {
            return CompletableFuture.supplyAsync(peer::post, executor);
        }

        @Retryable("plain")
        public CompletableFuture<String> suppliedGet() {
            return CompletableFuture.supplyAsync(peer::get, executor);
        }

        @Retryable("plain")
        public String joined() {
            return CompletableFuture.supplyAsync(peer::post, executor).join();
        }

        @Retryable("keyed")
        public String joinedKeyed() {
            return CompletableFuture.supplyAsync(peer::post, executor).join();
        }

        @Retryable("plain")
        public CompletableFuture<String> async() {
            return peer.postAsync();
        }

        @Retryable("keyed")
        public CompletableFuture<String> asyncKeyed() {
            return peer.postAsync();
        }

        @Retryable("plain")
        public Mono<String> subscribedElsewhere() {
            return Mono.fromCallable(peer::post).subscribeOn(Schedulers.boundedElastic());
        }

        @Retryable("keyed")
        public Mono<String> subscribedElsewhereKeyed() {
            return Mono.fromCallable(peer::post).subscribeOn(Schedulers.boundedElastic());
        }

        @Retryable("plain")
        public String blockedElsewhere() {
            return String.valueOf(Mono.fromCallable(peer::post)
                    .subscribeOn(Schedulers.boundedElastic())
                    .block());
        }

        @Retryable("plain")
        public CompletableFuture<String> webClientToFuture() {
            return peer.postLater().toFuture();
        }

        @Retryable("keyed")
        public CompletableFuture<String> webClientToFutureKeyed() {
            return peer.postLater().toFuture();
        }

        @Retryable("plain")
        public Mono<String> webClientBehindFlatMap() {
            return Mono.just("x").publishOn(Schedulers.parallel()).flatMap(any -> peer.postLater());
        }

        @Retryable("plain")
        public CompletableFuture<String> takenAlong() {
            RetryContext attempt = RetryContext.current().orElseThrow();
            return CompletableFuture.supplyAsync(() -> attempt.call(peer::post));
        }

        /** The first attempt goes on elsewhere after it has failed. */
        @Retryable("keyed")
        public String late(CountDownLatch over, List<CompletableFuture<String>> late) {
            if (RetryContext.current().orElseThrow().attempt() == 1) {
                late.add(CompletableFuture.supplyAsync(
                        () -> {
                            await(over);
                            return peer.post();
                        },
                        executor));
                throw new IllegalStateException(new ConnectException("the first attempt fails"));
            }
            return peer.post();
        }

        @Retryable("plain")
        public String inBackground(CountDownLatch over, CountDownLatch looked) {
            executor.execute(() -> {
                known.add(RetryContext.current().isPresent());
                leftBehind.addAll(RetryContext.current().stream().toList());
                await(over);
                known.add(RetryContext.current().isPresent());
                looked.countDown();
            });
            while (known.isEmpty()) {
                Thread.onSpinWait();
            }
            return "done";
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class Asynchronous {}

    /** Who carries an attempt to Boot's executor, and to Reactor's schedulers. */
    enum Carrier {
        STARTER,
        STARTER_WITHOUT_THE_LIBRARY,
        BOOT_TOO,
        BESIDE_AN_OWN_DECORATOR;

        ApplicationContextRunner on(ApplicationContextRunner app) {
            return switch (this) {
                case STARTER -> app;
                case STARTER_WITHOUT_THE_LIBRARY ->
                    app.withClassLoader(new FilteredClassLoader(ContextSnapshot.class.getPackageName()));
                case BOOT_TOO -> app.withPropertyValues("spring.task.execution.propagate-context=true");
                case BESIDE_AN_OWN_DECORATOR -> app.withBean("own", TaskDecorator.class, () -> OtherThreadsTests::own);
            };
        }
    }

    private static final ThreadLocal<Boolean> OWN = ThreadLocal.withInitial(() -> false);

    private static Runnable own(Runnable task) {
        return () -> {
            OWN.set(true);
            try {
                task.run();
            } finally {
                OWN.remove();
            }
        };
    }

    @BeforeEach
    void start() {
        server = new FaultServer().on("/pay", (request, connection) -> connection.status(500));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private ApplicationContextRunner app() {
        return HttpApps.with(YML, ended)
                .withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
                .withUserConfiguration(Asynchronous.class)
                .withBean(FaultServer.class, () -> server)
                .withBean(Peer.class)
                .withBean(Service.class);
    }

    private void isSentOnce(ApplicationContext context, Function<Service, Object> call) {
        int before = server.requests("/pay").size();
        ended.clear();
        assertThat(catchThrowable(() -> get(call.apply(context.getBean(Service.class)))))
                .isNotNull();
        assertThat(server.requests("/pay")).hasSize(before + 1);
        assertThat(ended)
                .singleElement()
                .satisfies(end -> assertThat(end.reason()).isEqualTo(StopReason.NOT_IDEMPOTENT));
    }

    private void isSentUnderOneKey(ApplicationContext context, Function<Service, Object> call) {
        int before = server.requests("/pay").size();
        assertThat(catchThrowable(() -> get(call.apply(context.getBean(Service.class)))))
                .isNotNull();
        List<String> keys = server.requests("/pay").stream()
                .skip(before)
                .map(request -> request.headers().getOrDefault("idempotency-key", "none"))
                .toList();
        assertThat(keys).hasSize(3).doesNotContain("none");
        assertThat(keys).containsOnly(keys.get(0));
    }

    private static Object get(Object result) {
        if (result instanceof CompletableFuture<?> future) {
            return future.join();
        }
        return result instanceof Mono<?> mono ? String.valueOf(mono.block()) : result;
    }

    @ParameterizedTest
    @EnumSource
    void whatGoesToBootsExecutorIsPartOfTheAttempt(Carrier carrier) {
        carrier.on(app()).run(context -> {
            isSentOnce(context, Service::supplied);
            isSentOnce(context, Service::joined);
            isSentOnce(context, Service::async);
            isSentUnderOneKey(context, Service::suppliedKeyed);
            isSentUnderOneKey(context, Service::joinedKeyed);
            isSentUnderOneKey(context, Service::asyncKeyed);
        });
    }

    @ParameterizedTest
    @EnumSource
    void whatWasRightStaysSo(Carrier carrier) {
        carrier.on(app()).run(context -> {
            isSentOnce(context, Service::webClientToFuture);
            isSentOnce(context, Service::webClientBehindFlatMap);
            isSentOnce(context, Service::takenAlong);
            isSentUnderOneKey(context, Service::webClientToFutureKeyed);
        });
    }

    @Test
    void whereReactorCarriesContextsItCarriesTheAttempt() {
        Hooks.enableAutomaticContextPropagation();
        try {
            app().run(context -> {
                isSentOnce(context, Service::subscribedElsewhere);
                isSentOnce(context, Service::blockedElsewhere);
                isSentUnderOneKey(context, Service::subscribedElsewhereKeyed);
                isSentOnce(context, Service::supplied);
                isSentUnderOneKey(context, Service::suppliedKeyed);
                isSentOnce(context, Service::webClientToFuture);
                isSentOnce(context, Service::webClientBehindFlatMap);
                isSentOnce(context, Service::takenAlong);
                isSentUnderOneKey(context, Service::webClientToFutureKeyed);
            });
        } finally {
            Hooks.disableAutomaticContextPropagation();
        }
    }

    @Test
    void hiddenRetriesAreOffThere() {
        server.on("/pay", (request, connection) -> connection.status(429));
        app().withPropertyValues("spring.http.clients.imperative.factory=http-components")
                .run(context -> {
                    assertThat(catchThrowable(
                                    () -> get(context.getBean(Service.class).suppliedGet())))
                            .isNotNull();
                    assertThat(server.requests("/pay")).hasSize(3);
                });
    }

    @Test
    void whatAFailedAttemptSendsLateHasTheKeyOfItsRepetition() {
        server.on("/pay", (request, connection) -> connection.status(200));
        app().run(context -> {
            CountDownLatch over = new CountDownLatch(1);
            List<CompletableFuture<String>> late = new ArrayList<>();

            assertThat(context.getBean(Service.class).late(over, late)).isEqualTo("200 OK");
            over.countDown();
            assertThat(late)
                    .singleElement()
                    .satisfies(request ->
                            assertThat(request.get(10, TimeUnit.SECONDS)).isEqualTo("200 OK"));

            List<String> keys = server.requests("/pay").stream()
                    .map(request -> request.headers().getOrDefault("idempotency-key", "none"))
                    .toList();
            assertThat(keys).hasSize(2).doesNotContain("none");
            assertThat(keys.get(1)).isEqualTo(keys.get(0));
        });
    }

    @Test
    void aJobThatOutlivesItsAttemptIsNoPartOfItAnyMore() {
        app().run(context -> {
            CountDownLatch over = new CountDownLatch(1);
            CountDownLatch looked = new CountDownLatch(1);
            Service service = context.getBean(Service.class);
            Service target = AopTestUtils.getTargetObject(service);

            assertThat(service.inBackground(over, looked)).isEqualTo("done");
            over.countDown();
            await(looked);

            assertThat(target.known).containsExactly(true, false);
            assertThat(target.leftBehind)
                    .singleElement()
                    .satisfies(attempt -> assertThat(attempt.inForce()).isEmpty());
        });
    }

    @Test
    void anOwnDecoratorStillWorksAndIsTheOneThatIsInjected() {
        List<Boolean> decorated = new ArrayList<>();
        Carrier.BESIDE_AN_OWN_DECORATOR.on(app()).run(context -> {
            CompletableFuture.runAsync(
                            () -> decorated.add(OWN.get()), context.getBean("applicationTaskExecutor", Executor.class))
                    .join();
            assertThat(decorated).containsExactly(true);
            assertThat(context.getBeanProvider(TaskDecorator.class).getIfUnique())
                    .isSameAs(context.getBean("own"));
        });
    }

    @Test
    void withoutRetrykitThereIsNoDecorator() {
        app().withPropertyValues("retrykit.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(TaskDecorator.class));
    }
}
