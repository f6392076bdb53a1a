package dev.retrykit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the idempotency keys of one call's requests are made from. The same for all attempts of the call: the n-th request
 * of its kind in an attempt has the same key in each. Thread-safe.
 */
final class CallKey {

    /** Half of SHA-256 is as unlikely to collide as a random UUID. */
    private static final int HASH_BYTES = 16;

    private final boolean automatic;

    // Under this object's lock.
    private @Nullable String base;
    private int ordinal;

    CallKey(boolean automatic) {
        this.automatic = automatic;
    }

    /** Begins with a text of the caller's own; without one it is random. */
    synchronized void use(String text) {
        base = text;
    }

    private synchronized boolean isWanted() {
        return automatic || base != null;
    }

    /**
     * The key of the next request of a kind.
     *
     * @param attempt the attempt that sends it
     * @return null if neither this call nor one around it has keys
     */
    static @Nullable String next(AttemptNotes attempt, String request) {
        CallKey owner = owner(attempt);
        if (owner == null) {
            return null;
        }
        StringBuilder path = new StringBuilder(request).append('#').append(attempt.nextRequest(request));
        AttemptNotes inner = attempt;
        AttemptNotes outer = inner.around();
        while (inner.key() != owner && outer != null) {
            path.append('/').append(inner.key().ordinalIn(outer));
            inner = outer;
            outer = inner.around();
        }
        return owner.key(path.toString());
    }

    /** The outermost call that has keys. */
    private static @Nullable CallKey owner(AttemptNotes attempt) {
        CallKey owner = null;
        for (AttemptNotes notes = attempt; notes != null; notes = notes.around()) {
            owner = notes.key().isWanted() ? notes.key() : owner;
        }
        return owner;
    }

    /** Which of the outer attempt's inner calls this is, in the order in which they ask. */
    private synchronized int ordinalIn(AttemptNotes outer) {
        if (ordinal == 0) {
            ordinal = outer.nextInnerCall();
        }
        return ordinal;
    }

    private synchronized String key(String path) {
        if (base == null) {
            base = UUID.randomUUID().toString();
        }
        return base + "-" + hash(path);
    }

    private static String hash(String path) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(path.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
