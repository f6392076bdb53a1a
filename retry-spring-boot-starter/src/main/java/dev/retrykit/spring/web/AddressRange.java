package dev.retrykit.spring.web;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * An address, or all that begin with the same bits (CIDR, RFC 4632).
 *
 * @param address one of them
 * @param bits how many bits are the same
 */
record AddressRange(InetAddress address, int bits) {

    private static final Pattern LITERAL =
            Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    /**
     * Reads one. A name is none: it isn't looked up.
     *
     * @throws IllegalArgumentException if it is none
     */
    static AddressRange of(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length > 2 || !isLiteral(parts[0])) {
            throw new IllegalArgumentException(
                    "it must be an address, or an address and a number of bits, as 10.0.0.0/8");
        }
        try {
            InetAddress address = InetAddress.getByName(parts[0]);
            int most = address.getAddress().length * Byte.SIZE;
            int bits = parts.length == 1 ? most : Integer.parseInt(parts[1]);
            if (bits < 0 || bits > most) {
                throw new IllegalArgumentException("the number of bits must be 0 to " + most);
            }
            return new AddressRange(address, bits);
        } catch (UnknownHostException | NumberFormatException unreadable) {
            throw new IllegalArgumentException(
                    "it must be an address, or an address and a number of bits, as 10.0.0.0/8");
        }
    }

    /** Whether a text is an address, and no name that would have to be looked up. */
    static boolean isLiteral(String text) {
        return LITERAL.matcher(text).matches();
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
