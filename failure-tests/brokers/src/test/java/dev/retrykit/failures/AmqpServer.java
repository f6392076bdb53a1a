package dev.retrykit.failures;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.impl.AMQImpl;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.LongStringHelper;
import com.rabbitmq.client.impl.Method;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Serves AMQP 0-9-1 on the loopback to one connection after another, up to a method at which it hangs up or is silent. */
final class AmqpServer implements AutoCloseable {

    private static final int LARGEST_FRAME = 131_072;

    private final SequentialServer server;
    private final String last;
    private final boolean hangsUp;

    /**
     * Starts it.
     *
     * @param last the method that gets no answer
     * @param hangsUp whether that method closes the connection
     */
    AmqpServer(String last, boolean hangsUp) throws IOException {
        this.last = last;
        this.hangsUp = hangsUp;
        this.server = new SequentialServer("amqp-server", this::talk);
    }

    int port() {
        return server.port();
    }

    private void talk(Socket connection) throws IOException {
        DataInputStream in = new DataInputStream(connection.getInputStream());
        DataOutputStream out = new DataOutputStream(connection.getOutputStream());
        in.readFully(new byte[8]);
        send(out, 0, new AMQImpl.Connection.Start(0, 9, Map.of(), text("PLAIN"), text("en_US")));
        while (true) {
            Frame frame = Frame.readFrom(in, LARGEST_FRAME);
            if (frame == null || frame.type != AMQP.FRAME_METHOD) {
                continue;
            }
            byte[] payload = frame.getPayload();
            String name = AMQImpl.readMethodFrom(new DataInputStream(new ByteArrayInputStream(payload)))
                    .protocolMethodName();
            if (!name.equals(last)) {
                send(out, frame.channel, answer(name));
            } else if (hangsUp) {
                return;
            }
        }
    }

    private static @Nullable Method answer(String name) {
        return switch (name) {
            case "connection.start-ok" -> new AMQImpl.Connection.Tune(0, LARGEST_FRAME, 0);
            case "connection.open" -> new AMQImpl.Connection.OpenOk("");
            case "connection.close" -> new AMQImpl.Connection.CloseOk();
            case "channel.open" -> new AMQImpl.Channel.OpenOk(text(""));
            case "channel.close" -> new AMQImpl.Channel.CloseOk();
            case "tx.select" -> new AMQImpl.Tx.SelectOk();
            case "tx.rollback" -> new AMQImpl.Tx.RollbackOk();
            case "confirm.select" -> new AMQImpl.Confirm.SelectOk();
            case "basic.consume" -> new AMQImpl.Basic.ConsumeOk("consumer");
            default -> null;
        };
    }

    private static com.rabbitmq.client.LongString text(String text) {
        return LongStringHelper.asLongString(text);
    }

    private static void send(DataOutputStream out, int channel, @Nullable Method method) throws IOException {
        if (method != null) {
            method.toFrame(channel).writeTo(out);
            out.flush();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
