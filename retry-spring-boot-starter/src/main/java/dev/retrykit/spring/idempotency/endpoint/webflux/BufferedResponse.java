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
 * A response whose body is held back, so that it is kept before anybody gets it. A body that is too large, or that streams,
 * is let go, and isn't kept. Until it is told to hold anything it is as it came.
 *
 * <p>What is held is copied, and the server's buffers are released at once: nobody would release them for one who has left.
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
     * From now on the body is held.
     *
     * @param bytes how many of them
     * @param names headers that may be given again
     * @param settled does what is to be done before anybody gets the answer; its argument is null if it can't be kept
     */
    void hold(int bytes, List<String> names, Function<@Nullable Answer, Mono<Void>> settled) {
        headers = names;
        settle = settled;
        most = bytes;
    }

    /** What is written next comes bit by bit, and perhaps never ends. */
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

    /** Its headers as they are now, those that may be given again. */
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

    /** Nothing more is written. If somebody wrote to the response behind this one, what he wrote isn't known. */
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
