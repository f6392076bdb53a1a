package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.settings.Durations;
import dev.retrykit.spring.settings.HttpSettings;
import dev.retrykit.spring.settings.IdempotencySettings;
import dev.retrykit.spring.settings.IdempotencySettings.OnCrash;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** The validated settings that apply to all idempotent methods. */
public final class IdempotencyRules {

    private static final String PREFIX = "retrykit.idempotency.";

    /** The response header that marks a replay. */
    public static final String REPLAYED = "Idempotent-Replayed";

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final DataSize LARGEST = DataSize.ofMegabytes(64);

    /** Headers that describe a body or a location. */
    private static final List<String> GIVEN_AGAIN = List.of(
            "Content-Type",
            "Content-Encoding",
            "Content-Language",
            "Content-Location",
            "Content-Disposition",
            "Location",
            "Link",
            "ETag",
            "Accept-Ranges",
            "Content-Range",
            "Vary",
            "Retry-After",
            "Last-Modified",
            "Cache-Control");

    /** Headers that belong to one caller or one connection. */
    private static final Set<String> NEVER_GIVEN_AGAIN = insensitive(List.of(
            "Set-Cookie",
            "Set-Cookie2",
            "Authorization",
            "WWW-Authenticate",
            "Proxy-Authenticate",
            "Authentication-Info",
            "Connection",
            "Keep-Alive",
            "Transfer-Encoding",
            "Content-Length",
            "Trailer",
            "Upgrade",
            "Date",
            REPLAYED));

    private final IdempotencySettings settings;
    private final List<String> headers;

    /**
     * Creates the rules from the configured settings.
     *
     * @throws InvalidSettingException for the first value that is out of range
     */
    public IdempotencyRules(ConfiguredSettings written) {
        this.settings = written.idempotency();
        Check check = new Check(written);
        check.duration("ttl", settings.ttl(), SHORTEST);
        check.duration("lease", settings.lease(), SHORTEST);
        check.duration("hold-for", settings.holdFor(), Duration.ZERO);
        check.that("max-body", settings.maxBody(), isSize(settings.maxBody()), "be from 0B to 64MB");
        check.that("header", settings.header(), HttpSettings.isHeaderName(settings.header()), "be a valid header name");
        check.that(
                "memory.max-keys",
                settings.memory().maxKeys(),
                settings.memory().maxKeys() > 0,
                "be at least 1");
        check.that(
                "memory.max-size",
                settings.memory().maxSize(),
                !settings.memory().maxSize().isNegative(),
                "not be negative");
        this.headers = headers(settings.headers(), check);
    }

    private static boolean isSize(DataSize size) {
        return !size.isNegative() && size.compareTo(LARGEST) <= 0;
    }

    private static List<String> headers(List<String> written, Check check) {
        Set<String> names = insensitive(GIVEN_AGAIN);
        for (int i = 0; i < written.size(); i++) {
            String name = written.get(i);
            check.that("headers[" + i + "]", name, HttpSettings.isHeaderName(name), "be a valid header name");
            check.that(
                    "headers[" + i + "]",
                    name,
                    !NEVER_GIVEN_AGAIN.contains(name),
                    "not be a header that belongs to one caller or one connection");
            names.add(name);
        }
        return new ArrayList<>(names);
    }

    private static Set<String> insensitive(List<String> names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(names);
        return set;
    }

    /**
     * Returns the time limits for a method.
     *
     * @param ttl the ttl of its annotation; null if not set
     * @param fenced whether the store knows about each effect of a holder that has disappeared
     */
    ClaimTimings timings(@Nullable Duration ttl, boolean fenced) {
        Duration grace = fenced || settings.onCrash() == OnCrash.RERUN ? Duration.ZERO : settings.holdFor();
        return new ClaimTimings(ttl == null ? settings.ttl() : ttl, settings.lease(), grace, settings.holdFor());
    }

    /**
     * Parses the ttl of an annotation; null if it is empty.
     *
     * @throws InvalidSettingException if it is not a duration, or out of range
     */
    public static @Nullable Duration ttl(String text, String where) {
        if (text.isEmpty()) {
            return null;
        }
        try {
            Duration ttl = Durations.parse(text);
            if (ttl.compareTo(SHORTEST) >= 0 && ttl.compareTo(LONGEST) <= 0) {
                return ttl;
            }
        } catch (IllegalArgumentException unreadable) {
            // an unreadable value breaks the same rule
        }
        throw new InvalidSettingException(
                "@Idempotent(ttl) " + MessageText.quoted(text) + " on " + where + ": it must be " + Durations.RULE
                        + ", from 1s to 366 days.",
                "Correct the value, or remove it so that retrykit.idempotency.ttl applies.");
    }

    /** Returns the name of the header with the idempotency key. */
    public String header() {
        return settings.header();
    }

    /** Returns the names of the headers that may be replayed. */
    public List<String> headers() {
        return headers;
    }

    /** Returns the largest body in bytes. */
    public int maxBody() {
        return (int) settings.maxBody().toBytes();
    }

    /** Whether requests that do not require a key run while the store is unavailable. */
    public boolean runsWithoutStore() {
        return settings.onStoreDown() == IdempotencySettings.OnStoreDown.RUN;
    }

    private record Check(ConfiguredSettings written) {

        void duration(String key, Duration value, Duration least) {
            that(
                    key,
                    Durations.text(value),
                    value.compareTo(least) >= 0 && value.compareTo(LONGEST) <= 0,
                    "be from " + Durations.text(least) + " to 366 days");
        }

        void that(String key, Object value, boolean holds, String rule) {
            if (!holds) {
                throw written.wrong(PREFIX + key, value, "it must " + rule);
            }
        }
    }
}
