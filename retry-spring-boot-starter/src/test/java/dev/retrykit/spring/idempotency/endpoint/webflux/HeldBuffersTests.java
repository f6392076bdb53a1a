package dev.retrykit.spring.idempotency.endpoint.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.idempotency.store.Claim;
import dev.retrykit.spring.idempotency.store.ClaimRequest;
import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.spring.idempotency.store.MemoryStore;
import dev.retrykit.spring.idempotency.store.StoredState;
import dev.retrykit.time.TimeSource;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Callers who leave while their answers are being kept: nobody's buffer stays. */
@Tag("server")
@ExtendWith(OutputCaptureExtension.class)
class HeldBuffersTests {

    private static final int AT_ONCE = 12;
    private static final int BATCHES = 100;
    private static final String LARGE = "x".repeat(20_000);

    private static final Semaphore keeping = new Semaphore(0);
    private static final Semaphore mayKeep = new Semaphore(0);
    private static final Semaphore kept = new Semaphore(0);
    private static final Semaphore gone = new Semaphore(0);

    /** Fewer than all on a busy machine: after 500 ms a caller is answered although the store has not. */
    private static final LongAdder left = new LongAdder();

    private Level before;

    @BeforeEach
    void watchClosely() {
        before = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(Level.PARANOID);
    }

    @AfterEach
    void watchAsBefore() {
        ResourceLeakDetector.setLevel(before);
    }

    /** Keeps an answer only when it is told to. */
    record SlowStore(MemoryStore store) implements IdempotencyStore {

        @Override
        public String name() {
            return "slow";
        }

        @Override
        public StoredState claim(ClaimRequest request) {
            return store.claim(request);
        }

        @Override
        public boolean renew(Claim claim, Duration lease) {
            return store.renew(claim, lease);
        }

        @Override
        public boolean complete(Claim claim, Answer answer, Duration keep) {
            keeping.release();
            mayKeep.acquireUninterruptibly();
            boolean completed = store.complete(claim, answer, keep);
            kept.release();
            return completed;
        }

        @Override
        public Release release(Claim claim, Duration keep) {
            return store.release(claim, keep);
        }

        @Override
        public boolean free(String id) {
            return store.free(id);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Beans {

        @Bean
        SlowStore store() {
            return new SlowStore(new MemoryStore(TimeSource.system(), 100_000, 1_000_000_000));
        }

        @Bean
        WebFilter departures() {
            return (exchange, chain) ->
                    chain.filter(exchange).doOnCancel(left::increment).doFinally(end -> gone.release());
        }
    }

    @RestController
    static class Controller {

        @Idempotent
        @PostMapping("/text")
        Mono<String> text() {
            return Mono.just(LARGE);
        }

        /** From the server's own buffers. */
        @Idempotent
        @PostMapping("/buffers")
        Mono<Void> buffers(ServerHttpResponse response) {
            return response.writeWith(Flux.range(0, 5).map(i -> {
                DataBuffer buffer = response.bufferFactory().allocateBuffer(4_000);
                return buffer.write(LARGE.substring(0, 4_000), StandardCharsets.UTF_8);
            }));
        }
    }

    @Test
    void releasesWhatItHeldForCallersWhoLeft(CapturedOutput output) throws Exception {
        try (Shop shop = Shop.start(WebApplicationType.REACTIVE, Map.of(), Beans.class, Controller.class)) {
            for (int batch = 0; batch < BATCHES; batch++) {
                leave(shop, batch % 2 == 0 ? "/text" : "/buffers");
            }
            mayKeep.release(2 * AT_ONCE);
            for (int i = 0; i < 2 * AT_ONCE; i++) {
                if (i % AT_ONCE == 0) {
                    System.gc(); // a buffer that was not released is reported at an allocation after it was collected
                }
                assertThat(shop.post(
                                        i % 2 == 0 ? "/text" : "/buffers",
                                        UUID.randomUUID().toString(),
                                        "")
                                .body())
                        .hasSize(LARGE.length());
            }
        }
        assertThat(output).doesNotContain("LEAK");
        assertThat(left.sum()).as("callers who left before they had a response").isPositive();
    }

    private static void leave(Shop shop, String path) throws IOException, InterruptedException {
        URI url = URI.create(shop.url(path));
        List<Socket> callers = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            Socket caller = new Socket(url.getHost(), url.getPort());
            caller.getOutputStream()
                    .write(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nIdempotency-Key: "
                                    + UUID.randomUUID() + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            callers.add(caller);
        }
        assertThat(keeping.tryAcquire(AT_ONCE, 1, TimeUnit.MINUTES)).isTrue();
        for (Socket caller : callers) {
            caller.close();
        }
        assertThat(gone.tryAcquire(AT_ONCE, 1, TimeUnit.MINUTES)).isTrue();
        mayKeep.release(AT_ONCE);
        assertThat(kept.tryAcquire(AT_ONCE, 1, TimeUnit.MINUTES)).isTrue();
    }
}
