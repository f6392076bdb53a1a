package dev.retrykit.spring.http;

import java.io.IOException;
import java.io.OutputStream;
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
        return of(out -> out.write(body));
    }

    /** Writes a body. */
    @FunctionalInterface
    interface Writer {
        void writeTo(OutputStream out) throws IOException;
    }

    /** A body that can be written more than once. It is written to find out, and not held. */
    static BodyContent of(Writer body) {
        return () -> {
            Hash hash = new Hash();
            try {
                body.writeTo(hash);
                return hash.value();
            } catch (IOException | RuntimeException unknown) {
                // the request itself fails then, or it is too large
                return null;
            }
        };
    }

    /** What is written, as a hash. */
    final class Hash extends OutputStream {

        private final MessageDigest digest;
        private long size;

        Hash() {
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException("every JDK has SHA-256", impossible);
            }
        }

        @Override
        public void write(int next) throws IOException {
            count(1);
            digest.update((byte) next);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            count(length);
            digest.update(bytes, offset, length);
        }

        private void count(int more) throws IOException {
            size += more;
            if (size > LARGEST) {
                throw new IOException("too large to be hashed");
            }
        }

        byte[] value() {
            return digest.digest();
        }
    }
}
