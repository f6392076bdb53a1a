package dev.retrykit.spring.idempotency.endpoint.webflux;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.codec.HttpMessageReader;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.codec.multipart.Part;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * An exchange whose request body can be read before the handler reads it, and whose response can be buffered. A handler
 * reads the same as without buffering: a body, its form or its parts, or what remains after a filter has read them.
 */
final class BufferedExchange extends ServerWebExchangeDecorator {

    private static final ResolvableType FORM =
            ResolvableType.forClassWithGenerics(MultiValueMap.class, String.class, String.class);
    private static final ResolvableType PARTS =
            ResolvableType.forClassWithGenerics(MultiValueMap.class, String.class, Part.class);

    private final HeldRequest request;
    private final BufferedResponse response;
    private final ServerCodecConfigurer codecs;
    private volatile @Nullable Mono<MultiValueMap<String, String>> form;
    private volatile @Nullable Mono<MultiValueMap<String, Part>> parts;
    private volatile boolean hasParts;

    BufferedExchange(ServerWebExchange exchange, ServerCodecConfigurer codecs) {
        super(exchange);
        this.request = new HeldRequest(exchange.getRequest());
        this.response = new BufferedResponse(exchange.getResponse());
        this.codecs = codecs;
    }

    @Override
    public ServerHttpRequest getRequest() {
        return request;
    }

    @Override
    public BufferedResponse getResponse() {
        return response;
    }

    /**
     * Reads and buffers the body; fails if it is larger than the limit.
     *
     * @param most maximum size in bytes
     * @return the body; empty if there was one that has been read already
     */
    Mono<byte[]> hold(int most) {
        boolean hasBody = hasBody();
        return DataBufferUtils.join(getDelegate().getRequest().getBody(), most)
                .map(BufferedExchange::bytes)
                .onErrorResume(failure -> hasBody && isReadBefore(failure) ? Mono.empty() : Mono.error(failure))
                .filter(body -> body.length > 0)
                .switchIfEmpty(hasBody ? Mono.empty() : Mono.just(new byte[0]))
                .doOnNext(this::held);
    }

    /** Servers differ in what a second subscriber to a body gets: nothing, or this failure. */
    private static boolean isReadBefore(Throwable failure) {
        return failure instanceof IllegalStateException && !(failure instanceof DataBufferLimitException);
    }

    private boolean hasBody() {
        HttpHeaders headers = getDelegate().getRequest().getHeaders();
        return headers.getContentLength() > 0 || headers.getFirst(HttpHeaders.TRANSFER_ENCODING) != null;
    }

    private void held(byte[] body) {
        request.body = body;
        form = this.<MultiValueMap<String, String>>read(FORM).cache();
        parts = this.<MultiValueMap<String, Part>>read(PARTS)
                .doOnNext(read -> hasParts = true)
                .cache();
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    /**
     * Reads the body in the same way as the exchange, which refers to the unread request. Of several matching readers
     * the last one is used.
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private <T extends MultiValueMap> Mono<T> read(ResolvableType type) {
        Mono<T> nothing = Mono.just((T) new LinkedMultiValueMap());
        MediaType contentType = contentType();
        if (contentType == null || !contentType.isConcrete() || !isOf(type, contentType)) {
            return nothing;
        }
        HttpMessageReader<?> last = null;
        for (HttpMessageReader<?> reader : codecs.getReaders()) {
            if (reader.canRead(type, contentType)) {
                last = reader;
            }
        }
        return last == null
                ? Mono.error(new IllegalStateException("No HttpMessageReader for " + contentType))
                : ((Mono<T>) last.readMono(type, request, Map.of())).switchIfEmpty(nothing);
    }

    private static boolean isOf(ResolvableType type, MediaType contentType) {
        return type.equals(FORM)
                ? contentType.isCompatibleWith(MediaType.APPLICATION_FORM_URLENCODED)
                : contentType.getType().equalsIgnoreCase("multipart");
    }

    private @Nullable MediaType contentType() {
        try {
            return request.getHeaders().getContentType();
        } catch (InvalidMediaTypeException unreadable) {
            return null;
        }
    }

    @Override
    public Mono<MultiValueMap<String, String>> getFormData() {
        Mono<MultiValueMap<String, String>> own = form;
        return own == null ? super.getFormData() : own;
    }

    @Override
    public Mono<MultiValueMap<String, Part>> getMultipartData() {
        Mono<MultiValueMap<String, Part>> own = parts;
        return own == null ? super.getMultipartData() : own;
    }

    /** Deletes the files of an upload; what a filter has read is deleted by the server's adapter. */
    Mono<Void> cleanUp() {
        return hasParts
                ? getMultipartData()
                        .flatMapIterable(read -> read.values())
                        .flatMap(Flux::fromIterable)
                        .flatMap(part -> part.delete().onErrorComplete())
                        .onErrorComplete()
                        .then()
                : Mono.empty();
    }

    private static final class HeldRequest extends ServerHttpRequestDecorator {

        private volatile byte @Nullable [] body;

        HeldRequest(ServerHttpRequest request) {
            super(request);
        }

        @Override
        public Flux<DataBuffer> getBody() {
            byte[] held = body;
            if (held == null) {
                return super.getBody();
            }
            return held.length == 0
                    ? Flux.empty()
                    : Flux.defer(() -> Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(held)));
        }
    }
}
