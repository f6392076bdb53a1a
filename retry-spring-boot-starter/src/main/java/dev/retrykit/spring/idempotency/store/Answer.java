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
 * A stored response to replay.
 *
 * @param status the HTTP status
 * @param error whether the application requested its error page or a redirect, which is then created again for each
 *     repeat; the body is the reason or the target, in UTF-8
 * @param headers the headers that may be replayed
 * @param body the body
 */
@SuppressWarnings("ArrayRecordComponent") // responses are only compared byte by byte
public record Answer(int status, boolean error, List<Header> headers, byte[] body) {

    private static final int FORMAT = 1;

    /**
     * A header line.
     *
     * @param name the header name
     * @param value the header value
     */
    public record Header(String name, String value) {}

    /** Returns an empty response, for a method that returns nothing. */
    public static Answer none() {
        return new Answer(204, false, List.of(), new byte[0]);
    }

    /** Encodes the response for a store. */
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
     * Decodes a response.
     *
     * @throws IllegalArgumentException if the bytes are not a response, or have a later format
     */
    public static Answer of(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readUnsignedByte();
            if (format != FORMAT) {
                throw new IllegalArgumentException("a response is stored in the unknown format " + format);
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
            throw new IllegalArgumentException("a stored response is cut off", broken);
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
