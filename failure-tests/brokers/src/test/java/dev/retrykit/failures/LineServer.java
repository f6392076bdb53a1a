package dev.retrykit.failures;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** Serves a protocol of text lines, such as SMTP and FTP, on the loopback by a script: one connection after another. */
final class LineServer implements AutoCloseable {

    /** The answer that closes the connection. */
    static final String HANG_UP = "hang up";

    /** The answer that says nothing. */
    static final String SILENCE = "";

    private final SequentialServer server;
    private final String greeting;
    private final UnaryOperator<String> script;

    /**
     * Starts it.
     *
     * @param greeting the first line
     * @param script from a line of the client to the answer
     */
    LineServer(String greeting, UnaryOperator<String> script) throws IOException {
        this.greeting = greeting;
        this.script = script;
        this.server = new SequentialServer("line-server", this::talk);
    }

    int port() {
        return server.port();
    }

    private void talk(Socket connection) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
        OutputStream out = connection.getOutputStream();
        String answer = greeting;
        boolean data = false;
        while (answer != null && !answer.equals(HANG_UP)) {
            if (!answer.equals(SILENCE)) {
                out.write((answer + "\r\n").getBytes(StandardCharsets.US_ASCII));
                out.flush();
            }
            data = answer.startsWith("354");
            String line = in.readLine();
            while (data && line != null && !line.equals(".")) {
                line = in.readLine();
            }
            answer = line == null ? null : script.apply(line);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
