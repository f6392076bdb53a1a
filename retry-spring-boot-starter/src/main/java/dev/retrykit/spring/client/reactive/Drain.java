package dev.retrykit.spring.client.reactive;

import dev.retrykit.spring.client.DrainLimit;
import dev.retrykit.spring.client.tracking.ConnectionUse;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.reactive.function.client.ClientResponse;
import reactor.core.Disposable;
import reactor.core.Scannable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/** Reads the remains of a discarded response for a short time, then aborts its connection. */
final class Drain extends BaseSubscriber<DataBuffer> {

    private final ConnectionUse use;
    private volatile @Nullable DrainLimit limit;

    private Drain(ConnectionUse use) {
        this.use = use;
    }

    /** Starts reading, and returns the response without its body. */
    static ClientResponse begin(ClientResponse response, ConnectionUse use) {
        return response.mutate()
                .body(body -> {
                    drain(body, use);
                    return Flux.empty();
                })
                .build();
    }

    private static void drain(Flux<DataBuffer> body, ConnectionUse use) {
        if (use.isAbandoned() && use.canAbort()) {
            use.abort();
        } else {
            body.subscribe(new Drain(use));
        }
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        limit = DrainLimit.begin(this::abort);
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    protected void hookOnNext(DataBuffer buffer) {
        int count = buffer.readableByteCount();
        DataBufferUtils.release(buffer);
        DrainLimit known = limit;
        if (known != null) {
            known.tryRead(count);
        }
    }

    @Override
    protected void hookOnComplete() {
        end();
    }

    @Override
    protected void hookOnError(Throwable lost) {
        end();
    }

    private void end() {
        DrainLimit known = limit;
        if (known != null) {
            known.tryFinish();
        }
    }

    /**
     * Cancelling aborts the connection under Reactor Netty; other transports have set how to abort it. Spring shares
     * the body of the JDK's client and does not propagate cancellation, but the shared publisher can be disposed.
     */
    private void abort() {
        Subscription subscription = upstream();
        cancel();
        Scannable.from(subscription)
                .parents()
                .filter(Disposable.class::isInstance)
                .forEach(shared -> ((Disposable) shared).dispose());
        use.abort();
    }
}
