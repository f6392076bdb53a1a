package dev.retrykit.spring.idempotency.reactive;

import dev.retrykit.spring.idempotency.HeldClaim;
import dev.retrykit.spring.idempotency.http.Endpoint;
import dev.retrykit.spring.idempotency.http.EndpointRequest;
import dev.retrykit.spring.idempotency.http.Fingerprint;
import dev.retrykit.spring.idempotency.http.KeyedRequest;
import dev.retrykit.spring.idempotency.store.Answer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.codec.multipart.Part;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** One request that may be an endpoint's, from the filter to the controller and back. Stores may block: not here. */
final class ReactiveExchange {

    private static final String NAME = ReactiveExchange.class.getName();

    private final HeldResponse response;
    private final HeldExchange exchange;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable KeyedRequest armed;
    private volatile @Nullable HeldClaim claim;
    private volatile boolean gone;

    ReactiveExchange(ServerWebExchange original, ServerCodecConfigurer codecs) {
        this.response = new HeldResponse(original.getResponse());
        this.exchange = new HeldExchange(original, response, codecs);
        original.getAttributes().put(NAME, this);
    }

    static @Nullable ReactiveExchange of(ServerWebExchange exchange) {
        return exchange.getAttribute(NAME);
    }

    ServerWebExchange exchange() {
        return exchange;
    }

    /** Whether it is an endpoint's whose controller hasn't been called yet. */
    boolean isWaiting() {
        return armed != null && claim == null;
    }

    /** It is an endpoint's: what the request consists of is read, and what is answered is held. */
    Mono<Void> arm(Endpoint endpoint, String key, EndpointRequest about) {
        int most = endpoint.rules().maxBody();
        return exchange.hold(most)
                .onErrorMap(DataBufferLimitException.class, tooLarge -> endpoint.tooLarge())
                .doOnNext(body -> {
                    armed = new KeyedRequest(endpoint, key, about, fingerprint(endpoint.fingerprint(about), body));
                    response.hold(most, endpoint.rules().headers(), answer -> settle(response.status(), answer));
                })
                .then();
    }

    private String fingerprint(Fingerprint print, byte[] body) {
        return print.isMultipart()
                ? multipart(print, body, exchange.getRequest().getHeaders().getContentType())
                : print.body(body).hex();
    }

    /** What stands between the boundaries; a boundary never stands in it. */
    private static String multipart(Fingerprint print, byte[] body, @Nullable MediaType type) {
        String boundary = type == null ? null : type.getParameter("boundary");
        if (boundary == null || boundary.isEmpty()) {
            return print.body(body).hex();
        }
        String text = new String(body, StandardCharsets.ISO_8859_1);
        for (String part : text.split(Pattern.quote("--" + boundary), -1)) {
            print.part(part);
        }
        return print.hex();
    }

    /** The caller may call the controller: decides whether that happens. */
    Mono<Void> enter(@Nullable Object[] arguments) {
        KeyedRequest known = armed;
        if (known == null) {
            return Mono.empty();
        }
        return Mono.<Void>fromRunnable(() -> open(known, arguments)).subscribeOn(Schedulers.boundedElastic());
    }

    private void open(KeyedRequest known, @Nullable Object[] arguments) {
        claim = known.claim(arguments);
        if (gone) {
            abandon();
        }
    }

    /** The answer is known, and nobody has it yet. */
    private Mono<Void> settle(int status, @Nullable Answer answer) {
        return Mono.defer(() -> {
            KeyedRequest known = armed;
            HeldClaim held = claim;
            if (known == null || held == null || !ended.compareAndSet(false, true)) {
                return Mono.empty();
            }
            return Mono.<Void>fromRunnable(() -> known.endpoint().settle(held, status, answer))
                    .subscribeOn(Schedulers.boundedElastic());
        });
    }

    /** It is answered, perhaps with nothing. */
    Mono<Void> end() {
        return response.settleEmpty();
    }

    /** No handler of the application's resolved what failed; what comes after decides by its status. */
    Mono<Void> failed(Throwable failure) {
        if (response.isCommitted()) {
            return Mono.fromRunnable(this::abandon);
        }
        int status = status(failure);
        return settle(status, new Answer(status, true, List.of(), new byte[0]));
    }

    private static int status(Throwable failure) {
        if (failure instanceof ErrorResponse known) {
            return known.getStatusCode().value();
        }
        ResponseStatus status = AnnotatedElementUtils.findMergedAnnotation(failure.getClass(), ResponseStatus.class);
        return status == null ? 500 : status.code().value();
    }

    /** Nobody waits for an answer any more. */
    private void abandon() {
        gone = true;
        HeldClaim held = claim;
        if (held != null && ended.compareAndSet(false, true)) {
            held.abandon();
        }
    }

    /** The one who subscribed is gone. */
    void cancelled() {
        abandon();
        cleaned().subscribe();
    }

    /** Removes files of an upload. */
    Mono<Void> cleaned() {
        return armed == null
                ? Mono.empty()
                : exchange.getMultipartData()
                        .onErrorComplete()
                        .flatMapIterable(parts -> parts.values())
                        .flatMap(Flux::fromIterable)
                        .flatMap(Part::delete)
                        .onErrorComplete()
                        .then();
    }
}
