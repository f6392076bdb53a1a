package dev.retrykit.spring.server;

import dev.retrykit.RetryContext;
import dev.retrykit.annotation.Idempotent;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryEvent.Retrying;
import dev.retrykit.event.RetryListener;
import dev.retrykit.spring.SharedReactorResources;
import dev.retrykit.spring.idempotency.AtOnce;
import dev.retrykit.spring.idempotency.Waiting;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A service on a real socket, with a listener container, that is closed while each third first attempt has failed. */
final class ClosingApp implements AutoCloseable {

    private static final String POLICY = "retrykit.policies.work.";

    final ConfigurableApplicationContext context;

    private final HttpClient client = HttpClient.newHttpClient();

    private ClosingApp(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** Starts one; requests and messages wait for one another before they fail. */
    static ClosingApp start(WebApplicationType type, int calls, Map<String, Object> settings) {
        return start(type, calls, (calls + 2) / 3, settings);
    }

    /** Starts one of whose calls that many fail. */
    static ClosingApp start(WebApplicationType type, int calls, int failing, Map<String, Object> settings) {
        return new ClosingApp(new SpringApplicationBuilder(Application.class)
                .web(type)
                .bannerMode(Banner.Mode.OFF)
                .initializers(
                        new SharedReactorResources(),
                        app -> app.getBeanFactory().registerSingleton("load", new Load(calls, failing)))
                .properties(Map.of(
                        "server.port",
                        "0",
                        "server.shutdown",
                        "graceful",
                        "server.address",
                        "127.0.0.1",
                        "spring.autoconfigure.exclude",
                        "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
                        POLICY + "backoff.strategy",
                        "fixed",
                        POLICY + "jitter",
                        "none",
                        POLICY + "budget.unlimited",
                        "true"))
                .properties(settings)
                .run());
    }

    /** Sends a request from a thread of its own. */
    CompletableFuture<HttpResponse<String>> get(String path, int number) {
        URI uri = URI.create("http://127.0.0.1:" + context.getEnvironment().getRequiredProperty("local.server.port")
                + path + "?number=" + number);
        return client.sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The same as a POST, with the given headers. */
    CompletableFuture<HttpResponse<String>> post(String path, String... headers) {
        URI uri = URI.create("http://127.0.0.1:" + context.getEnvironment().getRequiredProperty("local.server.port")
                + path + "?number=0");
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.noBody());
        return client.sendAsync(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    Load load() {
        return context.getBean(Load.class);
    }

    Listeners listeners() {
        return context.getBean(Listeners.class);
    }

    @Override
    public void close() {
        context.close();
    }

    /** What tells when to close. */
    static final class Load {

        private final CountDownLatch missing;
        private final CompletableFuture<Void> together = new CompletableFuture<>();
        final CountDownLatch delays;

        private Load(int calls, int failing) {
            this.missing = new CountDownLatch(calls);
            this.delays = new CountDownLatch(failing);
        }

        /** All calls are inside of their first attempt. */
        CompletableFuture<Void> enter() {
            if (attempt() == 1) {
                missing.countDown();
                if (missing.getCount() == 0) {
                    together.complete(null);
                }
            }
            return together;
        }

        void awaitAttempts() {
            together.orTimeout(30, TimeUnit.SECONDS).join();
        }

        static int attempt() {
            return RetryContext.current().orElseThrow().attempt();
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import({Work.class, Controller.class, Listeners.class})
    static class Application {

        @Bean
        RetryListener delays(Load load) {
            return event -> {
                if (event instanceof Retrying) {
                    load.delays.countDown();
                }
            };
        }
    }

    /** What takes a tenth of a second, and fails each third time, but not twice. */
    static class Work {

        private static final Duration TIME = Duration.ofMillis(100);

        private final Load load;

        Work(Load load) {
            this.load = load;
        }

        @Retryable("work")
        public String plain(int number) throws Exception {
            load.enter().get(30, TimeUnit.SECONDS);
            Waiting.nanos(TIME.toNanos());
            return answer(number, Load.attempt());
        }

        @Retryable("work")
        public CompletableFuture<String> stage(int number) {
            return later(number).toFuture();
        }

        @Retryable("work")
        public Mono<String> mono(int number) {
            return later(number);
        }

        private Mono<String> later(int number) {
            int attempt = Load.attempt();
            CompletableFuture<Void> together = load.enter();
            return Mono.fromFuture(together, true)
                    .then(Mono.delay(TIME))
                    .flatMap(done -> Mono.fromCallable(() -> answer(number, attempt)));
        }

        private static String answer(int number, int attempt) throws SocketTimeoutException {
            if (number % 3 == 0 && attempt == 1) {
                throw new SocketTimeoutException("Read timed out");
            }
            return "done";
        }
    }

    @RestController
    static class Controller {

        private final Work work;

        Controller(Work work) {
            this.work = work;
        }

        @GetMapping("plain")
        String plain(@RequestParam("number") int number) throws Exception {
            return work.plain(number);
        }

        @PostMapping("plain")
        String post(@RequestParam("number") int number) throws Exception {
            return work.plain(number);
        }

        @PostMapping("mono")
        Mono<String> postMono(@RequestParam("number") int number) {
            return work.mono(number);
        }

        @Idempotent
        @PostMapping("keyed/plain")
        String keyed(@RequestParam("number") int number) throws Exception {
            return work.plain(number);
        }

        @Idempotent
        @PostMapping("keyed/mono")
        Mono<String> keyedMono(@RequestParam("number") int number) {
            return work.mono(number);
        }

        @GetMapping("stage")
        CompletableFuture<String> stage(@RequestParam("number") int number) {
            return work.stage(number);
        }

        @GetMapping("mono")
        Mono<String> mono(@RequestParam("number") int number) {
            return work.mono(number);
        }
    }

    /** As Kafka's containers do it: at their phase it waits for the messages in hand. */
    static class Listeners implements SmartLifecycle {

        private static final int PHASE = Integer.MAX_VALUE - 100;

        private final Work work;
        private final List<CompletableFuture<?>> messages = new ArrayList<>();
        private volatile boolean running;

        Listeners(Work work) {
            this.work = work;
        }

        /** A message on a thread of its own; what fails is a dead letter. */
        synchronized CompletableFuture<String> take(int number) {
            CompletableFuture<String> message = AtOnce.start(() -> {
                try {
                    return work.plain(number);
                } catch (Exception failed) {
                    throw new IllegalStateException("dead letter", failed);
                }
            });
            messages.add(message);
            return message;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
        }

        @Override
        public synchronized void stop(Runnable stopped) {
            running = false;
            CompletableFuture.allOf(messages.toArray(CompletableFuture[]::new))
                    .whenComplete((done, failed) -> stopped.run());
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return PHASE;
        }
    }
}
