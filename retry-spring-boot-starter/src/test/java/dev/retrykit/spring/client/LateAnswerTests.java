package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.event.RetryEvent;
import dev.retrykit.spring.idempotency.Waiting;
import dev.retrykit.time.TimeSource;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;

/** An answer that comes just when its attempt's time is up is nobody's, and is released. */
@Tag("server")
class LateAnswerTests {

    private static final String YML = """
            retrykit:
              policies: { p: { max-attempts: 3, attempt-timeout: 30ms, backoff: { delay: 1ms }, budget: { unlimited: true } } }
              http.guards: [ { host: localhost, policy: p } ]
            """;

    private final ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
    private final List<String> leaks = new CopyOnWriteArrayList<>();

    @BeforeEach
    void watch() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ByteBufUtil.setLeakListener((type, records) -> leaks.add(records));
    }

    @AfterEach
    void restore() {
        ResourceLeakDetector.setLevel(before);
        ByteBufUtil.setLeakListener(null);
    }

    @Test
    void isReleased() throws Exception {
        List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
        try (KeptServer server = new KeptServer((request, out) -> {
            Waiting.nanos((28 + Math.floorMod(request.hashCode(), 5)) * 1_000_000L);
            return out.answer(503, "x".repeat(3000));
        })) {
            HttpApps.with(YML, ended)
                    .withAllowBeanDefinitionOverriding(true)
                    .withBean("timeSource", TimeSource.class, TimeSource::system)
                    .run(app -> {
                        WebClient client = app.getBean(WebClient.Builder.class).build();
                        Flux.range(0, 600)
                                .flatMap(
                                        i -> client.get()
                                                .uri(server.url("/" + i))
                                                .retrieve()
                                                .bodyToMono(String.class)
                                                .onErrorResume(failed -> reactor.core.publisher.Mono.empty()),
                                        32)
                                .blockLast();
                        collect();
                    });
        }
        assertThat(ended).extracting(end -> end.attempts()).contains(3);
        // 40 to 80 without the discards; Reactor Netty itself loses one now and then
        assertThat(leaks).hasSizeLessThanOrEqualTo(3);
    }

    /** Netty tells of a leaked buffer when another one is made after it was collected. */
    private static void collect() {
        List<byte[]> garbage = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            System.gc();
            garbage.add(new byte[1024]);
            for (int j = 0; j < 200; j++) {
                io.netty.buffer.PooledByteBufAllocator.DEFAULT.directBuffer(256).release();
            }
        }
        assertThat(garbage).hasSize(5);
    }
}
