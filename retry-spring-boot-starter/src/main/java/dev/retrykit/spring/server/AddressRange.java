package dev.retrykit.spring.server;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An IP address, or a range of addresses with a common prefix (CIDR, RFC 4632).
 *
 * @param address an address of the range
 * @param bits length of the prefix in bits
 */
record AddressRange(InetAddress address, int bits) {

    private static final String RULE =
            "it must be an IP address, or an address and a prefix length, for example 10.0.0.0/8";

    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");

    /** {@link InetAddress#getByName} does no lookup for a text that matches this and contains a colon. */
    private static final Pattern IPV6 = Pattern.compile("(?=[^:]*:)[0-9a-fA-F:][0-9a-fA-F:.]{1,44}");

    /** Number of bits that precede an IPv4 address in its IPv6 form, {@code ::ffff:10.0.0.1}. */
    private static final int MAPPED = 96;

    /**
     * Parses an address or range. Host names are rejected and never resolved.
     *
     * @throws IllegalArgumentException if it is invalid
     */
    static AddressRange of(String text) {
        String[] parts = text.split("/", -1);
        InetAddress address = parts.length > 2 || parts[0].contains("%") ? null : literal(parts[0]);
        if (address == null) {
            throw new IllegalArgumentException(RULE);
        }
        int length = address.getAddress().length * Byte.SIZE;
        int least = address instanceof Inet4Address && parts[0].contains(":") ? MAPPED : 0;
        int bits = parts.length == 1 ? least + length : bits(parts[1]);
        if (bits < least || bits > least + length) {
            throw new IllegalArgumentException("the prefix length must be " + least + " to " + (least + length));
        }
        return new AddressRange(address, bits - least);
    }

    private static int bits(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException unreadable) {
            throw new IllegalArgumentException(RULE);
        }
    }

    /**
     * Parses an IP address; null if the text is not one. Nothing is looked up, neither a name nor the interface of a
     * zone ({@code fe80::1%eth0}).
     */
    static @Nullable InetAddress literal(@Nullable String text) {
        String address = text == null ? "" : text.replaceFirst("^([^%]*:[^%]*)%.+$", "$1");
        if (!IPV4.matcher(address).matches() && !IPV6.matcher(address).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException none) {
            return null;
        }
    }

    /** Whether the range contains an address. */
    boolean contains(InetAddress other) {
        byte[] own = address.getAddress();
        byte[] its = other.getAddress();
        if (own.length != its.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> i % Byte.SIZE;
            if ((own[i / Byte.SIZE] & mask) != (its[i / Byte.SIZE] & mask)) {
                return false;
            }
        }
        return true;
    }
}
