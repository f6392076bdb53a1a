package dev.retrykit.spring.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.time.ManualTime;
import dev.retrykit.time.TimeSource;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.EventPublishingContextWrapper;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.micrometer.tracing.otel.bridge.Slf4JEventListener;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.context.ContextStorage;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** With OpenTelemetry: what a trace shows of a call, whatever its style and thread. */
class TraceTests {

    private static final Slf4JEventListener MDC_WRITER = new Slf4JEventListener();

    static {
        ContextStorage.addWrapper(new EventPublishingContextWrapper(MDC_WRITER::onEvent));
    }

    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final InMemorySpanExporter exported = InMemorySpanExporter.create();
    private final ObservationRegistry registry = ObservationRegistry.create();
    private final List<String> traceIds = new ArrayList<>();

    class Stocks {

        private final AtomicInteger attempts = new AtomicInteger();

        @Retryable("inventory")
        public String plain() throws ConnectException {
            return attempt();
        }

        @Retryable("inventory")
        public CompletableFuture<String> stage() {
            try {
                return CompletableFuture.completedFuture(attempt());
            } catch (ConnectException failed) {
                return CompletableFuture.failedFuture(failed);
            }
        }

        @Retryable("inventory")
        public Mono<String> mono() {
            return Mono.fromCallable(this::attempt).flatMap(this::inner);
        }

        @Retryable("inventory")
        public Flux<String> flux() {
            return Mono.fromCallable(this::attempt).flatMap(this::inner).flux();
        }

        /** What a client does that is instrumented: its span is a child of what the context holds. */
        private Mono<String> inner(String value) {
            return Mono.deferContextual(context -> {
                Observation parent = context.get(ObservationThreadLocalAccessor.KEY);
                return Mono.fromCallable(() -> Observation.createNotStarted("http", registry)
                        .parentObservation(parent)
                        .observe(() -> value));
            });
        }

        private String attempt() throws ConnectException {
            traceIds.add(String.valueOf(MDC.get("traceId")));
            if (attempts.incrementAndGet() < 3) {
                throw new ConnectException("refused");
            }
            return "pen";
        }
    }

    @BeforeEach
    void trace() {
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(exported))
                .build();
        OtelCurrentTraceContext current = new OtelCurrentTraceContext();
        registry.observationConfig()
                .observationHandler(new DefaultTracingObservationHandler(
                        new OtelTracer(provider.get("test"), current, MDC_WRITER::onEvent)));
    }

    @AfterEach
    void forget() {
        MDC.clear();
        executor.shutdownNow();
    }

    private interface Use {

        void run(Stocks stocks, ApplicationContext context) throws Exception;
    }

    private void run(Use use) {
        new ApplicationContextRunner()
                .withConfiguration(Apps.autoConfigurations())
                .withPropertyValues("retrykit.policies.inventory.max-attempts=5")
                .withBean(ManualTime.class)
                .withBean("applicationTaskExecutor", Executor.class, () -> executor)
                .withBean(ObservationRegistry.class, () -> registry)
                .withBean(Stocks.class, Stocks::new)
                .run(context -> use.run(context.getBean(Stocks.class), context));
    }

    private List<SpanData> spans(String prefix) {
        return exported.getFinishedSpanItems().stream()
                .filter(span -> span.getName().startsWith(prefix))
                .sorted(Comparator.comparing(SpanData::getStartEpochNanos).thenComparing(SpanData::getName))
                .toList();
    }

    private void assertThreeAttempts() {
        SpanData request = spans("request").get(0);
        List<SpanData> attempts = spans("attempt");
        assertThat(attempts)
                .extracting(SpanData::getName)
                .containsExactly("attempt 1 of inventory", "attempt 2 of inventory", "attempt 3 of inventory");
        assertThat(attempts).allSatisfy(span -> {
            assertThat(span.getParentSpanId()).isEqualTo(request.getSpanId());
            assertThat(span.getTraceId()).isEqualTo(request.getTraceId());
            assertThat(attribute(span, "policy")).isEqualTo("inventory");
        });
        assertThat(attempts)
                .extracting(span -> attribute(span, "result"))
                .containsExactly("retryable", "retryable", "success");
        assertThat(attempts).extracting(span -> attribute(span, "attempt")).containsExactly("1", "2", "3");
        assertThat(attempts.get(0).getEvents()).as("the failure").isNotEmpty();
    }

    private static String attribute(SpanData span, String key) {
        return span.getAttributes().get(AttributeKey.stringKey(key));
    }

    /** What is handed to the executor is done before time goes on. */
    private void advanceUntil(ApplicationContext context, CompletableFuture<?> done) throws Exception {
        ManualTime time = (ManualTime) context.getBean(TimeSource.class);
        while (!done.isDone()) {
            time.advance(Duration.ofMillis(100));
            executor.submit(() -> {}).get();
        }
    }

    @Test
    void aPlainCallHasASpanForEachAttempt() {
        run((stocks, context) -> {
            Observation.createNotStarted("request", registry).observeChecked(stocks::plain);
            assertThreeAttempts();
            assertThat(traceIds).containsOnly(spans("request").get(0).getTraceId());
        });
    }

    @Test
    void soHasAStageAndItsRetriesOnOtherThreadsLogTheTraceOfTheirCaller() {
        run((stocks, context) -> {
            CompletableFuture<String> call =
                    Observation.createNotStarted("request", registry).observe(stocks::stage);
            advanceUntil(context, call);
            assertThreeAttempts();
            assertThat(traceIds)
                    .containsExactly(
                            spans("request").get(0).getTraceId(),
                            spans("request").get(0).getTraceId(),
                            spans("request").get(0).getTraceId());
        });
    }

    @Test
    void soHasAMonoWhoseSubscriberHasAnObservation() {
        run((stocks, context) -> {
            Observation request = Observation.start("request", registry);
            CompletableFuture<String> call = stocks.mono()
                    .contextWrite(reactor -> reactor.put(ObservationThreadLocalAccessor.KEY, request))
                    .toFuture();
            advanceUntil(context, call);
            request.stop();
            assertThreeAttempts();
            assertThat(spans("http").get(0).getParentSpanId())
                    .isEqualTo(spans("attempt").get(2).getSpanId());
            assertThat(registry.getCurrentObservation()).isNull();
        });
    }

    @Test
    void soHasAFlux() {
        run((stocks, context) -> {
            Observation request = Observation.start("request", registry);
            CompletableFuture<List<String>> call = stocks.flux()
                    .collectList()
                    .contextWrite(reactor -> reactor.put(ObservationThreadLocalAccessor.KEY, request))
                    .toFuture();
            advanceUntil(context, call);
            request.stop();
            assertThreeAttempts();
            assertThat(spans("http").get(0).getParentSpanId())
                    .isEqualTo(spans("attempt").get(2).getSpanId());
        });
    }

    @Test
    void aCallOutsideOfAnyRequestStillHasSpans() {
        run((stocks, context) -> {
            stocks.plain();
            assertThat(spans("attempt")).hasSize(3);
        });
    }

    @Test
    void whereObservationsOnlyBecomeMetersThereAreNone() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        ObservationHandler<?> handler = new DefaultMeterObservationHandler(meters);
        Apps.with("retrykit.policies.inventory.max-attempts: 5")
                .withBean(ObservationRegistry.class, () -> {
                    ObservationRegistry only = ObservationRegistry.create();
                    only.observationConfig().observationHandler(handler);
                    return only;
                })
                .withBean(ObservationHandler.class, () -> handler)
                .withBean(Stocks.class, Stocks::new)
                .run(context -> {
                    context.getBean(Stocks.class).plain();
                    assertThat(meters.getMeters()).isEmpty();
                    assertThat(context.getBean(AttemptObservations.class).isWatching())
                            .isFalse();
                });
    }
}
