package dev.retrykit.failures;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;

/** A server on the loopback that answers every request in the same way: well, badly or never. */
final class Loopback implements AutoCloseable {

    private final int port;
    private final List<AutoCloseable> open = new ArrayList<>();

    private Loopback(int port) {
        this.port = port;
    }

    /** One that answers with a status, and headers: names and values in turn. */
    static Loopback answers(int status, String... headers) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                exchange.getRequestBody().readAllBytes();
                for (int i = 0; i < headers.length; i += 2) {
                    exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
                }
                byte[] body = "{\"message\":\"no\"}".getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            server.start();
            Loopback loopback = new Loopback(server.getAddress().getPort());
            loopback.open.add(() -> server.stop(0));
            return loopback;
        } catch (IOException unavailable) {
            throw new AssertionError(unavailable);
        }
    }

    /** One that reads a request, sends these bytes and closes the connection. */
    static Loopback sends(String bytes) {
        return connections(socket -> {
            socket.setSoTimeout(1000);
            InputStream request = socket.getInputStream();
            readRequest(request);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            request.transferTo(OutputStream.nullOutputStream());
        });
    }

    /** One whose compressed answer breaks off, without a length that would show it. */
    static Loopback cutsCompressed() {
        byte[] bytes = new byte[20_000];
        new Random(1).nextBytes(bytes);
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return sends("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"
                + compressed.toString(StandardCharsets.ISO_8859_1).substring(0, 5000));
    }

    /** One that answers with a status and a body of JSON. */
    static Loopback json(int status, String body) {
        return sends("HTTP/1.1 " + status
                + " x\r\nContent-Type: application/json\r\nX-Elastic-Product: Elasticsearch\r\n"
                + "Retry-After: 1\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    /** One that never answers. */
    static Loopback hangs() {
        CountDownLatch closed = new CountDownLatch(1);
        Loopback loopback = connections(socket -> {
            readRequest(socket.getInputStream());
            closed.await();
        });
        loopback.open.add(closed::countDown);
        return loopback;
    }

    /** An address where nothing listens, nor will. */
    static String closedPort() {
        return "http://127.0.0.1:" + Nobody.TAKEN.getLocalPort();
    }

    /** A port that is taken by a socket that doesn't listen. */
    private static final class Nobody {

        static final Socket TAKEN = taken();

        private static Socket taken() {
            try {
                Socket socket = new Socket();
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                return socket;
            } catch (IOException unavailable) {
                throw new AssertionError(unavailable);
            }
        }
    }

    private static Loopback connections(Conversation conversation) {
        try {
            ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Loopback loopback = new Loopback(server.getLocalPort());
            loopback.open.add(server);
            daemon(() -> {
                while (!server.isClosed()) {
                    Socket socket = server.accept();
                    daemon(() -> {
                        try (socket) {
                            conversation.with(socket);
                        }
                        return null;
                    });
                }
                return null;
            });
            return loopback;
        } catch (IOException unavailable) {
            throw new AssertionError(unavailable);
        }
    }

    private static void daemon(Callable<Void> work) {
        Thread thread = new Thread(() -> {
            try {
                work.call();
            } catch (Exception closed) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void readRequest(InputStream stream) throws IOException {
        String head = readUntil(stream, "\r\n\r\n").toLowerCase(Locale.ROOT);
        int length = head.indexOf("content-length:");
        if (length >= 0) {
            String rest = head.substring(length + "content-length:".length());
            stream.skipNBytes(
                    Integer.parseInt(rest.substring(0, rest.indexOf('\r')).trim()));
        } else if (head.contains("chunked")) {
            readUntil(stream, "0\r\n\r\n");
        }
    }

    private static String readUntil(InputStream stream, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end, Math.max(0, text.length() - end.length())) < 0) {
            int next = stream.read();
            if (next < 0) {
                break;
            }
            text.append((char) next);
        }
        return text.toString();
    }

    int port() {
        return port;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** What a call throws, without unwrapping. */
    static Throwable failureOf(Callable<?> call) {
        try {
            Object result = call.call();
            throw new AssertionError("it gave " + result);
        } catch (AssertionError none) {
            throw none;
        } catch (Throwable failure) {
            return failure;
        }
    }

    @Override
    public void close() {
        for (AutoCloseable one : open) {
            try {
                one.close();
            } catch (Exception ignored) {
                continue;
            }
        }
    }

    /** What happens on a connection. */
    @FunctionalInterface
    private interface Conversation {

        void with(Socket socket) throws Exception;
    }
}
