package dev.retrykit.spring.idempotency.reactive;

import dev.retrykit.spring.idempotency.store.Answer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A response whose body is held back, so that it is kept before anybody gets it. A body that is too large is let go, and
 * isn't kept. Until it is told to hold anything it is as it came.
 */
final class HeldResponse extends ServerHttpResponseDecorator {

    private int most = -1;
    private List<String> headers = List.of();
    private Function<@Nullable Answer, Mono<Void>> settle = answer -> Mono.empty();

    HeldResponse(ServerHttpResponse response) {
        super(response);
    }

    /**
     * From now on the body is held.
     *
     * @param bytes how many of them
     * @param names headers that may be given again
     * @param settled does what is to be done before anybody gets the answer; its argument is null if it can't be kept
     */
    void hold(int bytes, List<String> names, Function<@Nullable Answer, Mono<Void>> settled) {
        most = bytes;
        headers = names;
        settle = settled;
    }

    int status() {
        HttpStatusCode status = getStatusCode();
        return status == null ? 200 : status.value();
    }

    private Answer answer(byte[] body) {
        List<Answer.Header> kept = new ArrayList<>();
        for (String name : headers) {
            List<String> values = getHeaders().get(name);
            if (values != null) {
                values.forEach(value -> kept.add(new Answer.Header(name, value)));
            }
        }
        return new Answer(status(), false, kept, body);
    }

    /** Without a body. */
    Mono<Void> settleEmpty() {
        return most < 0 ? Mono.empty() : Mono.defer(() -> settle.apply(answer(new byte[0])));
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        if (most < 0) {
            return super.writeWith(body);
        }
        Held held = new Held();
        return super.writeWith(Flux.<DataBuffer>from(body)
                .concatMapIterable(held::next)
                .concatWith(Flux.defer(() -> settle.apply(held.answer()).thenMany(held.rest()))));
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return most < 0
                ? super.writeAndFlushWith(body)
                : Mono.defer(() -> settle.apply(null)).then(super.writeAndFlushWith(body));
    }

    @Override
    public Mono<Void> setComplete() {
        return settleEmpty().then(super.setComplete());
    }

    private final class Held {

        private final List<DataBuffer> buffers = new ArrayList<>();
        private long size;
        private boolean letGo;

        List<DataBuffer> next(DataBuffer buffer) {
            if (letGo) {
                return List.of(buffer);
            }
            buffers.add(buffer);
            size += buffer.readableByteCount();
            letGo = size > most;
            return letGo ? taken() : List.of();
        }

        private List<DataBuffer> taken() {
            List<DataBuffer> all = List.copyOf(buffers);
            buffers.clear();
            return all;
        }

        @Nullable
        Answer answer() {
            if (letGo) {
                return null;
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            for (DataBuffer buffer : buffers) {
                int length = buffer.readableByteCount();
                buffer.toByteBuffer(buffer.readPosition(), bytes, bytes.position(), length);
                bytes.position(bytes.position() + length);
            }
            return HeldResponse.this.answer(bytes.array());
        }

        Flux<DataBuffer> rest() {
            return Flux.fromIterable(taken());
        }
    }
}
