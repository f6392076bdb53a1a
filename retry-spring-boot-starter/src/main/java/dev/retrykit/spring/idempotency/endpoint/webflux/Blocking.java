package dev.retrykit.spring.idempotency.endpoint.webflux;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Runs store operations, which may block and must not be interrupted: an operation that has begun is finished, even
 * after its subscriber has left.
 */
final class Blocking {

    private Blocking() {}

    static <T> Mono<T> call(Callable<@Nullable T> step) {
        return Mono.create(sink -> Schedulers.boundedElastic().schedule(() -> {
            try {
                sink.success(step.call());
            } catch (Throwable failure) {
                sink.error(failure);
            }
        }));
    }

    static Mono<Void> run(Runnable step) {
        return call(() -> {
            step.run();
            return null;
        });
    }
}
