package dev.retrykit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;

import com.jayway.jsonpath.JsonPath;
import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.RetryListener;
import dev.retrykit.failure.Verdict;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.idempotency.Shop;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.time.ManualTime;
import java.lang.management.ManagementFactory;
import java.lang.reflect.RecordComponent;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.management.ObjectName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What attempts failed with, and what nothing knew. Over real sockets. */
@Tag("server")
class FailuresEndpointTests {

    /** That of an application, which has a line of its own. */
    public static class SoldOut extends RuntimeException {
        private static final long serialVersionUID = 1;

        /** How many are left. */
        public int left() {
            return 0;
        }
    }

    private static final Map<String, Object> PROPERTIES = Map.of(
            "management.endpoints.web.exposure.include",
            "retry",
            "retrykit.policies.inventory.max-attempts",
            "2",
            "retrykit.policies.inventory.backoff.delay",
            "0s",
            "secret.count",
            "0",
            "retrykit.failures.[" + SoldOut.class.getName() + "]",
            "code(left: ${secret.count}|17) = answered");

    private static HttpResponse<byte[]> get(Shop shop, String path) {
        return Shop.send(HttpRequest.newBuilder(URI.create(shop.url("/actuator/retry/" + path)))
                .build());
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private static void fail(Retries retries, Throwable failure) {
        assertThat(catchThrowable(() -> retries.get("inventory").run(() -> {
                    throw failure;
                })))
                .isSameAs(failure);
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVLET", "REACTIVE"})
    void whatWasMetIsListedWithItsLine(WebApplicationType type) {
        try (Shop shop = Shop.start(type, PROPERTIES)) {
            assertThat(text(get(shop, "failures"))).isEqualTo("{\"failures\":[],\"unknown\":[]}");
            Retries retries = shop.bean(Retries.class);
            fail(retries, new ConnectException("down"));
            fail(retries, new IllegalStateException("odd"));
            fail(retries, new SoldOut());

            HttpResponse<byte[]> answer = get(shop, "failures");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                    .contains("json");
            assertThat(JsonPath.<List<Map<String, Object>>>read(text(answer), "$.failures"))
                    .containsExactly(
                            Map.of(
                                    "failure", "java.net.ConnectException",
                                    "meaning", "transient",
                                    "rule", "the JDK's rules: the network or a timeout",
                                    "count", 2),
                            Map.of(
                                    "failure",
                                    SoldOut.class.getName(),
                                    "meaning",
                                    "answered",
                                    "rule",
                                    SoldOut.class.getName() + ": code(left: ${secret.count}|17) = answered",
                                    "count",
                                    1),
                            Map.of("failure", "java.lang.IllegalStateException", "meaning", "unknown", "count", 1));
            assertThat(JsonPath.<List<Map<String, Object>>>read(text(answer), "$.unknown"))
                    .containsExactly(Map.of(
                            "failure",
                            "java.lang.IllegalStateException",
                            "count",
                            1,
                            "remedy",
                            "The class is too general to be declared as a whole. Throw a class that implements RetryHint"
                                    + " instead, or declare the message: retrykit.failures.java.lang.IllegalStateException:"
                                    + " says(part of the message) = transient"));
            assertThat(text(answer)).doesNotContain("odd");
            assertThat(JsonPath.<Map<String, Object>>read(text(answer), "$")).containsOnlyKeys("failures", "unknown");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVLET", "REACTIVE"})
    void anotherListIsNotFoundAndThePathAloneSaysWhich(WebApplicationType type) {
        try (Shop shop = Shop.start(type, PROPERTIES)) {
            for (String kind : List.of("policies", "failure", "Failures", "%0a")) {
                HttpResponse<byte[]> answer = get(shop, kind);
                assertThat(answer.statusCode()).as(kind).isEqualTo(404);
                assertThat(text(answer)).as(kind).contains("The entry does not exist.");
            }
            assertThat(get(shop, "failures/inventory").statusCode()).isEqualTo(404);
            HttpResponse<byte[]> refused = get(shop, "policies?kind=failures");
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(text(refused)).contains("Remove 'kind' from them.");
            assertThat(get(shop, "failures?other=policies").statusCode()).isEqualTo(200);
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {}

    @Test
    void isReadOverJmxToo() throws Exception {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(Map.of(
                        "spring.jmx.enabled", "true",
                        "management.endpoints.jmx.domain", "retrykit.failures",
                        "management.endpoints.jmx.exposure.include", "retry",
                        "retrykit.policies.inventory.max-attempts", "1"))
                .run()) {
            fail(context.getBean(Retries.class), new IllegalStateException("odd"));

            Object list = ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("retrykit.failures:type=Endpoint,name=Retry"),
                            "list",
                            new Object[] {"failures"},
                            new String[] {String.class.getName()});

            assertThat(list).asString().contains("java.lang.IllegalStateException", "unknown");
        }
    }

    static class Service {

        @Retryable("inventory")
        public String plain() {
            throw new IllegalStateException("plain");
        }

        @Retryable("inventory")
        public CompletionStage<String> stage() {
            return CompletableFuture.failedFuture(new CompletionException(new IllegalStateException("stage")));
        }

        @Retryable("inventory")
        public Mono<String> mono() {
            return Mono.error(new IllegalStateException("mono"));
        }

        @Retryable("inventory")
        public Flux<String> flux() {
            return Flux.error(new IllegalStateException("flux"));
        }
    }

    @Test
    void everyStyleOfCallIsCountedOnceForEachAttempt() {
        Apps.with("""
                        management.endpoints.web.exposure.include: retry
                        retrykit.policies.inventory: { max-attempts: 3, retry-on: [java.lang.IllegalStateException], jitter: none, budget.unlimited: true }
                        """).withBean(Service.class).run(context -> {
            Service service = context.getBean(Service.class);
            FailureCounts counts = context.getBean(FailureCounts.class);
            ManualTime time = context.getBean(ManualTime.class);
            List<Supplier<CompletionStage<?>>> calls = List.of(
                    () -> CompletableFuture.failedFuture(catchThrowable(service::plain)),
                    service::stage,
                    () -> service.mono().toFuture(),
                    () -> service.flux().collectList().toFuture());
            for (int call = 0; call < calls.size(); call++) {
                CompletionStage<?> ended = calls.get(call).get();
                time.advance(Duration.ofSeconds(1));
                assertThat(ended.toCompletableFuture()).isCompletedExceptionally();
                assertThat(counts.report().failures())
                        .as("call %d", call)
                        .containsExactly(new FailureReport.FailureEntry(
                                "java.lang.IllegalStateException", null, "transient", "retry-on", 3L * (call + 1)));
            }
        });
    }

    static class Guarded {

        @CircuitGuarded("inventory")
        public String plain() {
            throw new UnsupportedOperationException("plain");
        }

        @CircuitGuarded("inventory")
        public CompletionStage<String> stage() {
            return CompletableFuture.failedFuture(new UnsupportedOperationException("stage"));
        }

        @CircuitGuarded("inventory")
        public Mono<String> mono() {
            return Mono.error(new UnsupportedOperationException("mono"));
        }

        @Retryable("inventory")
        @CircuitGuarded("inventory")
        public String both() {
            throw new UnsupportedOperationException("both");
        }
    }

    @Test
    void aCircuitWithoutAPolicyIsCountedToo() {
        Apps.with("""
                        management.endpoints.web.exposure.include: retry
                        retrykit.circuits.inventory: { minimum-calls: 100 }
                        retrykit.policies.inventory: { max-attempts: 1 }
                        """).withBean(Guarded.class).run(context -> {
            Guarded guarded = context.getBean(Guarded.class);
            List<Supplier<Throwable>> calls = List.of(
                    () -> catchThrowable(guarded::plain),
                    () -> catchThrowable(
                            () -> guarded.stage().toCompletableFuture().join()),
                    () -> catchThrowable(() -> guarded.mono().block()),
                    () -> catchThrowable(guarded::both));
            for (int call = 0; call < calls.size(); call++) {
                assertThat(calls.get(call).get()).as("call %d", call).isNotNull();
                assertThat(context.getBean(FailureCounts.class).report().unknown())
                        .as("call %d", call)
                        .extracting(FailureReport.UnknownEntry::failure, FailureReport.UnknownEntry::count)
                        .containsExactly(tuple("java.lang.UnsupportedOperationException", call + 1L));
            }
        });
    }

    @Test
    void aListenerOfTheApplicationHearsOnlyOfPolicies() {
        List<String> heard = new ArrayList<>();
        RetryListener listener = new RetryListener() {
            @Override
            public void onEvent(RetryEvent event) {
                heard.add(event.toString());
            }

            @Override
            public void onFailure(String policy, Throwable failure, Verdict verdict) {
                heard.add(policy);
            }
        };
        Apps.with("retrykit.circuits.inventory:")
                .withBean(RetryListener.class, () -> listener)
                .withBean(OnlyGuarded.class)
                .run(context -> {
                    assertThat(catchThrowable(context.getBean(OnlyGuarded.class)::plain))
                            .isInstanceOf(IllegalStateException.class);
                    assertThat(heard).isEmpty();
                });
    }

    static class OnlyGuarded {

        @CircuitGuarded("inventory")
        public String plain() {
            throw new IllegalStateException("plain");
        }
    }

    @Test
    void aNativeImageCanWriteTheList() throws Exception {
        RuntimeHints hints = new RuntimeHints();

        new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, RetryEndpoint.class);

        for (Class<?> type : List.of(
                RetryReport.class,
                FailureReport.class,
                FailureReport.FailureEntry.class,
                FailureReport.UnknownEntry.class)) {
            for (RecordComponent component : type.getRecordComponents()) {
                assertThat(hints)
                        .as("%s of %s", component, type)
                        .matches(RuntimeHintsPredicates.reflection().onMethodInvocation(component.getAccessor()));
            }
        }
    }

    @Test
    void withoutTheEndpointNothingIsCounted() {
        Apps.plain()
                .withPropertyValues("retrykit.policies.inventory.dry-run=true")
                .run(context -> assertThat(context).doesNotHaveBean(FailureCounts.class));
    }
}
