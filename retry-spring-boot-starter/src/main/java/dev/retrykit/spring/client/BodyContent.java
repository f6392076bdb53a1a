package dev.retrykit.spring.client;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** The known content of a request's body. Read only where a decision depends on it. */
@FunctionalInterface
public interface BodyContent {

    /** A body that is not in memory, or that may differ between attempts. */
    BodyContent UNKNOWN = () -> null;

    /** Largest body that is hashed, in bytes. */
    int LARGEST = 1024 * 1024;

    /** Returns a hash of the body's bytes that does not depend on how they were obtained; null if they are unknown. */
    byte @Nullable [] bytes();

    /** Whether the body is known to contain an ASCII text. Always false for a body that is not in memory. */
    default boolean contains(String text) {
        return false;
    }

    /** Returns the content of a body in memory. */
    static BodyContent of(byte[] body) {
        return new BodyContent() {
            @Override
            public byte @Nullable [] bytes() {
                return body.length > LARGEST ? null : hash(body);
            }

            @Override
            public boolean contains(String text) {
                return new String(body, StandardCharsets.ISO_8859_1).contains(text);
            }
        };
    }

    private static byte[] hash(byte[] body) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(body);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
