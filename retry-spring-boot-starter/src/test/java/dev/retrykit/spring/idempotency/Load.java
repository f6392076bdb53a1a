package dev.retrykit.spring.idempotency;

import com.sun.management.OperatingSystemMXBean;
import dev.retrykit.annotation.Idempotent;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.springframework.boot.WebApplicationType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * What keys cost: the same endpoint with and without them, with each store, in one run. A program, not a test: its figures
 * are in the documents. Each store gets a new application; the plain endpoint is measured in the same one. The first is
 * there twice: the first time the machine's code is cold. Arguments: stores, if not all.
 */
public final class Load {

    private static final int WARM_UP = 12_000;
    private static final int REQUESTS = 10_000;
    private static final int THREADS = 4;

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private Load() {}

    @RestController
    static class Controller {

        private final JdbcTemplate jdbc;

        Controller(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @PostMapping("/plain")
        Map<String, Object> plain(@RequestBody Map<String, Object> order) {
            return Map.of("id", "1", "order", order);
        }

        @Idempotent
        @PostMapping("/keyed")
        Map<String, Object> keyed(@RequestBody Map<String, Object> order) {
            return Map.of("id", "1", "order", order);
        }

        @Transactional
        @PostMapping("/plain-row")
        public Map<String, Object> plainRow(@RequestBody Map<String, Object> order) {
            return row(order);
        }

        @Idempotent
        @Transactional
        @PostMapping("/keyed-row")
        public Map<String, Object> keyedRow(@RequestBody Map<String, Object> order) {
            return row(order);
        }

        private Map<String, Object> row(Map<String, Object> order) {
            jdbc.update(
                    "insert into load_rows (id) values (?)", UUID.randomUUID().toString());
            return Map.of("id", "1", "order", order);
        }
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println("store     endpoint    req/s    mean us   p50 us   p99 us   CPU us");
        String[] all = {"memory", "memory", "redis", "h2", "postgres", "mariadb"};
        for (String store : arguments.length == 0 ? all : arguments) {
            measure(store);
        }
        System.exit(0);
    }

    private static void measure(String store) throws Exception {
        Map<String, Object> settings = new HashMap<>();
        settings.put("retrykit.idempotency.initialize-schema", "always");
        settings.put("retrykit.idempotency.memory.max-keys", "1000000");
        settings.put("logging.level.root", "WARN");
        settings.put(
                "spring.datasource.url",
                switch (store) {
                    case "postgres" -> Servers.postgresUrl();
                    case "mariadb" -> Servers.mariaDbUrl();
                    default -> "jdbc:h2:mem:" + UUID.randomUUID();
                });
        settings.put("retrykit.idempotency.store", store.equals("memory") || store.equals("redis") ? store : "jdbc");
        try (Shop shop = store.equals("redis")
                ? Shop.start(WebApplicationType.SERVLET, settings, Controller.class, FiftyThreadsTests.Redis.class)
                : Shop.start(WebApplicationType.SERVLET, settings, Controller.class)) {
            shop.bean(JdbcTemplate.class).execute("create table if not exists load_rows (id varchar(36))");
            for (String path : new String[] {"/plain", "/keyed", "/plain-row", "/keyed-row"}) {
                run(shop, path, WARM_UP);
            }
            for (String path : new String[] {"/plain", "/keyed", "/plain-row", "/keyed-row"}) {
                report(store, path, run(shop, path, REQUESTS));
            }
        }
    }

    private static void report(String store, String path, long[][] nanos) {
        long[] sorted = nanos[0];
        double seconds = nanos[1][0] / 1e9;
        double processor = nanos[1][1] / 1e3 / sorted.length;
        double mean = Arrays.stream(sorted).average().orElse(0) / 1_000;
        System.out.printf(
                "%-9s %-10s %7.0f %9.0f %8.0f %8.0f %8.0f%n",
                store,
                path,
                sorted.length / seconds,
                mean,
                sorted[sorted.length / 2] / 1e3,
                sorted[sorted.length * 99 / 100] / 1e3,
                processor);
    }

    private static long[][] run(Shop shop, String path, int requests) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        long[] nanos = new long[requests];
        long begin = System.nanoTime();
        long processor = processorNanos();
        Future<?>[] all = new Future<?>[THREADS];
        for (int t = 0; t < THREADS; t++) {
            int first = t;
            all[t] = threads.submit(() -> {
                for (int i = first; i < requests; i += THREADS) {
                    HttpRequest request = HttpRequest.newBuilder(URI.create(shop.url(path)))
                            .header("Content-Type", "application/json")
                            .header("Idempotency-Key", UUID.randomUUID().toString())
                            .POST(BodyPublishers.ofString("{\"cents\":10,\"currency\":\"EUR\",\"to\":\"somebody\"}"))
                            .build();
                    long start = System.nanoTime();
                    int status = CLIENT.send(request, BodyHandlers.discarding()).statusCode();
                    nanos[i] = System.nanoTime() - start;
                    if (status != 200) {
                        throw new IllegalStateException("answered " + status);
                    }
                }
                return null;
            });
        }
        for (Future<?> each : all) {
            each.get();
        }
        threads.shutdown();
        long took = System.nanoTime() - begin;
        Arrays.sort(nanos);
        return new long[][] {nanos, {took, processorNanos() - processor}};
    }

    /** Of the client and the server together: what other processes do changes it less than the time. */
    private static long processorNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
}
