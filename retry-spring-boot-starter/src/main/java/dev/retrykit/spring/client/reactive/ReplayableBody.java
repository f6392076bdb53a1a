package dev.retrykit.spring.client.reactive;

import dev.retrykit.RetryContext;
import dev.retrykit.spring.client.LargeBodies;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequestDecorator;
import org.springframework.web.reactive.function.BodyInserter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

/**
 * A body that can be sent again: its bytes are held in memory when it is first sent, up to a limit. A larger body is
 * not held, nor is a streamed one, whose parts are sent as they come; its attempt is not repeated.
 */
final class ReplayableBody implements BodyInserter<Object, ClientHttpRequest> {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.http");

    private static final AtomicBoolean WARNED = new AtomicBoolean();

    private final BodyInserter<?, ? super ClientHttpRequest> body;
    private final long limit;
    private volatile @Nullable Held held;

    /**
     * Wraps a body.
     *
     * @param limit in bytes; negative if nothing is to be held, because nothing is sent again
     */
    ReplayableBody(BodyInserter<?, ? super ClientHttpRequest> body, long limit) {
        this.body = body;
        this.limit = limit;
    }

    /** Whether the body can be sent again. */
    boolean isHeld() {
        return held != null;
    }

    @Override
    public Mono<Void> insert(ClientHttpRequest request, Context context) {
        if (limit < 0) {
            return body.insert(request, context);
        }
        Held known = held;
        if (known == null) {
            return body.insert(new Holding(request, RetryContext.current().orElse(null)), context);
        }
        known.headers.forEach(request.getHeaders()::putIfAbsent);
        return request.writeWith(Mono.fromSupplier(() -> request.bufferFactory().wrap(known.bytes)));
    }

    /** The headers and bytes to send again. */
    private record Held(HttpHeaders headers, byte[] bytes) {}

    /** The request that the body is first written to. */
    private final class Holding extends ClientHttpRequestDecorator {

        private final @Nullable RetryContext attempt;

        Holding(ClientHttpRequest request, @Nullable RetryContext attempt) {
            super(request);
            this.attempt = attempt;
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> buffers) {
            return Mono.deferContextual(context -> {
                RetryContext sending = context.getOrDefault(RetryContext.class, attempt);
                long length = getHeaders().getContentLength();
                if (length > limit) {
                    sendOnce(sending, length);
                    return super.writeWith(buffers);
                }
                HttpHeaders headers = new HttpHeaders();
                headers.addAll(getHeaders());
                if (buffers instanceof Mono<? extends DataBuffer> one) {
                    return super.writeWith(new HeldBody(headers, sending)
                            .collected(Flux.from(one))
                            .next());
                }
                return super.writeWith(new HeldBody(headers, sending).collected(Flux.from(buffers)));
            });
        }

        private void sendOnce(@Nullable RetryContext sending, long size) {
            if (sending != null) {
                sending.forbidRetry();
            }
            LargeBodies.warn(getMethod(), getURI(), size, limit);
        }

        @Override
        public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> parts) {
            return Mono.deferContextual(context -> {
                RetryContext streaming = context.getOrDefault(RetryContext.class, attempt);
                if (streaming != null) {
                    streaming.forbidRetry();
                }
                if (WARNED.compareAndSet(false, true)) {
                    LOG.warn("A streamed request body, such as server-sent events or JSON lines, cannot be sent again,"
                            + " so " + getMethod() + " " + getURI().getHost()
                            + " makes only one attempt. Send a Mono or a list to make it retryable. (Logged once.)");
                }
                return super.writeAndFlushWith(Flux.from(parts));
            });
        }

        /** The parts of a body, held back until it is complete or exceeds the limit. Thread-safe. */
        private final class HeldBody {

            private final HttpHeaders headers;
            private final @Nullable RetryContext sending;
            private final List<DataBuffer> parts = new ArrayList<>();
            private long size;

            HeldBody(HttpHeaders headers, @Nullable RetryContext sending) {
                this.headers = headers;
                this.sending = sending;
            }

            Flux<DataBuffer> collected(Flux<? extends DataBuffer> buffers) {
                return buffers.<DataBuffer>handle(this::next)
                        .concatWith(Mono.fromSupplier(this::all))
                        .doFinally(signal -> release());
            }

            private synchronized void next(DataBuffer part, SynchronousSink<DataBuffer> sink) {
                if (size > limit) {
                    sink.next(part);
                    return;
                }
                parts.add(part);
                size += part.readableByteCount();
                if (size > limit) {
                    sendOnce(sending, -1);
                    sink.next(bufferFactory().wrap(takeAll()));
                }
            }

            private synchronized @Nullable DataBuffer all() {
                if (size > limit) {
                    return null;
                }
                byte[] bytes = takeAll();
                held = new Held(headers, bytes);
                DataBufferFactory factory = bufferFactory();
                return bytes.length == 0 ? null : factory.wrap(bytes);
            }

            private synchronized byte[] takeAll() {
                byte[] bytes = new byte
                        [(int) parts.stream()
                                .mapToLong(DataBuffer::readableByteCount)
                                .sum()];
                int at = 0;
                for (DataBuffer part : parts) {
                    int length = part.readableByteCount();
                    part.read(bytes, at, length);
                    at += length;
                }
                release();
                return bytes;
            }

            private synchronized void release() {
                parts.forEach(DataBufferUtils::release);
                parts.clear();
            }
        }
    }
}
