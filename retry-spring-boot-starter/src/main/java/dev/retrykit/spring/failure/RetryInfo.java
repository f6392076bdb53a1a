package dev.retrykit.spring.failure;

import dev.retrykit.failure.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Reads the delay of a {@code google.rpc.RetryInfo} in the details of a {@code google.rpc.Status}, without the library
 * of these messages. Invalid data means no delay, and never causes an exception.
 */
final class RetryInfo {

    private static final byte[] TYPE = "/google.rpc.RetryInfo".getBytes(StandardCharsets.US_ASCII);

    // Field numbers of Status, Any, RetryInfo and Duration.
    private static final int DETAILS = 3;
    private static final int TYPE_URL = 1;
    private static final int VALUE = 2;
    private static final int RETRY_DELAY = 1;
    private static final int SECONDS = 1;
    private static final int NANOS = 2;

    private RetryInfo() {}

    /** The delay in nanoseconds, the longest of several; {@link Verdict#NO_HINT} if there is none. */
    static long delayNanos(byte[] status) {
        long longest = Verdict.NO_HINT;
        ProtoFields fields = new ProtoFields(status, 0, status.length);
        while (fields.next()) {
            if (fields.isBytes(DETAILS)) {
                longest = Math.max(longest, ofDetail(fields.bytes()));
            }
        }
        return fields.isBroken() ? Verdict.NO_HINT : longest;
    }

    private static long ofDetail(ProtoFields any) {
        boolean known = false;
        long delay = Verdict.NO_HINT;
        while (any.next()) {
            if (any.isBytes(TYPE_URL)) {
                known = any.endsWith(TYPE);
            } else if (any.isBytes(VALUE)) {
                delay = ofInfo(any.bytes());
            }
        }
        return known && !any.isBroken() ? delay : Verdict.NO_HINT;
    }

    private static long ofInfo(ProtoFields info) {
        long delay = Verdict.NO_HINT;
        while (info.next()) {
            if (info.isBytes(RETRY_DELAY)) {
                delay = ofDuration(info.bytes());
            }
        }
        return info.isBroken() ? Verdict.NO_HINT : delay;
    }

    private static long ofDuration(ProtoFields duration) {
        long seconds = 0;
        long nanos = 0;
        while (duration.next()) {
            if (duration.isNumber(SECONDS)) {
                seconds = duration.number();
            } else if (duration.isNumber(NANOS)) {
                nanos = duration.number();
            }
        }
        if (duration.isBroken()) {
            return Verdict.NO_HINT;
        }
        long whole = TimeUnit.SECONDS.toNanos(seconds);
        return whole > Long.MAX_VALUE - Math.max(0, nanos) ? Long.MAX_VALUE : Math.max(0, whole + nanos);
    }

    /** Iterates over the fields of a protocol buffers message. */
    private static final class ProtoFields {

        private static final int VARINT = 0;
        private static final int FIXED64 = 1;
        private static final int BYTES = 2;
        private static final int FIXED32 = 5;

        private final byte[] message;
        private final int end;
        private int at;
        private boolean broken;

        private int field;
        private int type;
        private long number;
        private int from;

        ProtoFields(byte[] message, int from, int end) {
            this.message = message;
            this.at = from;
            this.end = end;
        }

        /** Advances to the next field; false if there is none, or if it is invalid. */
        boolean next() {
            if (broken || at >= end) {
                return false;
            }
            long tag = varint();
            type = (int) (tag & 7);
            field = (int) (tag >>> 3);
            switch (type) {
                case VARINT -> number = varint();
                case FIXED64 -> skip(Long.BYTES);
                case BYTES -> skip(varint());
                case FIXED32 -> skip(Integer.BYTES);
                default -> broken = true;
            }
            return !broken;
        }

        private void skip(long length) {
            from = at;
            if (length < 0 || length > end - at) {
                broken = true;
            } else {
                at += (int) length;
            }
        }

        private long varint() {
            long value = 0;
            for (int shift = 0; shift < Long.SIZE && at < end; shift += 7) {
                byte next = message[at++];
                value |= (next & 0x7fL) << shift;
                if (next >= 0) {
                    return value;
                }
            }
            broken = true;
            return 0;
        }

        boolean isBytes(int wanted) {
            return field == wanted && type == BYTES;
        }

        boolean isNumber(int wanted) {
            return field == wanted && type == VARINT;
        }

        long number() {
            return number;
        }

        ProtoFields bytes() {
            return new ProtoFields(message, from, at);
        }

        boolean endsWith(byte[] suffix) {
            int length = at - from;
            return length >= suffix.length && Arrays.equals(message, at - suffix.length, at, suffix, 0, suffix.length);
        }

        boolean isBroken() {
            return broken;
        }
    }
}
