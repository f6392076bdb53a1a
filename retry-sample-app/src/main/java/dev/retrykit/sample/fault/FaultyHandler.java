package dev.retrykit.sample.fault;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.retrykit.time.TimeSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** Handles GET requests below one path, with the configured faults. Thread-safe. */
final class FaultyHandler implements HttpHandler {

    private final String path;
    private final Function<String, String> answers;
    private final Dice dice;
    private volatile Faults faults = Faults.NONE;
    private volatile Tally tally = new Tally(new AtomicLong(), new AtomicLong());

    /**
     * Creates a handler.
     *
     * @param path with a trailing slash; the rest of a request's path is the article
     * @param answers maps an article to a JSON response
     */
    FaultyHandler(String path, Function<String, String> answers, Dice dice) {
        this.path = path;
        this.answers = answers;
        this.dice = dice;
    }

    void faults(Faults next) {
        faults = next;
    }

    void reset() {
        faults = Faults.NONE;
        tally = new Tally(new AtomicLong(), new AtomicLong());
    }

    FaultReport report(String service) {
        Faults now = faults;
        Tally counted = tally;
        long failed = counted.failed.get(); // read first, because a request is received before it fails
        return new FaultReport(
                service, now.failureRate(), now.latencyMs(), now.status(), counted.received.get(), failed);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String article = exchange.getRequestURI().getPath().substring(path.length());
            if (!exchange.getRequestMethod().equals("GET")) {
                send(exchange, 405, "{\"error\":\"only GET is supported\"}");
            } else if (article.isEmpty()) {
                send(exchange, 404, "{\"error\":\"the article is missing\"}");
            } else {
                answer(exchange, article);
            }
        } catch (InterruptedException shutdown) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(HttpExchange exchange, String article) throws IOException, InterruptedException {
        Faults now = faults;
        Tally counted =
                tally; // keeps the current counts: a request that is overtaken by a reset counts only in the old ones
        counted.received.incrementAndGet();
        boolean fails = now.failureRate() > 0 && dice.roll() < now.failureRate();
        if (fails) {
            counted.failed.incrementAndGet();
        }
        TimeSource.system().sleep(TimeUnit.MILLISECONDS.toNanos(now.latencyMs()));
        if (fails) {
            send(exchange, now.status(), "{\"error\":\"the service is unavailable\"}");
        } else {
            send(exchange, 200, answers.apply(article));
        }
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private record Tally(AtomicLong received, AtomicLong failed) {}
}
