package dev.retrykit.failures;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on the loopback that gives every request the same answer, or resets its connection, and counts requests. */
final class CannedServer implements AutoCloseable {

    private final int port;
    private final AutoCloseable server;
    private final AtomicInteger requests;

    private CannedServer(int port, AutoCloseable server, AtomicInteger requests) {
        this.port = port;
        this.server = server;
        this.requests = requests;
    }

    /** One that answers with a status, a body, and headers: names and values in turn. */
    static CannedServer answers(int status, String body, String... headers) {
        try {
            AtomicInteger requests = new AtomicInteger();
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                requests.incrementAndGet();
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders()
                        .add("content-type", body.startsWith("<") ? "text/xml" : "application/json");
                for (int i = 0; i < headers.length; i += 2) {
                    exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
                }
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
                exchange.getResponseBody().write(bytes);
                exchange.close();
            });
            server.start();
            return new CannedServer(server.getAddress().getPort(), () -> server.stop(0), requests);
        } catch (IOException unavailable) {
            throw new AssertionError(unavailable);
        }
    }

    /** One that sends events and nothing after them. */
    static CannedServer streams(String events) {
        return answers(200, events, "content-type", "text/event-stream");
    }

    /** One that resets each connection when it has read the beginning of a request. */
    static CannedServer resets() {
        try {
            AtomicInteger requests = new AtomicInteger();
            ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread thread = new Thread(() -> accept(server, requests));
            thread.setDaemon(true);
            thread.start();
            return new CannedServer(server.getLocalPort(), server, requests);
        } catch (IOException unavailable) {
            throw new AssertionError(unavailable);
        }
    }

    /** One that never answers. */
    static CannedServer hangs() {
        try {
            ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            return new CannedServer(server.getLocalPort(), server, new AtomicInteger());
        } catch (IOException unavailable) {
            throw new AssertionError(unavailable);
        }
    }

    private static void accept(ServerSocket server, AtomicInteger requests) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                if (socket.getInputStream().read() >= 0) {
                    requests.incrementAndGet();
                }
                socket.setSoLinger(true, 0);
            } catch (IOException closed) {
                continue;
            }
        }
    }

    /** An address where nothing listens. */
    static String closedPort() {
        CannedServer gone = hangs();
        gone.close();
        return gone.url();
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    int requests() {
        return requests.get();
    }

    /** What a call of this server throws; the server is closed after it. */
    Throwable failureOf(Callable<?> call) {
        try (this) {
            return thrownBy(call);
        }
    }

    /** What a call throws. */
    static Throwable thrownBy(Callable<?> call) {
        Object result;
        try {
            result = call.call();
        } catch (Throwable failure) {
            return failure;
        }
        throw new AssertionError("it gave " + result);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (Exception closed) {
            throw new AssertionError(closed);
        }
    }
}
