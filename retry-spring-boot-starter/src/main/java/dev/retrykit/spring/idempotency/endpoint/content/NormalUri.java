package dev.retrykit.spring.idempotency.endpoint.content;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Normalizes equivalent spellings of a path or query (RFC 3986, section 6.2.2), which a client library or a proxy may
 * rewrite.
 */
final class NormalUri {

    private static final int HEX = 16;
    private static final int ESCAPED = 3;

    /** The session ID of a client without cookies. */
    private static final Pattern SESSION = Pattern.compile(";jsessionid=[^;/]*", Pattern.CASE_INSENSITIVE);

    private NormalUri() {}

    /** Normalizes a raw path and removes its session ID. */
    static String path(String raw) {
        return of(raw.indexOf(';') < 0 ? raw : SESSION.matcher(raw).replaceAll(""));
    }

    /** Decodes escaped letters, digits and {@code -._~}, and writes the remaining escapes in upper case. */
    static String of(String raw) {
        int next = raw.indexOf('%');
        if (next < 0) {
            return raw;
        }
        StringBuilder normal = new StringBuilder(raw.length());
        int from = 0;
        for (; next >= 0; next = raw.indexOf('%', from)) {
            normal.append(raw, from, next);
            int value = value(raw, next);
            from = value < 0 ? next + 1 : next + ESCAPED;
            normal.append(
                    value >= 0 && isUnreserved(value)
                            ? String.valueOf((char) value)
                            : raw.substring(next, from).toUpperCase(Locale.ROOT));
        }
        return normal.append(raw, from, raw.length()).toString();
    }

    /** Returns the escaped value; negative if it is not an escape. */
    private static int value(String raw, int percent) {
        if (percent + ESCAPED > raw.length()) {
            return -1;
        }
        int high = digit(raw.charAt(percent + 1));
        int low = digit(raw.charAt(percent + 2));
        return high < 0 || low < 0 ? -1 : high * HEX + low;
    }

    private static int digit(char digit) {
        return digit < 0x80 ? Character.digit(digit, HEX) : -1;
    }

    private static boolean isUnreserved(int value) {
        return value >= 'a' && value <= 'z'
                || value >= 'A' && value <= 'Z'
                || value >= '0' && value <= '9'
                || "-._~".indexOf(value) >= 0;
    }
}
