package dev.retrykit.spring.http;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** What tells the body of a request from other bodies. It is asked for only if the request carries a key. */
@FunctionalInterface
public interface BodyContent {

    /** A body that isn't in memory, or that may be another one in each attempt. */
    BodyContent UNKNOWN = () -> null;

    /** Hashing a larger one would take longer than it is worth. */
    int LARGEST = 1024 * 1024;

    /** A hash of its bytes, equal for all ways to know them; null if they aren't known. */
    byte @Nullable [] bytes();

    /** A body in memory. */
    static BodyContent of(byte[] body) {
        return () -> body.length > LARGEST ? null : hash(body);
    }

    private static byte[] hash(byte[] body) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(body);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
