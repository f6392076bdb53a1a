package dev.retrykit.spring.idempotency.neighbor;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** What filters do to bodies, and how a client undoes it. */
final class Codings {

    private Codings() {}

    /** Two texts for one body, as ciphers with a nonce make them. */
    static byte[] encrypt(String body) {
        return (UUID.randomUUID() + ":" + Base64.getEncoder().encodeToString(body.getBytes(StandardCharsets.UTF_8)))
                .getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] decrypt(byte[] body) {
        String text = new String(body, StandardCharsets.US_ASCII);
        return Base64.getDecoder().decode(text.substring(text.indexOf(':') + 1));
    }

    static byte[] compress(byte[] body) {
        try (ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
            try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
                gzip.write(body);
            }
            return bytes.toByteArray();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Undoes it once. Without it the body must be an error page of the container. */
    static String decompress(byte[] body) {
        if (body.length < 2 || body[0] != 0x1f || body[1] != (byte) 0x8b) {
            return "not compressed: " + new String(body, StandardCharsets.UTF_8);
        }
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return new String(gzip.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static byte[] wrap(byte[] body) {
        return ("{\"data\":" + new String(body, StandardCharsets.UTF_8) + "}").getBytes(StandardCharsets.UTF_8);
    }

    /** Undoes it once. */
    static String unwrap(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        return text.startsWith("{\"data\":{\"data\":")
                ? "twice in an envelope: " + text
                : text.startsWith("{\"data\":") ? text.substring(8, text.length() - 1) : "no envelope: " + text;
    }
}
