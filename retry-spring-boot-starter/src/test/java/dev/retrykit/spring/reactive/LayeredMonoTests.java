package dev.retrykit.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.Layer;
import dev.retrykit.LayerShape;
import dev.retrykit.LayeredOutage;
import dev.retrykit.LayeredOutage.Tick;
import dev.retrykit.Retry;
import dev.retrykit.circuit.CircuitState;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** However many layers of one circuit a subscription passes, at each moment of an outage all is as with one layer. */
@Tag("slow")
class LayeredMonoTests {

    /** Of layers, callers at a time, and probes. */
    static Stream<Arguments> outages() {
        return Stream.of(LayerShape.values())
                .flatMap(shape -> Stream.of(1, 5, 30, 300)
                        .flatMap(callers -> Stream.of(1, 3, 5).map(probes -> Arguments.of(shape, callers, probes))));
    }

    @ParameterizedTest
    @MethodSource("outages")
    void monosAreCountedOnceAndCloseItAsOneLayerDoes(LayerShape shape, int callers, int probes) {
        List<Tick> one = LayeredOutage.run(shape, 1, callers, probes, LayeredMonoTests::beginMono);
        Tick last = one.get(one.size() - 1);
        assertThat(last.circuit().state()).isEqualTo(CircuitState.CLOSED);
        assertThat(last.attempts()).isIn(0L, last.requests());
        assertThat(one).extracting(tick -> tick.circuit().state()).contains(CircuitState.OPEN);

        assertThat(LayeredOutage.run(shape, 2, callers, probes, LayeredMonoTests::beginMono))
                .isEqualTo(one);
        assertThat(LayeredOutage.run(shape, 3, callers, probes, LayeredMonoTests::beginMono))
                .isEqualTo(one);
        if (callers <= 30) {
            assertThat(LayeredOutage.run(shape, 3, callers, probes, LayeredMonoTests::beginFlux))
                    .isEqualTo(one);
        }
    }

    private static void beginMono(LayeredOutage outage, List<Layer> layers) {
        mono(outage, layers).subscribe(stock -> {}, failure -> {});
    }

    private static Mono<String> mono(LayeredOutage outage, List<Layer> layers) {
        if (layers.isEmpty()) {
            return request(outage);
        }
        Mono<String> inner = Mono.defer(() -> mono(outage, layers.subList(1, layers.size())));
        Retry engine = layers.get(0).retry();
        return engine == null ? alone(layers.get(0), inner) : RetriedMono.of(engine, () -> inner);
    }

    private static void beginFlux(LayeredOutage outage, List<Layer> layers) {
        flux(outage, layers).subscribe(stock -> {}, failure -> {});
    }

    private static Flux<String> flux(LayeredOutage outage, List<Layer> layers) {
        if (layers.isEmpty()) {
            return request(outage).flux();
        }
        Publisher<String> inner = Flux.defer(() -> flux(outage, layers.subList(1, layers.size())));
        Retry engine = layers.get(0).retry();
        return engine == null
                ? alone(layers.get(0), Mono.from(inner)).flux()
                : RetriedFlux.of(engine, false, () -> inner);
    }

    private static Mono<String> alone(Layer layer, Mono<String> inner) {
        return Mono.defer(() -> {
            try {
                return Mono.fromFuture(layer.callAsync(inner::toFuture));
            } catch (Exception rejected) {
                return Mono.error(rejected);
            }
        });
    }

    /** Its value is awaited anew by each subscription. */
    private static Mono<String> request(LayeredOutage outage) {
        return Mono.defer(() -> Mono.fromFuture(outage.send()));
    }
}
