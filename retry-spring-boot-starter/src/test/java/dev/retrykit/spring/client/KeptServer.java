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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;

/** A server on a real socket that keeps connections open, and can let those that are open die. */
final class KeptServer implements AutoCloseable {

    private final ServerSocket listener;
    private final Script script;
    private final Set<Kept> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger touched = new AtomicInteger();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();

    /** What is answered; false ends the connection. */
    interface Script {
        boolean answer(String request, Out out) throws IOException, InterruptedException;
    }

    /** Where it is written to. */
    record Out(InputStream in, OutputStream stream) {

        void write(String text) throws IOException {
            stream.write(text.getBytes(StandardCharsets.ISO_8859_1));
            stream.flush();
        }

        boolean answer(int status, String body) throws IOException {
            write("HTTP/1.1 " + status + " Status\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            return true;
        }

        boolean zipped(int status, String body) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
                zip.write(body.getBytes(StandardCharsets.ISO_8859_1));
            }
            write("HTTP/1.1 " + status + " Status\r\nContent-Encoding: gzip\r\nContent-Length: " + bytes.size()
                    + "\r\n\r\n");
            stream.write(bytes.toByteArray());
            stream.flush();
            return true;
        }

        /** Until the peer closes the connection. */
        void awaitEnd() throws IOException {
            while (in.read() >= 0) {
                // whatever it sends
            }
        }

        boolean chunked(int status, String body) throws IOException {
            write("HTTP/1.1 " + status + " Status\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n");
            return true;
        }
    }

    /** One connection. */
    private static final class Kept {
        final Socket socket;
        volatile boolean dead;

        Kept(Socket socket) {
            this.socket = socket;
        }
    }

    KeptServer(Script script) throws IOException {
        this.script = script;
        this.listener = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
        start(this::accept, "kept-server");
    }

    private static void start(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    String url(String path) {
        return "http://localhost:" + listener.getLocalPort() + path;
    }

    /** All connections so far. */
    int accepted() {
        return accepted.get();
    }

    /** The connections that neither side has closed. */
    int open() {
        return open.size();
    }

    /** The dead connections that something was sent over. */
    int touched() {
        return touched.get();
    }

    /** The first lines of the requests that came over connections that weren't dead. */
    List<String> requests() {
        return requests;
    }

    /** Their bodies, in the same order. */
    List<String> bodies() {
        return bodies;
    }

    /** Nothing is heard any more over those that are open: they are reset when something is sent over them. */
    void letConnectionsDie() {
        open.forEach(kept -> kept.dead = true);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Kept kept = new Kept(listener.accept());
                kept.socket.setTcpNoDelay(true);
                accepted.incrementAndGet();
                open.add(kept);
                start(() -> serve(kept), "kept-server-connection");
            } catch (IOException over) {
                return;
            }
        }
    }

    private void serve(Kept kept) {
        try (Socket socket = kept.socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                in.mark(1);
                if (in.read() < 0) {
                    return;
                }
                if (kept.dead) {
                    touched.incrementAndGet();
                    socket.setSoLinger(true, 0);
                    return;
                }
                in.reset();
                String request = read(in);
                requests.add(request);
                if (!script.answer(request, new Out(in, socket.getOutputStream()))) {
                    return;
                }
            }
        } catch (IOException gone) {
            // the peer has seen what there was to see
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(kept);
        }
    }

    private String read(InputStream in) throws IOException {
        String first = line(in);
        int length = 0;
        boolean chunked = false;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String lower = line.toLowerCase(java.util.Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring(15).trim());
            }
            chunked |= lower.startsWith("transfer-encoding:");
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(in.readNBytes(length));
        for (int size = chunked ? Integer.parseInt(line(in), 16) : 0; size > 0; size = Integer.parseInt(line(in), 16)) {
            body.write(in.readNBytes(size));
            line(in);
        }
        if (chunked) {
            line(in);
        }
        bodies.add(body.toString(StandardCharsets.ISO_8859_1));
        return first.substring(0, first.lastIndexOf(' '));
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
        listener.close();
        for (Kept kept : open) {
            kept.socket.close();
        }
    }
}
