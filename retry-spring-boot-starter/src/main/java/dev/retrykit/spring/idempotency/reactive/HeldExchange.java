package dev.retrykit.spring.idempotency.reactive;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.codec.HttpMessageReader;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.codec.multipart.Part;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An exchange whose request's body can be read before the one who is meant to read it. Until then it is as it came. */
final class HeldExchange extends ServerWebExchangeDecorator {

    private static final ResolvableType FORM =
            ResolvableType.forClassWithGenerics(MultiValueMap.class, String.class, String.class);
    private static final ResolvableType PARTS =
            ResolvableType.forClassWithGenerics(MultiValueMap.class, String.class, Part.class);

    private final HeldRequest request;
    private final HeldResponse response;
    private final ServerCodecConfigurer codecs;
    private volatile @Nullable Mono<MultiValueMap<String, String>> form;
    private volatile @Nullable Mono<MultiValueMap<String, Part>> parts;

    HeldExchange(ServerWebExchange exchange, HeldResponse response, ServerCodecConfigurer codecs) {
        super(exchange);
        this.request = new HeldRequest(exchange.getRequest());
        this.response = response;
        this.codecs = codecs;
    }

    @Override
    public ServerHttpRequest getRequest() {
        return request;
    }

    @Override
    public ServerHttpResponse getResponse() {
        return response;
    }

    /**
     * Reads the body; fails if it is larger.
     *
     * @param most how many bytes it may have
     */
    Mono<byte[]> hold(int most) {
        return DataBufferUtils.join(getDelegate().getRequest().getBody(), most)
                .map(HeldExchange::bytes)
                .defaultIfEmpty(new byte[0])
                .doOnNext(this::held);
    }

    private void held(byte[] body) {
        request.body = body;
        form = this.<MultiValueMap<String, String>>read(FORM).cache();
        parts = this.<MultiValueMap<String, Part>>read(PARTS).cache();
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    /** As the exchange itself does, which has the unread request. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private <T extends MultiValueMap> Mono<T> read(ResolvableType type) {
        MediaType contentType = request.getHeaders().getContentType();
        MediaType form = type.equals(FORM) ? MediaType.APPLICATION_FORM_URLENCODED : MediaType.MULTIPART_FORM_DATA;
        Mono<T> nothing = Mono.just((T) new LinkedMultiValueMap());
        if (contentType == null || !contentType.isCompatibleWith(form)) {
            return nothing;
        }
        for (HttpMessageReader<?> reader : codecs.getReaders()) {
            if (reader.canRead(type, contentType)) {
                return ((Mono<T>) reader.readMono(type, request, Map.of())).switchIfEmpty(nothing);
            }
        }
        return Mono.error(new IllegalStateException("nobody can read a body of the type " + form));
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
