package dev.retrykit.internal.attempt;

import dev.retrykit.event.SideEffect.Kind;
import dev.retrykit.failure.RequestMismatchException;
import dev.retrykit.internal.decision.CompiledPolicy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The source of the idempotency keys of one call's requests, and the requests that its attempts have sent. It is shared
 * by all attempts of the call: a request that a later attempt repeats has the same key in each. Thread-safe.
 */
public final class IdempotencyKeyBase {

    private final CompiledPolicy policy;

    /** Whether requests have keys although the policy does not ask for them. */
    private volatile boolean automatic;

    /** The text set by the caller; null if there is none. */
    private volatile @Nullable String value;

    // All guarded by this object's lock; null while no request was sent.

    /** Used if there is no text. */
    private @Nullable String random;

    private @Nullable RequestHistory history;

    /** Requests whose keys the caller has set. */
    private @Nullable RequestHistory own;

    public IdempotencyKeyBase(CompiledPolicy policy) {
        this.policy = policy;
    }

    /** Gives requests random keys. */
    public void use() {
        automatic = true;
    }

    /** Gives requests keys that are derived from a text. */
    public void use(String text) {
        value = text;
    }

    /** Whether the call's policy allows a second effect. */
    boolean allows(Kind kind) {
        return policy.allows(kind);
    }

    private boolean isWanted() {
        return automatic || value != null || policy.sendsKeys();
    }

    /** Whether requests of an attempt have keys. */
    public static boolean isWantedIn(AttemptRecord attempt) {
        for (AttemptRecord notes = attempt; notes != null; notes = notes.enclosing()) {
            if (notes.key().isWanted()) {
                return true;
            }
        }
        return false;
    }

    /**
     * The next request of an attempt. It gets a key whether the enclosing calls have keys or not.
     *
     * @throws RequestMismatchException if it is not recognized as one that an earlier attempt sent, but may still be
     *     one
     */
    public static SentRequest next(AttemptRecord attempt, String kind, byte @Nullable [] content) {
        List<AttemptRecord> levels = levels(attempt);
        String hash = content == null ? null : hash(content);
        IdempotencyKeyBase outermost = levels.get(levels.size() - 1).key();
        synchronized (outermost) {
            LogicalRequest known =
                    known(levels, kind, level -> level.key().history().match(level, kind, hash));
            SentRequest sent = new SentRequest(known == null ? outermost.create(kind, hash) : known.with(hash));
            for (AttemptRecord level : levels) {
                note(level, level.key().history().begin(level, sent), kind);
            }
            return sent;
        }
    }

    /**
     * The next request of an attempt whose key the caller has set.
     *
     * @throws RequestMismatchException if the key is not the one that it had in an earlier attempt
     */
    public static SentRequest own(AttemptRecord attempt, String kind, String key) {
        List<AttemptRecord> levels = new ArrayList<>(2);
        for (AttemptRecord notes = attempt; notes != null; notes = notes.enclosing()) {
            levels.add(notes);
        }
        synchronized (levels.get(levels.size() - 1).key()) {
            LogicalRequest known =
                    known(levels, kind, level -> level.key().own().matchOwn(level, kind, key));
            SentRequest sent = new SentRequest(known == null ? new LogicalRequest(kind, key, key) : known);
            for (AttemptRecord level : levels) {
                note(level, level.key().own().begin(level, sent), kind);
            }
            return sent;
        }
    }

    private static void note(AttemptRecord level, @Nullable Kind doubt, String kind) {
        if (doubt != null) {
            level.add(new RecordedSideEffect(level, doubt, kind));
        }
    }

    /**
     * The attempt and the enclosing ones: if keys are derived from a text, up to the outermost whose call has keys.
     * Random keys belong to the outermost call, so that it repeats them whether it asked for keys or not.
     */
    private static List<AttemptRecord> levels(AttemptRecord attempt) {
        List<AttemptRecord> levels = new ArrayList<>(2);
        int last = -1;
        for (AttemptRecord notes = attempt; notes != null; notes = notes.enclosing()) {
            last = notes.key().isWanted() ? levels.size() : last;
            levels.add(notes);
        }
        boolean random = last < 0 || levels.get(last).key().value == null;
        return random ? levels : levels.subList(0, last + 1);
    }

    /** The request as an earlier attempt of one of the calls sent it; null if it is new. */
    private static @Nullable LogicalRequest known(
            List<AttemptRecord> levels, String kind, Function<AttemptRecord, RequestHistory.Match> history) {
        for (AttemptRecord level : levels) {
            RequestHistory.Match match = history.apply(level);
            LogicalRequest conflict = match.conflict();
            if (conflict != null && !level.key().policy.allows(Kind.MISMATCHED_KEY)) {
                level.add(new RecordedSideEffect(level, Kind.MISMATCHED_KEY, conflict.kind()));
                throw new RequestMismatchException(kind, conflict.kind());
            }
            if (match.request() != null) {
                return match.request();
            }
        }
        return null;
    }

    private LogicalRequest create(String kind, @Nullable String hash) {
        String text = value;
        if (text == null) {
            random = random == null ? UUID.randomUUID().toString() : random;
            text = random;
        }
        return new LogicalRequest(kind, key(text, kind, history().next(kind)), hash);
    }

    /**
     * An attempt of another call turns out to be part of an attempt of this one, which therefore sent what the inner
     * attempt sent.
     */
    void takeOver(AttemptRecord outer, AttemptRecord inner) {
        IdempotencyKeyBase taken = inner.key();
        if (taken.hasSent()) {
            note(outer, history().takeOver(outer, taken.history(), inner), "a request");
            note(outer, own().takeOver(outer, taken.own(), inner), "a request");
        }
    }

    /** Whether a request of the call has had a key. */
    public synchronized boolean hasSent() {
        return history != null || own != null;
    }

    private synchronized RequestHistory history() {
        RequestHistory known = history;
        if (known == null) {
            known = new RequestHistory();
            history = known;
        }
        return known;
    }

    private synchronized RequestHistory own() {
        RequestHistory known = own;
        if (known == null) {
            known = new RequestHistory();
            own = known;
        }
        return known;
    }

    /**
     * Derives a key: the first 128 bits of the SHA-256 of a text's UTF-16 units, big-endian, with the version (5,
     * name-based) and the variant of RFC 9562. Part of the public contract: if an update of the library changed the key
     * for a value, a message that is delivered before and after the update could pay twice.
     *
     * @param number from 1
     */
    public static String key(String value, String kind, int number) {
        String name = number + " " + kind.length() + " " + kind + value;
        // getBytes would map all unpaired surrogates to the same byte
        ByteBuffer chars = ByteBuffer.allocate(name.length() * Character.BYTES);
        chars.asCharBuffer().put(name);
        ByteBuffer hash = ByteBuffer.wrap(sha256(chars.array()));
        long high = hash.getLong() & 0xffff_ffff_ffff_0fffL | 0x5000;
        long low = hash.getLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    private static String hash(byte[] content) {
        return new String(sha256(content), StandardCharsets.ISO_8859_1);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
