package dev.retrykit.spring.idempotency.neighbor;

import dev.retrykit.annotation.Idempotent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.http.codec.multipart.FormFieldPart;
import org.springframework.http.codec.multipart.Part;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Handlers of WebFlux, each of which answers what it reads, in its own way. */
@RestController
@RequestMapping(method = {RequestMethod.POST, RequestMethod.PUT})
class FluxReaders {

    record Fields(List<String> a, String b, String c) {}

    @Idempotent(required = false)
    @RequestMapping("/form-data")
    Mono<String> formData(ServerWebExchange exchange) {
        return exchange.getFormData().map(fields -> new TreeMap<>(fields).toString());
    }

    @Idempotent(required = false)
    @RequestMapping("/form-data-and-parameter")
    Mono<String> formDataAndParameter(ServerWebExchange exchange, @RequestParam List<String> a) {
        return exchange.getFormData().map(fields -> a + " " + new TreeMap<>(fields));
    }

    @Idempotent(required = false)
    @RequestMapping("/string")
    Mono<String> string(@RequestBody(required = false) Mono<String> body) {
        return body.map(text -> "read " + text).defaultIfEmpty("read nothing");
    }

    @Idempotent(required = false)
    @RequestMapping("/bytes")
    Mono<String> bytes(@RequestBody(required = false) byte[] body) {
        return Mono.just("read " + (body == null ? "nothing" : new String(body, StandardCharsets.UTF_8)));
    }

    @Idempotent(required = false)
    @RequestMapping("/buffers")
    Mono<String> buffers(ServerWebExchange exchange) {
        return DataBufferUtils.join(exchange.getRequest().getBody())
                .map(buffer -> {
                    String text = buffer.toString(StandardCharsets.UTF_8);
                    DataBufferUtils.release(buffer);
                    return "read " + text;
                })
                .defaultIfEmpty("read nothing");
    }

    @Idempotent(required = false)
    @RequestMapping("/model")
    Mono<String> model(@ModelAttribute Fields fields) {
        return Mono.just(fields.toString());
    }

    @Idempotent(required = false)
    @RequestMapping("/multipart-data")
    Mono<String> multipartData(ServerWebExchange exchange) {
        return exchange.getMultipartData()
                .flatMapMany(parts -> Flux.fromIterable(new TreeMap<>(parts.toSingleValueMap()).values()))
                .concatMap(FluxReaders::text)
                .collectList()
                .map(List::toString);
    }

    @Idempotent(required = false)
    @RequestMapping("/file")
    Mono<String> file(@RequestPart("file") FilePart file, @RequestPart("note") FormFieldPart note) {
        return text(file).map(text -> file.filename() + " " + text + " " + note.value());
    }

    private static Mono<String> text(Part part) {
        return DataBufferUtils.join(part.content()).map(buffer -> {
            String text = buffer.toString(StandardCharsets.UTF_8);
            DataBufferUtils.release(buffer);
            return part.name() + "=" + text;
        });
    }
}
