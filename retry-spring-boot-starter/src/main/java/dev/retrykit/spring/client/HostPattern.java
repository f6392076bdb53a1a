package dev.retrykit.spring.client;

import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A pattern that matches hosts: one host, or with {@code *.} all hosts with that suffix.
 *
 * @param text in lower case
 */
record HostPattern(String text) {

    /** Describes a valid pattern, for messages. */
    static final String RULE = "a host name or address without scheme and port, '*.' and a domain name, or '*'";

    private static final Pattern PORT = Pattern.compile(":[0-9]*$");

    private static final Pattern LEGAL =
            Pattern.compile("\\*|(\\*\\.)?[\\p{Alnum}_-]+(\\.[\\p{Alnum}_-]+)*\\.?|\\[[0-9a-fA-F:.]+]");

    /**
     * Parses a pattern.
     *
     * @throws IllegalArgumentException if it is invalid
     */
    static HostPattern of(String written) {
        if (!LEGAL.matcher(written).matches()) {
            throw new IllegalArgumentException("it must be " + RULE);
        }
        return new HostPattern(canonical(written));
    }

    /**
     * Parses a pattern that is the value of a setting.
     *
     * @throws InvalidSettingException if it is invalid
     */
    static HostPattern of(ConfiguredSettings written, String key, String text) {
        try {
            return of(text);
        } catch (IllegalArgumentException illegal) {
            throw written.wrong(key, text, String.valueOf(illegal.getMessage()));
        }
    }

    /** Whether the pattern matches the host of a request; false for a request without a host. */
    boolean matches(URI uri) {
        String name = hostOf(uri);
        if (name == null) {
            return false;
        }
        return isWildcard() ? name.endsWith(text.substring(1)) : name.equals(text);
    }

    /**
     * Returns the host of a request in canonical form. A host with an underscore is invalid in a URI, but most clients
     * accept it.
     */
    static @Nullable String hostOf(URI uri) {
        String host = uri.getHost();
        if (host == null && uri.getRawAuthority() != null) {
            String authority = uri.getRawAuthority();
            host = PORT.matcher(authority.substring(authority.lastIndexOf('@') + 1))
                    .replaceFirst("");
        }
        return host == null || host.isEmpty() ? null : canonical(host);
    }

    private static String canonical(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.startsWith("[")) {
            return address(name);
        }
        return name.length() > 1 && name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /** A text in brackets is an IP address or invalid; no name is resolved. */
    private static String address(String bracketed) {
        try {
            return '[' + InetAddress.getByName(bracketed).getHostAddress() + ']';
        } catch (UnknownHostException none) {
            return bracketed;
        }
    }

    /** Whether the pattern can match more than one host. */
    boolean isWildcard() {
        return text.startsWith("*");
    }
}
