package dev.retrykit.spring.server;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An address, or all that begin with the same bits (CIDR, RFC 4632).
 *
 * @param address one of them
 * @param bits how many bits are the same
 */
record AddressRange(InetAddress address, int bits) {

    private static final String RULE = "it must be an address, or an address and a number of bits, as 10.0.0.0/8";

    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");

    /** {@link InetAddress#getByName} looks up no text that begins so and has a colon. */
    private static final Pattern IPV6 = Pattern.compile("(?=[^:]*:)[0-9a-fA-F:][0-9a-fA-F:.]{1,44}");

    /** By how many bits an IPv4 address is longer where it is written as one of IPv6, {@code ::ffff:10.0.0.1}. */
    private static final int MAPPED = 96;

    /**
     * Reads one. A name is none: it isn't looked up.
     *
     * @throws IllegalArgumentException if it is none
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
            throw new IllegalArgumentException("the number of bits must be " + least + " to " + (least + length));
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
     * The address that a text says; null if it says none. Nothing is looked up: neither a name nor, of an address with a
     * zone ({@code fe80::1%eth0}), its interface.
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

    /** Whether an address is one of them. */
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
