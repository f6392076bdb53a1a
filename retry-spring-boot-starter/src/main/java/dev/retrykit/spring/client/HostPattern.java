package dev.retrykit.spring.client;

import dev.retrykit.spring.settings.ConfiguredSettings;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts something holds for: one host, or with {@code *.} all whose names end so.
 *
 * @param text in lower case
 */
record HostPattern(String text) {

    /** What may stand for a host, for messages. */
    static final String RULE = "a host name or address without scheme and port, or '*.' and the end of a name, or '*'";

    private static final Pattern PORT = Pattern.compile(":[0-9]*$");

    private static final Pattern LEGAL =
            Pattern.compile("\\*|(\\*\\.)?[\\p{Alnum}_-]+(\\.[\\p{Alnum}_-]+)*\\.?|\\[[0-9a-fA-F:.]+]");

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException if it is none
     */
    static HostPattern of(String written) {
        if (!LEGAL.matcher(written).matches()) {
            throw new IllegalArgumentException("it must be " + RULE);
        }
        return new HostPattern(canonical(written));
    }

    /**
     * Reads a pattern that is the value of a setting.
     *
     * @throws InvalidSettingException if it is none
     */
    static HostPattern of(ConfiguredSettings written, String key, String text) {
        try {
            return of(text);
        } catch (IllegalArgumentException illegal) {
            throw written.wrong(key, text, String.valueOf(illegal.getMessage()));
        }
    }

    /** Whether it holds for the host of a request; never for none. */
    boolean matches(URI uri) {
        String name = hostOf(uri);
        if (name == null) {
            return false;
        }
        return isWildcard() ? name.endsWith(text.substring(1)) : name.equals(text);
    }

    /**
     * The host of a request, equal for all ways to write it. One with an underscore is none by the rules for URIs, but most
     * clients send to it.
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

    /** What is in brackets is an address, or none: it isn't looked up. */
    private static String address(String bracketed) {
        try {
            return '[' + InetAddress.getByName(bracketed).getHostAddress() + ']';
        } catch (UnknownHostException none) {
            return bracketed;
        }
    }

    /** Whether there is more than one such host. */
    boolean isWildcard() {
        return text.startsWith("*");
    }
}
