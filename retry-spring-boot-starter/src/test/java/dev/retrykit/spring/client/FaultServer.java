package dev.retrykit.spring.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A server on a real socket that does what servers shouldn't do. Each connection is for one request. */
public final class FaultServer implements AutoCloseable {

    private final ServerSocket listener = listen();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Map<String, Script> scripts = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    private final boolean deaf;

    /** One that listens on any free port. */
    public FaultServer() {
        this(false);
    }

    /** One that resets each connection with the first byte that comes. */
    static FaultServer deaf() {
        return new FaultServer(true);
    }

    private FaultServer(boolean deaf) {
        this.deaf = deaf;
        Thread thread = new Thread(this::accept, "fault-server");
        thread.setDaemon(true);
        thread.start();
    }

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** What is done with a connection. */
    @FunctionalInterface
    public interface Script {
        void answer(Request request, Connection connection) throws IOException;
    }

    /**
     * What came.
     *
     * @param headers by their names in lower case
     */
    public record Request(String method, String path, Map<String, String> headers, String body, long nanos) {}

    /** Where the answer goes. */
    public record Connection(Socket socket, CountDownLatch closed) {

        public void write(String text) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        /** An answer of one line without a body. */
        public void status(int status, String... headers) throws IOException {
            StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " Status\r\nContent-Length: 0\r\n");
            for (String header : headers) {
                text.append(header).append("\r\n");
            }
            write(text.append("Connection: close\r\n\r\n").toString());
        }

        /** The peer sees "connection reset". */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Until the server is closed. */
        public void hang() {
            try {
                closed.await();
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What becomes of requests to a path. */
    public FaultServer on(String path, Script script) {
        scripts.put(path, script);
        return this;
    }

    public String url(String path) {
        return "http://localhost:" + port() + path;
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** The requests to a path so far. */
    public List<Request> requests(String path) {
        return requests.stream().filter(request -> request.path().equals(path)).toList();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                Thread thread = new Thread(() -> serve(socket), "fault-server-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException over) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            if (deaf) {
                if (socket.getInputStream().read() < 0) {
                    return;
                }
                requests.add(new Request("?", "/", Map.of(), "", System.nanoTime()));
                new Connection(socket, closed).reset();
                return;
            }
            Request request = read(new BufferedInputStream(socket.getInputStream()));
            requests.add(request);
            scripts.getOrDefault(request.path(), (ignored, connection) -> connection.status(200))
                    .answer(request, new Connection(socket, closed));
        } catch (IOException | RuntimeException gone) {
            // the peer has seen what there was to see
        }
    }

    private static Request read(InputStream in) throws IOException {
        String[] first = line(in).split(" ");
        long nanos = System.nanoTime();
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.merge(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim(),
                    (one, other) -> one + ", " + other);
        }
        String body = "chunked".equalsIgnoreCase(headers.get("transfer-encoding"))
                ? chunks(in)
                : new String(
                        in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0"))),
                        StandardCharsets.UTF_8);
        return new Request(first[0], first[1], headers, body, nanos);
    }

    private static String chunks(InputStream in) throws IOException {
        StringBuilder body = new StringBuilder();
        for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
            body.append(new String(in.readNBytes(size), StandardCharsets.UTF_8));
            line(in);
        }
        line(in);
        return body.toString();
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("end of stream");
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        listener.close();
    }
}
