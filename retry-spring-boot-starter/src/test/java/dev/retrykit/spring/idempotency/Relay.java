package dev.retrykit.spring.idempotency;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A port before a real server that can stop to forward anything, as a network does that drops all packets. */
final class Relay implements AutoCloseable {

    private volatile ServerSocket listener;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private boolean stalled; // guarded by this
    private volatile long acceptDelayNanos;

    private Relay(ServerSocket listener, int target) {
        this.listener = listener;
        this.target = target;
    }

    static Relay to(int target) {
        try {
            Relay relay = new Relay(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), target);
            relay.run(relay::accept);
            return relay;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Everything that a new connection sends waits for so long, as in a network that is slow to set connections up. */
    void delayConnections(long nanos) {
        acceptDelayNanos = nanos;
    }

    synchronized void stall() {
        stalled = true;
    }

    synchronized void goOn() {
        stalled = false;
        notifyAll();
    }

    /** As a server that is stopped: connections are lost, and no new one is accepted. */
    void refuse() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
            sockets.clear();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** As a server that is started again. */
    void accept(int port) {
        try {
            ServerSocket again = new ServerSocket();
            again.setReuseAddress(true);
            again.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            listener = again;
            run(this::accept);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private synchronized void awaitForwarding() {
        while (stalled) {
            try {
                wait();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }
    }

    private void accept() {
        try {
            ServerSocket current = listener;
            while (true) {
                Socket near = current.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(near);
                sockets.add(far);
                long delay = acceptDelayNanos;
                run(() -> {
                    Waiting.nanos(delay);
                    pump(near, far);
                });
                run(() -> pump(far, near));
            }
        } catch (IOException closed) {
            // at the end
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[8192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                awaitForwarding();
                out.write(buffer, 0, n);
            }
        } catch (IOException closed) {
            // by one of both sides
        }
    }

    private void run(Runnable task) {
        Thread thread = new Thread(task, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        goOn();
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
