package dev.retrykit.spring.idempotency.endpoint.webflux;

import dev.retrykit.spring.idempotency.endpoint.Endpoint;
import dev.retrykit.spring.idempotency.endpoint.EndpointRequest;
import dev.retrykit.spring.idempotency.endpoint.content.Fingerprint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.PooledDataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.http.codec.multipart.Part;
import org.springframework.util.MultiValueMap;
import org.springframework.web.method.HandlerMethod;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The body that the handler of a request is going to read. */
record Payload(Endpoint endpoint, BufferedExchange exchange) {

    /**
     * Returns the fingerprint of a request, including its body. Fails with a {@link
     * dev.retrykit.spring.idempotency.endpoint.RefusedException} if the body is too large, or has been read already.
     */
    Mono<String> fingerprint(EndpointRequest about, HandlerMethod handler) {
        Fingerprint print = endpoint.fingerprint(about, handler);
        return exchange.hold(endpoint.rules().maxBody())
                .onErrorMap(DataBufferLimitException.class, tooLarge -> endpoint.tooLarge())
                .map(body -> print.isMultipart() ? parts(print, body, boundary()) : print.body(body))
                .switchIfEmpty(Mono.defer(() -> left(print)))
                .map(Fingerprint::hex);
    }

    private @Nullable String boundary() {
        try {
            MediaType type = exchange.getRequest().getHeaders().getContentType();
            return type == null ? null : type.getParameter("boundary");
        } catch (InvalidMediaTypeException unreadable) {
            return null;
        }
    }

    /** Adds the text between the boundaries, which never contains a boundary. */
    private static Fingerprint parts(Fingerprint print, byte[] body, @Nullable String boundary) {
        if (boundary == null || boundary.isEmpty()) {
            return print.body(body);
        }
        String text = new String(body, StandardCharsets.ISO_8859_1);
        for (String part : text.split(Pattern.quote("--" + boundary), -1)) {
            print.part(part);
        }
        return print;
    }

    /** A filter that has read a form leaves its fields or parts; a filter that has read another body leaves nothing. */
    private Mono<Fingerprint> left(Fingerprint print) {
        Mono<Fingerprint> nothing = Mono.error(endpoint::unreadable);
        if (print.isForm()) {
            return exchange.getFormData()
                    .onErrorComplete()
                    .filter(fields -> !fields.isEmpty())
                    .map(fields -> fields(print, fields))
                    .switchIfEmpty(nothing);
        }
        return print.isMultipart()
                ? exchange.getMultipartData()
                        .onErrorComplete()
                        .filter(parts -> !parts.isEmpty())
                        .flatMap(parts -> parts(print, parts))
                        .switchIfEmpty(nothing)
                : nothing;
    }

    private static Fingerprint fields(Fingerprint print, MultiValueMap<String, String> fields) {
        new TreeMap<>(fields).forEach((name, values) -> {
            print.part(name, String.valueOf(values.size()));
            values.forEach(value -> print.part(String.valueOf(value)));
        });
        return print;
    }

    private static Mono<Fingerprint> parts(Fingerprint print, MultiValueMap<String, Part> parts) {
        return Flux.fromIterable(new TreeMap<>(parts).values())
                .concatMapIterable(named -> named)
                .concatMap(part -> add(part, print))
                .then(Mono.just(print));
    }

    private static Mono<Void> add(Part part, Fingerprint print) {
        return Mono.defer(() -> {
            print.part(
                    part.name(),
                    String.valueOf(part instanceof FilePart file ? file.filename() : null),
                    String.valueOf(part.headers().getFirst(HttpHeaders.CONTENT_TYPE)));
            return part.content().doOnNext(buffer -> add(buffer, print)).then();
        });
    }

    /**
     * Copies the buffer without moving its position, because a part in memory has one buffer, which the handler reads
     * too.
     */
    private static void add(DataBuffer buffer, Fingerprint print) {
        byte[] copy = new byte[buffer.readableByteCount()];
        buffer.toByteBuffer(buffer.readPosition(), ByteBuffer.wrap(copy), 0, copy.length);
        print.content(copy);
        if (buffer instanceof PooledDataBuffer) {
            DataBufferUtils.release(buffer);
        }
    }
}
