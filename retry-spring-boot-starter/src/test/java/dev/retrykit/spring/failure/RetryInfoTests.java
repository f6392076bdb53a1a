package dev.retrykit.spring.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryInfoTests {

    private static final String TYPE = "type.googleapis.com/google.rpc.RetryInfo";

    private static byte[] number(int field, long value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(field << 3);
        varint(out, value);
        return out.toByteArray();
    }

    private static byte[] bytes(int field, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(field << 3 | 2);
        varint(out, content.size());
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private static byte[] text(int field, String text) {
        return bytes(field, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] detail(String type, long seconds, long nanos) {
        return bytes(3, text(1, type), bytes(2, bytes(1, number(1, seconds), number(2, nanos))));
    }

    private static byte[] status(byte[]... details) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(number(1, 8));
        out.writeBytes(text(2, "quota exceeded"));
        for (byte[] detail : details) {
            out.writeBytes(detail);
        }
        return out.toByteArray();
    }

    private static StatusRuntimeException answer(Code code, byte[] details) {
        Metadata trailers = new Metadata();
        trailers.put(Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER), details);
        return new StatusRuntimeException(code.toStatus(), trailers);
    }

    @ParameterizedTest
    @CsvSource({
        "2,         0,          2000000000",
        "1,         500000000,  1500000000",
        "0,         0,          0",
        "-5,        0,          0",
        "-1,        -500000000, 0",
        "9223372036854775807, 999999999, 9223372036854775807",
        "9223372036, 999999999, 9223372036854775807",
    })
    void readsADelay(long seconds, long nanos, long delay) {
        assertThat(RetryInfo.delayNanos(status(detail(TYPE, seconds, nanos)))).isEqualTo(delay);
    }

    @Test
    void ofSeveralDetailsTheLongestDelayCountsAndOthersMeanNothing() {
        byte[] help = detail("type.googleapis.com/google.rpc.Help", 60, 0);
        assertThat(RetryInfo.delayNanos(status(help, detail(TYPE, 1, 0), help, detail(TYPE, 3, 0), help)))
                .isEqualTo(3_000_000_000L);
        assertThat(RetryInfo.delayNanos(status(help))).isEqualTo(Verdict.NO_HINT);
        assertThat(RetryInfo.delayNanos(status())).isEqualTo(Verdict.NO_HINT);
        assertThat(RetryInfo.delayNanos(new byte[0])).isEqualTo(Verdict.NO_HINT);
    }

    @Test
    void anExhaustedResourceIsRetriedAfterItsDelayAndNoOtherCodeIs() {
        byte[] details = status(detail(TYPE, 2, 0));
        GrpcFailures classifier = new GrpcFailures();
        assertThat(classifier.classify(answer(Code.RESOURCE_EXHAUSTED, details)))
                .isEqualTo(new Verdict(Kind.RETRYABLE, Signal.THROTTLED, 2_000_000_000L));
        assertThat(classifier.classify(answer(Code.UNAVAILABLE, details)))
                .isEqualTo(new Verdict(Kind.RETRYABLE, Signal.FAILURE, 2_000_000_000L));
        assertThat(classifier.classify(answer(Code.NOT_FOUND, details)).kind()).isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(classifier
                        .classify(answer(Code.RESOURCE_EXHAUSTED, status()))
                        .kind())
                .isEqualTo(Kind.NOT_RETRYABLE);
    }

    @Test
    void aPushbackAndADelayAreTheLongerOfBoth() {
        StatusRuntimeException both = answer(Code.UNAVAILABLE, status(detail(TYPE, 2, 0)));
        Metadata.Key<String> pushback = Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);
        both.getTrailers().put(pushback, "500");
        both.getTrailers().put(pushback, "3000");
        both.getTrailers().put(pushback, "1000");
        assertThat(new GrpcFailures().classify(both).retryAfterNanos()).isEqualTo(3_000_000_000L);
        both.getTrailers().put(pushback, "-1");
        assertThat(new GrpcFailures().classify(both).kind()).isEqualTo(Kind.VETOED);
    }

    /** Whatever is cut, flipped or made up: an early end is no delay, and nothing throws. */
    @Test
    void whateverTheBytesAreNothingThrows() {
        byte[] good = status(detail(TYPE, 2, 5));
        for (int length = 0; length < good.length; length++) {
            assertThat(RetryInfo.delayNanos(Arrays.copyOf(good, length))).isEqualTo(Verdict.NO_HINT);
        }
        Random random = new Random(42);
        for (int i = 0; i < 200_000; i++) {
            byte[] spoilt = random.nextBoolean() ? good.clone() : new byte[random.nextInt(60)];
            for (int flips = 1 + random.nextInt(5); flips > 0 && spoilt.length > 0; flips--) {
                spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt();
            }
            assertThat(RetryInfo.delayNanos(spoilt)).isGreaterThanOrEqualTo(Verdict.NO_HINT);
        }
        byte[] long1 = new byte[1_000_000];
        Arrays.fill(long1, (byte) 0x1a);
        assertThat(RetryInfo.delayNanos(long1)).isGreaterThanOrEqualTo(Verdict.NO_HINT);
    }
}
