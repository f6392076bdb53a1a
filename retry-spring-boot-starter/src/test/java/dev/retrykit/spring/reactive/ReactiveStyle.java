package dev.retrykit.spring.reactive;

import dev.retrykit.CallStyle;
import dev.retrykit.Retry;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.time.ManualTime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Calls of publishers. */
enum ReactiveStyle implements CallStyle {

    /** A body that throws before there is a publisher. */
    MONO_THROWS {
        @Override
        Publisher<Object> call(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body) {
            return RetriedMono.of(retry, () -> Mono.justOrEmpty(body.call()));
        }
    },

    MONO {
        @Override
        Publisher<Object> call(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body) {
            return RetriedMono.of(retry, () -> mono(body));
        }
    },

    /** Its signals come by a later step of the clock. */
    MONO_LATER {
        @Override
        Publisher<Object> call(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body) {
            return RetriedMono.of(retry, () -> later(time, mono(body)));
        }
    },

    FLUX_THROWS {
        @Override
        Publisher<Object> call(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body) {
            return RetriedFlux.of(retry, false, () -> Mono.justOrEmpty(body.call()));
        }
    },

    FLUX {
        @Override
        Publisher<Object> call(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body) {
            return RetriedFlux.of(retry, false, () -> mono(body));
        }
    },

    FLUX_LATER {
        @Override
        Publisher<Object> call(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body) {
            return RetriedFlux.of(retry, false, () -> later(time, mono(body)));
        }
    },

    /** What has been emitted is thrown away and emitted again, which only a policy that says so does. */
    FLUX_REPEATS {
        @Override
        Publisher<Object> call(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body) {
            return RetriedFlux.of(retry, true, () -> Flux.concat(Flux.just("header"), mono(body)))
                    .filter(element -> !element.equals("header"));
        }
    };

    abstract Publisher<Object> call(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body);

    private static Mono<Object> mono(ThrowingCallable<Object, ?> body) {
        return Mono.defer(() -> {
            try {
                return Mono.justOrEmpty(body.call());
            } catch (Throwable failure) {
                return Mono.error(failure);
            }
        });
    }

    private static Mono<Object> later(ManualTime time, Mono<Object> mono) {
        return mono.materialize()
                .flatMap(signal -> Mono.create(sink -> time.schedule(() -> sink.success(signal), 0)))
                .dematerialize();
    }

    @Override
    public boolean judgesValues() {
        return name().startsWith("MONO");
    }

    @Override
    public Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body, Consumer<Runnable> caller) {
        CompletableFuture<Object> outcome = new CompletableFuture<>();
        AtomicReference<Runnable> dispose = new AtomicReference<>();
        caller.accept(() -> {
            dispose.get().run();
            outcome.cancel(true);
        });
        dispose.set(Flux.from(call(retry, time, body))
                .collectList()
                .subscribe(elements -> outcome.complete(only(elements)), outcome::completeExceptionally)::dispose);
        Result result = CallStyle.await(time, outcome);
        boolean thrown = name().endsWith("THROWS") && result.failure() instanceof InterruptedException;
        if (thrown && !Thread.interrupted()) {
            throw new AssertionError("the exception went into the publisher, and the thread knows nothing of it");
        }
        return result;
    }

    private static Object only(List<Object> elements) {
        if (elements.size() > 1) {
            throw new AssertionError("more than once: " + elements);
        }
        return elements.isEmpty() ? null : elements.get(0);
    }
}
