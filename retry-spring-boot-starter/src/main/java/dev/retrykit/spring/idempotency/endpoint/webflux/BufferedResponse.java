package dev.retrykit.spring.idempotency.endpoint.webflux;

import dev.retrykit.spring.idempotency.store.Answer;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

/**
 * A response whose body is buffered, so that it is stored before it is sent. A body that is too large, or that is
 * streamed, is sent immediately and not stored. Until buffering starts, the response is unchanged.
 *
 * <p>The buffer is a copy and the server's data buffers are released immediately, because they would not be released if
 * the client disconnects.
 */
final class BufferedResponse extends ServerHttpResponseDecorator {

    private volatile int most = -1;
    private volatile boolean streams;
    private List<String> headers = List.of();
    private Function<@Nullable Answer, Mono<Void>> settle = answer -> Mono.empty();

    BufferedResponse(ServerHttpResponse response) {
        super(response);
    }

    /**
     * Starts buffering the body.
     *
     * @param bytes maximum size in bytes
     * @param names the headers that may be replayed
     * @param settled runs before the response is sent; its argument is null if the response cannot be stored
     */
    void hold(int bytes, List<String> names, Function<@Nullable Answer, Mono<Void>> settled) {
        headers = names;
        settle = settled;
        most = bytes;
    }

    /** Reports that the body is streamed and perhaps never ends. */
    void stream() {
        streams = true;
    }

    int status() {
        HttpStatusCode status = getStatusCode();
        return status == null ? 200 : status.value();
    }

    private Answer answer(byte[] body) {
        return new Answer(status(), false, kept(), body);
    }

    /** Returns the current values of the headers that may be replayed. */
    List<Answer.Header> kept() {
        List<Answer.Header> kept = new ArrayList<>();
        for (String name : headers) {
            List<String> values = getHeaders().get(name);
            if (values != null) {
                values.forEach(value -> kept.add(new Answer.Header(name, value)));
            }
        }
        return kept;
    }

    /** Ends a response without a body. If it has been committed behind this wrapper, its content is unknown. */
    Mono<Void> settleEmpty() {
        return most < 0 ? Mono.empty() : Mono.defer(() -> settle.apply(isCommitted() ? null : answer(new byte[0])));
    }

    private Mono<Void> settleUnknown() {
        return Mono.defer(() -> settle.apply(null));
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        if (most < 0) {
            return super.writeWith(body);
        }
        if (streams) {
            return settleUnknown().then(super.writeWith(body));
        }
        Held held = new Held();
        Flux<DataBuffer> passed = Flux.<DataBuffer>from(body)
                .<DataBuffer>handle(held::next)
                .concatWith(Mono.defer(() -> settle.apply(held.answer()).then(held.rest())));
        return super.writeWith(body instanceof Mono ? passed.singleOrEmpty() : passed);
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return most < 0 ? super.writeAndFlushWith(body) : settleUnknown().then(super.writeAndFlushWith(body));
    }

    @Override
    public Mono<Void> setComplete() {
        return settleEmpty().then(super.setComplete());
    }

    private final class Held {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean letGo;

        void next(DataBuffer buffer, SynchronousSink<DataBuffer> sink) {
            if (letGo) {
                sink.next(buffer);
                return;
            }
            byte[] copy = new byte[buffer.readableByteCount()];
            buffer.read(copy);
            DataBufferUtils.release(buffer);
            bytes.writeBytes(copy);
            if (bytes.size() > most) {
                letGo = true;
                sink.next(taken());
            }
        }

        private DataBuffer taken() {
            DataBuffer all = bufferFactory().wrap(bytes.toByteArray());
            bytes.reset();
            return all;
        }

        @Nullable
        Answer answer() {
            return letGo ? null : BufferedResponse.this.answer(bytes.toByteArray());
        }

        Mono<DataBuffer> rest() {
            return bytes.size() == 0 ? Mono.empty() : Mono.fromSupplier(this::taken);
        }
    }
}
