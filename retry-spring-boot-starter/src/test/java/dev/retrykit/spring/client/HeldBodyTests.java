package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Uploads that are larger than the memory of the process that makes them, to a host that is guarded and to one that isn't.
 * {@code -Duploads.megabytes=600} is for their size.
 */
@Tag("process")
@Timeout(300)
class HeldBodyTests {

    private static final long MEGABYTE = 1 << 20;

    /** More than the heap. */
    private static final int MEGABYTES = Integer.getInteger("uploads.megabytes", 140);

    @TempDir
    private Path directory;

    private final AtomicInteger plain = new AtomicInteger();
    private final AtomicInteger retried = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private volatile int status = 200;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.createContext("/", this::take);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** Reads all, and answers with the size in megabytes: parts have some bytes more than a file. */
    private void take(HttpExchange exchange) throws IOException {
        (exchange.getRequestURI().getQuery().equals("plain") ? plain : retried).incrementAndGet();
        byte[] buffer = new byte[256 * 1024];
        long size = 0;
        try (InputStream in = exchange.getRequestBody()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                size += read;
            }
        }
        byte[] answer = (size / MEGABYTE + " MB").getBytes(StandardCharsets.US_ASCII);
        exchange.sendResponseHeaders(status, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    @ParameterizedTest
    @CsvSource({"JDK, other.example", "REACTOR, localhost"})
    void uploadsPassWhateverIsGuarded(Transport transport, String guarded) throws Exception {
        List<String> lines = upload(transport, guarded, MEGABYTES);
        List<String> uploads = uploads(lines);
        assertThat(uploads)
                .hasSize(transport.isReactive() ? 18 : 12)
                .allSatisfy(upload -> assertThat(upload).endsWith(": " + MEGABYTES + " MB"));
        assertThat(plain).hasValue(uploads.size() / 2);
        assertThat(retried).hasValue(uploads.size() / 2);
        assertThat(lines)
                .filteredOn(line -> line.contains("WARN") && line.contains("retrykit.http.max-held-body"))
                .hasSize(guarded.equals("localhost") ? 1 : 0);
    }

    /** The policy of the guard has three attempts; what a retried method around it does is its own business. */
    @ParameterizedTest
    @CsvSource({"JDK", "HTTP_COMPONENTS", "JETTY", "REACTOR", "SIMPLE"})
    void whatIsTooLargeToBeHeldMakesOneAttempt(Transport transport) throws Exception {
        status = 503;
        List<String> uploads = uploads(upload(transport, "localhost", 2));
        assertThat(uploads).isNotEmpty().allSatisfy(upload -> assertThat(upload).contains("503"));
        assertThat(plain).hasValue(uploads.size() / 2);
    }

    private static List<String> uploads(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith("UPLOAD ")).toList();
    }

    private List<String> upload(Transport transport, String guarded, int megabytes) throws Exception {
        Path file = directory.resolve("upload");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(megabytes * MEGABYTE);
        }
        Path output =
                Path.of("target", "http", "uploads-on-" + transport + "-guarded-" + guarded + "-" + megabytes + ".txt");
        Files.createDirectories(output.getParent());
        String url = "http://localhost:" + server.getAddress().getPort() + "/upload";
        Process process = LargeUploadProcess.start(transport, guarded, file, url, output.toFile());
        try {
            assertThat(process.waitFor(240, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readAllLines(output);
    }
}
