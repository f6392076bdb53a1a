package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.spring.client.FaultServer.Connection;
import dev.retrykit.spring.idempotency.AtOnce;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/**
 * What a server sees of a retried call of three attempts, and why the call ends, for each client, fault and method.
 */
@Tag("server")
class FaultTableTests {

    private static final String YML = """
            retrykit:
              policies:
                plain: { budget: { unlimited: true } }
                keyed: { budget: { unlimited: true }, idempotency-key: auto }
            spring.http.clients: { connect-timeout: 2s, read-timeout: 400ms }
            """;

    /** The client's clock, and that of a server that is an hour ahead. */
    private static final Instant SERVER = Instant.parse("2026-01-01T01:00:00Z");

    static class Caller {

        private final RestClient blocking;
        private final WebClient reactive;

        Caller(RestClient.Builder blocking, WebClient.Builder reactive) {
            this.blocking = blocking.build();
            this.reactive = reactive.build();
        }

        @Retryable("plain")
        String blocking(HttpMethod method, String url) {
            return send(method, url);
        }

        @Retryable("keyed")
        String blockingKeyed(HttpMethod method, String url) {
            return send(method, url);
        }

        private String send(HttpMethod method, String url) {
            RestClient.RequestBodySpec request = blocking.method(method).uri(url);
            return (method.equals(HttpMethod.GET) ? request : request.body("a body"))
                    .retrieve()
                    .body(String.class);
        }

        @Retryable("plain")
        Mono<String> reactive(HttpMethod method, String url) {
            return sendLater(method, url);
        }

        @Retryable("keyed")
        Mono<String> reactiveKeyed(HttpMethod method, String url) {
            return sendLater(method, url);
        }

        private Mono<String> sendLater(HttpMethod method, String url) {
            WebClient.RequestBodySpec request = reactive.method(method).uri(url);
            return (method.equals(HttpMethod.GET) ? request : request.bodyValue("a body"))
                    .retrieve()
                    .bodyToMono(String.class);
        }
    }

    /** What happens, and what is to come of it: requests seen and stop reason for GET, PUT, POST, POST with key. */
    private record Fault(String name, String url, String get, String put, String post, String keyed) {

        String expected(String method) {
            return switch (method) {
                case "GET" -> get;
                case "PUT" -> put;
                case "POST" -> post;
                default -> keyed;
            };
        }
    }

    /** The tables of all clients are made at the same time: each waits for timeouts most of the time. */
    private static final Map<String, CompletableFuture<Table>> TABLES = new HashMap<>();

    private static final List<String> TRANSPORTS = List.of("jdk", "http-components", "jetty", "reactor");

    /** What was seen of each fault and method, what of it was expected, and what the client failed with. */
    private record Table(Map<String, String> seen, Map<String, String> expected, Map<String, String> causes) {}

    @BeforeAll
    static void begin() {
        for (String transport : TRANSPORTS) {
            begin("spring.http.clients.imperative.factory", transport, "RestClient", (app, method, url) -> {
                Caller caller = app.getBean(Caller.class);
                if (method.equals("POST+key")) {
                    caller.blockingKeyed(HttpMethod.POST, url);
                } else {
                    caller.blocking(HttpMethod.valueOf(method), url);
                }
            });
            begin("spring.http.clients.reactive.connector", transport, "WebClient", (app, method, url) -> {
                Caller caller = app.getBean(Caller.class);
                if (method.equals("POST+key")) {
                    caller.reactiveKeyed(HttpMethod.POST, url).block();
                } else {
                    caller.reactive(HttpMethod.valueOf(method), url).block();
                }
            });
        }
    }

    private static void begin(String property, String transport, String client, Sender sender) {
        TABLES.put(client + " on " + transport, AtOnce.start(() -> table(property, transport, client, sender)));
    }

    static Stream<String> everyClient() {
        return Stream.of("RestClient", "WebClient")
                .flatMap(client -> TRANSPORTS.stream().map(transport -> client + " on " + transport));
    }

    @ParameterizedTest
    @MethodSource("everyClient")
    void seesWhatIsExpected(String client) throws Exception {
        Table table = TABLES.get(client).get();
        write(client, table.seen(), table.causes());
        assertThat(table.seen()).isEqualTo(table.expected());
    }

    /**
     * It sends requests again by itself, so only what a policy makes of them is certain. Headers and bodies that are cut
     * are whole ones to it, unless they are chunked.
     */
    @Test
    void brokenAnswersAreTransientToTheSimpleClient() throws Exception {
        List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
        Map<String, String> seen = new LinkedHashMap<>();
        try (FaultServer server = new FaultServer()) {
            Map<String, String> broken = broken(server);
            broken.keySet().removeAll(List.of("cut header", "cut body"));
            HttpApps.with(YML, ended)
                    .withBean(Caller.class)
                    .withPropertyValues("spring.http.clients.imperative.factory=simple")
                    .run(app -> broken.forEach((name, path) -> {
                        ended.clear();
                        Throwable failure = catchThrowable(
                                () -> app.getBean(Caller.class).blocking(HttpMethod.GET, server.url(path)));
                        seen.put(
                                name,
                                ended.isEmpty()
                                        ? "no end, " + cause(failure)
                                        : ended.get(0).reason() + (ended.get(0).attempts() == 3 ? "" : cause(failure)));
                    }));
        }
        assertThat(seen.values()).as(seen.toString()).containsOnly("EXHAUSTED");
    }

    private interface Sender {
        void send(ApplicationContext app, String method, String url);
    }

    private static Table table(String property, String transport, String client, Sender sender) {
        List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
        Map<String, String> seen = new LinkedHashMap<>();
        Map<String, String> causes = new LinkedHashMap<>();
        Map<String, String> expected = new LinkedHashMap<>();
        try (FaultServer server = new FaultServer();
                FaultServer deaf = FaultServer.deaf()) {
            List<Fault> faults = faults(transport, server, deaf);
            HttpApps.with(YML, ended)
                    .withBean(Caller.class)
                    .withPropertyValues(property + "=" + transport)
                    .run(app -> {
                        assertThat(app).hasNotFailed();
                        for (Fault fault : faults) {
                            for (String method : List.of("GET", "PUT", "POST", "POST+key")) {
                                ended.clear();
                                FaultServer asked = fault.url().equals(deaf.url("/")) ? deaf : server;
                                String path = asked == deaf ? "/" : fault.url();
                                int before = asked.requests(path).size();
                                String url = fault.url().startsWith("http") ? fault.url() : server.url(fault.url());
                                Throwable failure = catchThrowable(() -> sender.send(app, method, url));
                                int requests = asked.requests(path).size() - before;
                                String reason = ended.isEmpty()
                                        ? "no end, " + failure
                                        : ended.get(0).attempts() + " "
                                                + ended.get(0).reason();
                                String row = String.format(Locale.ROOT, "%-28s %-8s", fault.name(), method);
                                causes.put(row, cause(failure));
                                seen.put(row, requests + "/" + reason);
                                expected.put(row, expected(client, transport, fault, method));
                            }
                        }
                    });
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        }
        return new Table(seen, expected, causes);
    }

    /**
     * The JDK's client sends a GET again by itself; a WARN says so. Under a {@code WebClient} neither it nor HttpComponents
     * tells whether it has followed a redirect: then an answer may be somebody else's, and a POST isn't sent again for it.
     */
    private static String expected(String client, String transport, Fault fault, String method) {
        boolean lost = fault.name().startsWith("reset") || fault.name().startsWith("closed");
        if (transport.equals("jdk") && lost && method.equals("GET")) {
            return "6/3 EXHAUSTED";
        }
        boolean silent = client.equals("WebClient") && (transport.equals("jdk") || transport.equals("http-components"));
        boolean busy =
                fault.name().matches("429|(403|429|503) .*") && !fault.post().endsWith("VETOED");
        return silent && busy && method.equals("POST") ? "1/1 NOT_IDEMPOTENT" : fault.expected(method);
    }

    private static List<Fault> faults(String transport, FaultServer server, FaultServer deaf) throws IOException {
        String all = "3/3 EXHAUSTED";
        String once = "1/1 NOT_IDEMPOTENT";
        String never = "1/1 NOT_RETRYABLE";
        List<Fault> faults = new ArrayList<>();
        String unsent = "0/3 EXHAUSTED";
        faults.add(
                new Fault("connect refused", "http://localhost:" + deadPort() + "/", unsent, unsent, unsent, unsent));
        faults.add(new Fault("DNS", "http://no-such-host.invalid/", unsent, unsent, unsent, unsent));
        faults.add(new Fault("reset within the request", deaf.url("/"), all, all, once, all));
        server.on("/reset-after", (request, connection) -> connection.reset());
        faults.add(new Fault("reset after the request", "/reset-after", all, all, once, all));
        server.on("/timeout", (request, connection) -> connection.hang());
        faults.add(new Fault("read timeout", "/timeout", all, all, once, all));
        for (int status : new int[] {408, 429, 500, 502, 503, 504}) {
            answers(server, "/" + status, status);
            faults.add(new Fault("" + status, "/" + status, all, all, status == 429 ? all : once, all));
        }
        DateTimeFormatter rfc850 = DateTimeFormatter.ofPattern("EEEE, dd-MMM-yy HH:mm:ss 'GMT'", Locale.US);
        DateTimeFormatter asctime = DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US);
        DateTimeFormatter imf = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);
        String date = "Date: " + imf.format(SERVER.atZone(ZoneOffset.UTC));
        Map<String, List<String>> forms = new LinkedHashMap<>();
        forms.put("seconds", List.of("Retry-After: 2"));
        forms.put("IMF-fixdate", List.of(date, "Retry-After: " + imf.format(later())));
        forms.put("RFC 850", List.of(date, "Retry-After: " + rfc850.format(later())));
        forms.put("asctime", List.of(date, "Retry-After: " + asctime.format(later())));
        forms.put("retry-after-ms", List.of("retry-after-ms: 1500"));
        forms.put("x-ms-retry-after-ms", List.of("x-ms-retry-after-ms: 1500"));
        for (int status : new int[] {429, 503}) {
            forms.forEach((form, headers) -> {
                String path = "/" + status + "/" + form.replace(' ', '-');
                answers(server, path, status, headers.toArray(new String[0]));
                faults.add(new Fault(status + " " + form, path, all, all, all, all));
            });
        }
        String tooLong = "1/1 RETRY_AFTER_TOO_LONG";
        answers(server, "/too-long", 503, "Retry-After: 3600");
        faults.add(new Fault("503 in an hour", "/too-long", tooLong, tooLong, tooLong, tooLong));
        answers(server, "/500-after", 500, "Retry-After: 2");
        faults.add(new Fault("500 with Retry-After", "/500-after", all, all, once, all));
        answers(server, "/409", 409);
        faults.add(new Fault("409", "/409", never, never, never, never));
        answers(server, "/409-after", 409, "Retry-After: 2");
        faults.add(new Fault("409 with Retry-After", "/409-after", never, never, never, all));
        answers(server, "/404", 404);
        faults.add(new Fault("404", "/404", never, never, never, never));
        answers(server, "/403", 403, "X-RateLimit-Reset: 2", "X-RateLimit-Remaining: 7");
        faults.add(new Fault("403", "/403", never, never, never, never));
        answers(server, "/403-after", 403, "Retry-After: 2");
        faults.add(new Fault("403 with Retry-After", "/403-after", all, all, all, all));
        answers(server, "/403-spent", 403, "X-RateLimit-Reset: 2", "X-RateLimit-Remaining: 0");
        faults.add(new Fault("403 with a spent quota", "/403-spent", all, all, all, all));
        answers(server, "/503-spent", 503, "RateLimit: \"default\";r=0;t=2");
        faults.add(new Fault("a 503 with a spent quota", "/503-spent", all, all, once, all));
        answers(server, "/409-invited", 409, "x-should-retry: true");
        faults.add(new Fault("409 with an invitation", "/409-invited", all, all, once, all));
        broken(server).forEach((name, path) -> faults.add(new Fault(name, path, all, all, once, all)));
        if (transport.equals("jetty") || transport.equals("jdk")) {
            // they may take the rest for the next chunk
            faults.removeIf(fault -> fault.name().equals("malformed end of a chunk"));
        }
        String vetoed = "1/1 VETOED";
        answers(server, "/429-veto", 429, "x-should-retry: false");
        faults.add(new Fault("429 with a veto", "/429-veto", vetoed, vetoed, vetoed, vetoed));
        answers(server, "/veto", 503, "Retry-After: 2", "x-should-retry: false");
        faults.add(new Fault("503 with a veto", "/veto", vetoed, vetoed, vetoed, vetoed));
        return faults;
    }

    /** Answers that break off, or that are none; names and paths. */
    private static Map<String, String> broken(FaultServer server) {
        String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        Map<String, String> answers = new LinkedHashMap<>();
        answers.put("closed after the request", "");
        answers.put("cut status line", "HTTP/1.1 2");
        answers.put("cut header", "HTTP/1.1 200 OK\r\nContent-Le");
        answers.put("cut body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        answers.put("cut chunk", chunked + "a\r\nhello");
        answers.put("cut size of a chunk", chunked + "5\r\nhello\r\n5");
        answers.put("no last chunk", chunked + "5\r\nhello\r\n");
        answers.put("malformed size of a chunk", chunked + "5\r\nhello\r\nZZ\r\nhello\r\n0\r\n\r\n");
        answers.put("malformed end of a chunk", chunked + "5\r\nhelloXX5\r\nhello\r\n0\r\n\r\n");
        answers.put("malformed status line", "\u0001\u0002 nonsense\r\n\r\n");
        answers.put("malformed status", "HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n");
        answers.put("malformed version", "HTTP/x.y 200 OK\r\nContent-Length: 0\r\n\r\n");
        answers.put("another protocol", "SSH-2.0-OpenSSH_9.6\r\n");
        Map<String, String> paths = new LinkedHashMap<>();
        answers.forEach((name, answer) -> {
            String path = "/broken/" + name.replace(' ', '-');
            server.on(path, (request, connection) -> connection.write(answer));
            paths.put(name, path);
        });
        return paths;
    }

    private static java.time.ZonedDateTime later() {
        return SERVER.plusSeconds(2).atZone(ZoneOffset.UTC);
    }

    private static void answers(FaultServer server, String path, int status, String... headers) {
        server.on(path, (request, connection) -> status(connection, status, headers));
    }

    private static void status(Connection connection, int status, String... headers) throws IOException {
        connection.status(status, headers);
    }

    private static int deadPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String cause(@Nullable Throwable failure) {
        return failure == null
                ? "no failure"
                : NestedExceptionUtils.getMostSpecificCause(failure).toString();
    }

    /** For people; what is to be seen is asserted. */
    private static void write(String title, Map<String, String> rows, Map<String, String> causes) throws IOException {
        StringBuilder text =
                new StringBuilder(title).append(": fault, method, requests seen / attempts, stop reason\n");
        rows.forEach((row, result) -> text.append(row)
                .append(' ')
                .append(result)
                .append("  ")
                .append(causes.get(row).lines().findFirst().orElse(""))
                .append('\n'));
        Path file = Path.of("target", "http", title.replace(' ', '-') + ".txt");
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
