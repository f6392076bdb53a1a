package dev.retrykit.spring.idempotency.crash;

import dev.retrykit.spring.idempotency.Servers;
import dev.retrykit.spring.idempotency.Waiting;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Two processes that take payments, each killed again and again, and clients that ask with one key until they are answered. */
final class KilledProcesses {

    private static final int PROCESSES = 2;
    private static final int CLIENTS = 8;

    /** Jars that no payment needs, and with which a process takes half as long again to start. */
    private static final List<String> UNUSED = List.of(
            "grpc",
            "jetty",
            "kotlin",
            "lettuce",
            "netty",
            "reactor",
            "rxjava",
            "spring-boot-actuator",
            "spring-boot-health",
            "spring-boot-micrometer",
            "spring-boot-reactor",
            "spring-boot-starter-actuator",
            "spring-boot-webclient",
            "spring-boot-webflux",
            "spring-data-redis",
            "spring-security",
            "spring-webflux");

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    private final DataSource database = Servers.postgres();
    private final JdbcTemplate jdbc = new JdbcTemplate(database);
    private final int[] ports = {Servers.freePort(), Servers.freePort()};
    private final AtomicInteger kills = new AtomicInteger();
    private final AtomicInteger killedInHandlers = new AtomicInteger();
    private final AtomicInteger[] inHandlers = {new AtomicInteger(), new AtomicInteger()};
    private final LongAdder requests = new LongAdder();
    private final ConcurrentHashMap<String, LongAdder> answers = new ConcurrentHashMap<>();
    private final boolean fence;
    private final long seed;
    private volatile boolean over;
    private boolean untilDoubled;

    KilledProcesses(boolean fence, long seed) {
        this.fence = fence;
        this.seed = seed;
    }

    /**
     * What came of it.
     *
     * @param inHandlers kills while a request was at the process
     * @param keys payments that a client was answered for
     * @param missing those without a row in the ledger
     * @param doubled those with several rows
     * @param answers by status and whether it was a replay
     */
    record Result(int kills, int inHandlers, long requests, int keys, int missing, int doubled, String answers) {}

    /** Until so many were killed, or already when a payment was made twice. */
    Result runUntilDoubled(int most) throws Exception {
        untilDoubled = true;
        return run(most);
    }

    Result run(int wanted) throws Exception {
        jdbc.execute("drop table if exists ledger");
        jdbc.execute("create table ledger (id serial primary key, payment varchar(64), process bigint)");
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Future<?>> killers = new ArrayList<>();
        List<Future<List<String>>> clients = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            int slot = i;
            killers.add(threads.submit(() -> {
                kill(slot, wanted);
                return null;
            }));
        }
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            clients.add(threads.submit(() -> pay(new Random(seed + number))));
        }
        for (Future<?> killer : killers) {
            killer.get();
        }
        over = true;
        Process last = start(0);
        List<String> keys = new ArrayList<>();
        for (Future<List<String>> each : clients) {
            keys.addAll(each.get());
        }
        last.destroyForcibly().waitFor();
        threads.shutdown();
        return result(keys);
    }

    private Result result(List<String> keys) {
        int missing = 0;
        int doubled = 0;
        for (String key : keys) {
            Integer rows = jdbc.queryForObject("select count(*) from ledger where payment = ?", Integer.class, key);
            missing += rows == 0 ? 1 : 0;
            doubled += rows > 1 ? 1 : 0;
        }
        return new Result(
                kills.get(),
                killedInHandlers.get(),
                requests.sum(),
                keys.size(),
                missing,
                doubled,
                new TreeMap<>(answers).toString());
    }

    private void kill(int slot, int wanted) throws IOException, InterruptedException {
        Random random = new Random(seed + 1000 + slot);
        while (kills.get() < wanted && !(untilDoubled && isOneDoubled())) {
            Process process = start(slot);
            Waiting.nanos(50_000_000 + random.nextInt(250_000_000));
            int at = inHandlers[slot].get();
            process.destroyForcibly().waitFor();
            kills.incrementAndGet();
            killedInHandlers.addAndGet(at > 0 ? 1 : 0);
        }
    }

    private boolean isOneDoubled() {
        return jdbc.queryForObject(
                        "select count(*) from (select payment from ledger group by payment having count(*) > 1) doubled",
                        Integer.class)
                > 0;
    }

    /** Starts one and waits until it answers. */
    private Process start(int slot) throws IOException, InterruptedException {
        Process process = process(ports[slot], fence);
        while (true) {
            if (!process.isAlive()) {
                throw new IllegalStateException("a process ended by itself with " + process.exitValue());
            }
            try {
                client.send(request(slot, null), BodyHandlers.discarding());
                return process;
            } catch (IOException notYet) {
                Waiting.nanos(20_000_000);
            }
        }
    }

    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> UNUSED.stream().noneMatch(new File(entry).getName()::startsWith))
                .collect(Collectors.joining(File.pathSeparator));
    }

    static Process process(int port, boolean fence) throws IOException {
        return new ProcessBuilder(
                        new File(System.getProperty("java.home"), "bin/java").getPath(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "-Xmx256m",
                        "-cp",
                        classPath(),
                        PaymentProcess.class.getName(),
                        String.valueOf(port),
                        Servers.postgresUrl(),
                        String.valueOf(fence))
                .redirectErrorStream(true)
                .redirectOutput(new File("target/payment-process-" + port + ".log"))
                .start();
    }

    private HttpRequest request(int slot, String key) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + ports[slot] + "/payments"))
                .timeout(Duration.ofSeconds(20))
                .POST(BodyPublishers.noBody());
        return (key == null ? request : request.header("Idempotency-Key", key)).build();
    }

    /** Pays, each payment until there is an answer. */
    private List<String> pay(Random random) throws InterruptedException {
        List<String> keys = new ArrayList<>();
        while (!over) {
            String key = UUID.randomUUID().toString();
            while (!isAnswered(key, over ? 0 : random.nextInt(PROCESSES))) {
                Waiting.nanos(20_000_000);
            }
            keys.add(key);
        }
        return keys;
    }

    private boolean isAnswered(String key, int slot) throws InterruptedException {
        requests.increment();
        inHandlers[slot].incrementAndGet();
        try {
            HttpResponse<String> response = client.send(request(slot, key), BodyHandlers.ofString());
            boolean known = response.statusCode() == 201 || response.body().contains("its response was not stored");
            String replayed =
                    response.headers().firstValue("Idempotent-Replayed").isPresent() ? " replayed" : "";
            answers.computeIfAbsent(response.statusCode() + replayed + (known ? " known" : ""), x -> new LongAdder())
                    .increment();
            return known;
        } catch (IOException killed) {
            answers.computeIfAbsent("no answer", x -> new LongAdder()).increment();
            return false;
        } finally {
            inHandlers[slot].decrementAndGet();
        }
    }
}
