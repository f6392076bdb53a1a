package dev.retrykit.spring.client;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** What is known of the body of a request. It is asked for only where a decision depends on it. */
@FunctionalInterface
public interface BodyContent {

    /** A body that isn't in memory, or that may be another one in each attempt. */
    BodyContent UNKNOWN = () -> null;

    /** Hashing a larger one would take longer than it is worth. */
    int LARGEST = 1024 * 1024;

    /** A hash of its bytes, equal for all ways to know them; null if they aren't known. */
    byte @Nullable [] bytes();

    /** Whether it is known to contain a text of ASCII characters. A body that isn't in memory isn't known to. */
    default boolean contains(String text) {
        return false;
    }

    /** A body in memory. */
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
