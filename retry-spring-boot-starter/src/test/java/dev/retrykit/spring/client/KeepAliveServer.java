package dev.retrykit.spring.client;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on a real socket whose connections stay open, for requests without a body, until it is told to drop them. */
final class KeepAliveServer implements AutoCloseable {

    private final ServerSocket listener;
    private final Handler handler;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<Socket> doomed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger dead = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();

    /** Writes an answer. */
    @FunctionalInterface
    interface Handler {
        void answer(OutputStream out) throws IOException, InterruptedException;
    }

    KeepAliveServer(Handler handler) throws IOException {
        this.handler = handler;
        this.listener = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
        start(this::accept, "keep-alive-server");
    }

    private static void start(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    String url() {
        return "http://localhost:" + listener.getLocalPort() + "/stock";
    }

    /** The connections so far. */
    int accepted() {
        return accepted.get();
    }

    /** The connections that were used after they had been dropped. */
    int deadOnesUsed() {
        return dead.get();
    }

    /** The requests that were answered or are being answered. */
    int requests() {
        return requests.get();
    }

    int openConnections() {
        return open.size();
    }

    /** Resets all connections now. */
    void resetAll() throws IOException {
        for (Socket socket : open) {
            reset(socket);
        }
    }

    /** Forgets all connections: the peer hears of it when it uses one, as from a proxy that dropped it in silence. */
    void forgetAll() {
        doomed.addAll(open);
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                accepted.incrementAndGet();
                open.add(socket);
                start(() -> serve(socket), "keep-alive-connection");
            } catch (IOException over) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (readsRequest(socket, in)) {
                requests.incrementAndGet();
                handler.answer(socket.getOutputStream());
            }
        } catch (IOException | InterruptedException gone) {
            // the peer has seen what there was to see
        } finally {
            open.remove(socket);
        }
    }

    private boolean readsRequest(Socket socket, InputStream in) throws IOException {
        int newLines = 0;
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (doomed.contains(socket)) {
                dead.incrementAndGet();
                reset(socket);
                return false;
            }
            newLines = next == '\n' ? newLines + 1 : next == '\r' ? newLines : 0;
            if (newLines == 2) {
                return true;
            }
        }
        return false;
    }

    /** A short answer that is whole. */
    static void ok(OutputStream out) throws IOException {
        write(out, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok");
    }

    static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
