package dev.retrykit.spring.idempotency.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * An answer to give again.
 *
 * @param status its status
 * @param error whether the application asked for its error page or for a redirect, which is then made anew for each repeat;
 *     the body is the reason, or the target, in UTF-8
 * @param headers its headers, those that may be given again
 * @param body its body
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares answers but byte by byte
public record Answer(int status, boolean error, List<Header> headers, byte[] body) {

    private static final int FORMAT = 1;

    /**
     * A header's line.
     *
     * @param name its name
     * @param value its value
     */
    public record Header(String name, String value) {}

    /** Of what answers nothing. */
    public static Answer none() {
        return new Answer(204, false, List.of(), new byte[0]);
    }

    /** As bytes, for stores. */
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length + 256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeShort(status);
            out.writeBoolean(error);
            out.writeShort(headers.size());
            for (Header header : headers) {
                write(header.name(), out);
                write(header.value(), out);
            }
            out.write(body);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /**
     * From bytes.
     *
     * @throws IllegalArgumentException if they are no answer, or one of a later format
     */
    public static Answer of(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readUnsignedByte();
            if (format != FORMAT) {
                throw new IllegalArgumentException("an answer is kept in format " + format + ", which isn't known");
            }
            int status = in.readUnsignedShort();
            boolean error = in.readBoolean();
            int count = in.readUnsignedShort();
            List<Header> headers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                headers.add(new Header(read(in), read(in)));
            }
            return new Answer(status, error, List.copyOf(headers), in.readAllBytes());
        } catch (IOException broken) {
            throw new IllegalArgumentException("an answer is kept that is cut off", broken);
        }
    }

    private static void write(String text, DataOutputStream out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a text of " + length + " bytes");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
