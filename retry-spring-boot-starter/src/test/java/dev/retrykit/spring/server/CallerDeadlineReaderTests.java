package dev.retrykit.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.retrykit.spring.Apps;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is believed, and what. */
class CallerDeadlineReaderTests {

    @ParameterizedTest
    @CsvSource({
        "request-timeout-ms, 1500, PT1.5S",
        "request-timeout-ms, ' 0007\t', PT0.007S",
        "request-timeout-ms, 0, PT0S",
        "request-timeout-ms, -1, PT0S",
        "x-envoy-expected-rq-timeout-ms, 250, PT0.25S",
        "grpc-timeout, 1H, PT1H",
        "grpc-timeout, 2M, PT2M",
        "grpc-timeout, 3S, PT3S",
        "grpc-timeout, 4m, PT0.004S",
        "grpc-timeout, 5u, PT0.000005S",
        "grpc-timeout, 6n, PT0.000000006S",
        "grpc-timeout, 99999999H, PT99999999H"
    })
    void readsEachForm(String name, String value, Duration left) {
        assertThat(CallerDeadlineReader.read(asked -> asked.equals(name) ? List.of(value) : List.of()))
                .isEqualTo(left);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "1.5", "1e3", "NaN", "\u0661\u0662", "+5", "1 2", "0x10", "5ms", "--5"})
    void whatCannotBeReadIsNone(String value) {
        assertThat(CallerDeadlineReader.read(name -> List.of(value))).isNull();
    }

    @Test
    void oneThatIsTooLargeIsAVeryLongOne() {
        assertThat(CallerDeadlineReader.read(name -> name.startsWith("req") ? List.of("9".repeat(1000)) : List.of()))
                .isGreaterThan(Duration.ofDays(1000));
        assertThat(CallerDeadlineReader.read(
                        name -> name.startsWith("req") ? List.of("9".repeat(1_000_000)) : List.of()))
                .isNull();
    }

    @Test
    void theShortestCounts() {
        Map<String, List<String>> headers =
                Map.of("request-timeout-ms", List.of("900", "800"), "grpc-timeout", List.of("1S", "x"));

        assertThat(CallerDeadlineReader.read(name -> headers.getOrDefault(name, List.of())))
                .isEqualTo(Duration.ofMillis(800));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.1.2, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "10.0.0.0/8, ::ffff:10.0.0.1, true",
        "::ffff:10.0.0.0/104, 10.0.0.1, true",
        "::ffff:10.0.0.0/104, 11.0.0.1, false",
        "::ffff:10.0.0.1, 10.0.0.1, true",
        "::ffff:10.0.0.1, 10.0.0.2, false",
        "10.0.0.128/25, 10.0.0.127, false",
        "10.0.0.128/25, 10.0.0.128, true",
        "192.168.1.1, 192.168.1.1, true",
        "192.168.1.1, 192.168.1.2, false",
        "0.0.0.0/0, 1.2.3.4, true",
        "0.0.0.0/0, ::1, false",
        "::1, ::1, true",
        "fd00::/8, fd12:3456::1, true",
        "fd00::/8, fe80::1, false",
        "fe80::/10, fe80:0:0:0:0:0:0:1%eth9, true",
        "fe80::/10, fe80::1%2, true",
        "fe80::/10, fec0::1%2, false"
    })
    void rangesAreBits(String range, String address, boolean contained) {
        assertThat(AddressRange.of(range).contains(Objects.requireNonNull(AddressRange.literal(address), "a literal")))
                .isEqualTo(contained);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "localhost",
                "unknown",
                "_hidden",
                "999.999.999.999",
                "256.0.0.1",
                "10.0.0.256",
                "010.0.0.1",
                "10.0.0",
                "10.0.0.1.",
                "10.0.0.1%eth0",
                "0x0a.0.0.1",
                "167772161",
                ".:",
                "1:",
                "::ffff:999.0.0.1",
                "12345::1",
                "a.example:80",
                "[::1]",
                "::1%",
                "10.0.0.1, 10.0.0.2",
                " 10.0.0.1",
                "10.0.0.1\n"
            })
    void whatIsNoAddressIsNotLookedUp(String text) {
        assertThat(AddressRange.literal(text)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/8/8",
                "10.0.0/8",
                "::1/129",
                "10.0.0.0/x",
                "300.0.0.1",
                "010.0.0.1/8",
                "fe80::1%eth0/64",
                "::ffff:10.0.0.0/8",
                "example.com/8"
            })
    void aNameIsNoAddress(String range) {
        assertThatIllegalArgumentException().isThrownBy(() -> AddressRange.of(range));
    }

    @Test
    void whatIsNoAddressFailsTheStart() {
        new org.springframework.boot.test.context.runner.WebApplicationContextRunner()
                .withConfiguration(Apps.autoConfigurations())
                .withConfiguration(org.springframework.boot.autoconfigure.AutoConfigurations.of(
                        dev.retrykit.spring.autoconfigure.RetrykitServerAutoConfiguration.class))
                .withInitializer(Apps.yml("retrykit.http.trust: [ 10.0.0.0/8, gateway.internal ]"))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageStartingWith("'retrykit.http.trust[1]' = 'gateway.internal' (")
                        .hasMessageEndingWith("it must be an IP address, or an address and a prefix length, for example"
                                + " 10.0.0.0/8."));
    }
}
