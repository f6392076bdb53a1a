package dev.retrykit.spring.client;

import dev.retrykit.spring.settings.HttpSettings;
import dev.retrykit.spring.settings.HttpSettings.IdempotencyKey;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The header for idempotency keys of each host. Immutable. */
final class KeyHeaders {

    private static final String KEY = "retrykit.http.idempotency-key";

    /** Headers that clients or servers act upon, so they cannot carry a key. */
    private static final Set<String> TAKEN = Set.of(
            "accept",
            "authorization",
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "cookie",
            "date",
            "expect",
            "host",
            "keep-alive",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "user-agent");

    private final List<Entry> entries = new ArrayList<>();
    private final KeyHeader others;

    /**
     * Creates the headers from the configured settings.
     *
     * @throws InvalidSettingException for the first invalid setting
     */
    KeyHeaders(ConfiguredSettings written) {
        IdempotencyKey settings = written.http().idempotencyKey();
        check(written, KEY + ".name", settings.name());
        others = new KeyHeader(settings.name(), settings.quoted());
        for (int i = 0; i < settings.hosts().size(); i++) {
            entries.add(
                    entry(written, KEY + ".hosts[" + i + "]", settings.hosts().get(i)));
        }
    }

    private record Entry(HostPattern host, KeyHeader header) {}

    /** Returns the header for a request. */
    KeyHeader of(URI uri) {
        for (Entry entry : entries) {
            if (entry.host().matches(uri)) {
                return entry.header();
            }
        }
        return others;
    }

    private Entry entry(ConfiguredSettings written, String key, HttpSettings.KeyOfHost settings) {
        String host = settings.host();
        if (host == null) {
            throw new InvalidSettingException(
                    "'" + key + "' (" + origin(written, key, settings) + ") has no host.",
                    "Set host to " + HostPattern.RULE + ".");
        }
        if (settings.name() == null && settings.quoted() == null) {
            throw new InvalidSettingException(
                    "'" + key + "' (" + written.origin(key + ".host")
                            + ") sets neither name nor quoted, so it has no effect for " + host + ".",
                    "Set name to the name of the header, set quoted: true, or remove the entry.");
        }
        String name = settings.name() == null ? others.name() : settings.name();
        check(written, key + ".name", name);
        boolean quoted = settings.quoted() == null ? others.quoted() : settings.quoted();
        return new Entry(HostPattern.of(written, key + ".host", host), new KeyHeader(name, quoted));
    }

    private static String origin(ConfiguredSettings written, String key, HttpSettings.KeyOfHost settings) {
        return written.origin(key + (settings.name() == null ? ".quoted" : ".name"));
    }

    private static void check(ConfiguredSettings written, String key, @Nullable String name) {
        if (name == null || !HttpSettings.isHeaderName(name)) {
            throw written.wrong(key, String.valueOf(name), "it must be a valid header name");
        }
        if (TAKEN.contains(name.toLowerCase(Locale.ROOT))) {
            throw written.wrong(key, name, "it must be a header without another meaning");
        }
    }
}
