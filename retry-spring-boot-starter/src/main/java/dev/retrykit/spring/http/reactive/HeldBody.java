package dev.retrykit.spring.http.reactive;

import dev.retrykit.RetryContext;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequestDecorator;
import org.springframework.web.reactive.function.BodyInserter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A body that can be sent again: its bytes are held in memory when it is sent first. A streamed one, each part of which
 * goes out at once, isn't held; then the attempt isn't repeated.
 */
final class HeldBody implements BodyInserter<Object, ClientHttpRequest> {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.http");

    private static final AtomicBoolean WARNED = new AtomicBoolean();

    private final BodyInserter<?, ? super ClientHttpRequest> body;
    private volatile @Nullable Held held;

    HeldBody(BodyInserter<?, ? super ClientHttpRequest> body) {
        this.body = body;
    }

    @Override
    public Mono<Void> insert(ClientHttpRequest request, Context context) {
        Held known = held;
        if (known == null) {
            return body.insert(new Holding(request, RetryContext.current().orElse(null)), context);
        }
        known.headers.forEach(request.getHeaders()::putIfAbsent);
        return request.writeWith(Mono.fromSupplier(() -> request.bufferFactory().wrap(known.bytes)));
    }

    /** What is sent again. */
    private record Held(HttpHeaders headers, byte[] bytes) {}

    /** The request as the body sees it when it is sent first. */
    private final class Holding extends ClientHttpRequestDecorator {

        private final @Nullable RetryContext attempt;

        Holding(ClientHttpRequest request, @Nullable RetryContext attempt) {
            super(request);
            this.attempt = attempt;
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> buffers) {
            HttpHeaders headers = new HttpHeaders();
            headers.addAll(getHeaders());
            return super.writeWith(DataBufferUtils.join(buffers).map(joined -> {
                byte[] bytes = new byte[joined.readableByteCount()];
                joined.read(bytes);
                DataBufferUtils.release(joined);
                held = new Held(headers, bytes);
                return bufferFactory().wrap(bytes);
            }));
        }

        @Override
        public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> parts) {
            return Mono.deferContextual(context -> {
                RetryContext streaming = context.getOrDefault(RetryContext.class, attempt);
                if (streaming != null) {
                    streaming.forbidRetry();
                }
                if (WARNED.compareAndSet(false, true)) {
                    LOG.warn(
                            "A request body that is streamed, such as one of server-sent events or of lines of JSON, can't"
                                    + " be sent again, so " + getMethod() + " " + getURI().getHost()
                                    + " makes one attempt. Send a Mono or a list to have it retried. Said once.");
                }
                return super.writeAndFlushWith(Flux.from(parts));
            });
        }
    }
}
