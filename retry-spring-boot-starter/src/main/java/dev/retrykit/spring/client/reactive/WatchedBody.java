package dev.retrykit.spring.client.reactive;

import dev.retrykit.spring.client.tracking.RequestTracker;
import dev.retrykit.spring.client.tracking.TransportFact;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequestDecorator;
import org.springframework.web.reactive.function.BodyInserter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Notifies a tracker when a transport reads the body, which happens after it has connected. Reactor Netty reads the
 * whole request then; other transports read the request first and subscribe to its body later.
 *
 * @param body the body
 * @param exchange the tracker
 */
record WatchedBody(BodyInserter<?, ? super ClientHttpRequest> body, RequestTracker exchange)
        implements BodyInserter<Object, ClientHttpRequest> {

    @Override
    public Mono<Void> insert(ClientHttpRequest request, Context context) {
        if (request.getNativeRequest().getClass().getName().startsWith("reactor.netty.")) {
            exchange.report(TransportFact.REACHED);
        }
        return body.insert(new Watched(request), context);
    }

    /** The request that the body is written to. */
    private final class Watched extends ClientHttpRequestDecorator {

        Watched(ClientHttpRequest request) {
            super(request);
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> buffers) {
            exchange.connection().sendsBody();
            return super.writeWith(
                    Flux.from(buffers).doOnSubscribe(subscription -> exchange.report(TransportFact.REACHED)));
        }

        @Override
        public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> parts) {
            exchange.connection().sendsBody();
            return super.writeAndFlushWith(
                    Flux.from(parts).doOnSubscribe(subscription -> exchange.report(TransportFact.REACHED)));
        }

        @Override
        public Mono<Void> setComplete() {
            exchange.report(TransportFact.REACHED);
            return super.setComplete();
        }
    }
}
