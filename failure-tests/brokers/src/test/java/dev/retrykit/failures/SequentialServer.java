package dev.retrykit.failures;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Serves one connection after another on the loopback. */
final class SequentialServer implements AutoCloseable {

    private final ServerSocket socket;
    private final Conversation conversation;

    /** Starts it. */
    SequentialServer(String name, Conversation conversation) throws IOException {
        this.socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        this.conversation = conversation;
        Thread thread = new Thread(this::serve, name);
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket connection = socket.accept()) {
                conversation.hold(connection);
            } catch (IOException closed) {
                continue;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Talks until one side closes the connection. */
    interface Conversation {

        void hold(Socket connection) throws IOException;
    }
}
