package dev.retrykit.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTests {

    /** 6 November 1994, 08:49:37, the moment of the examples in RFC 9110. */
    private static final Instant RECEIVED = Instant.parse("1994-11-06T08:49:37Z");

    private static RetryAfter read(String... lines) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line : lines) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
                    .add(line.substring(colon + 1));
        }
        return RetryAfter.read(name -> headers.getOrDefault(name, List.of()), RECEIVED);
    }

    private static long nanos(String duration) {
        return Duration.parse(duration).toNanos();
    }

    @Test
    void noHeaderAsksForNothing() {
        assertThat(read()).isSameAs(RetryAfter.none()).isEqualTo(new RetryAfter(Verdict.NO_HINT, false));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Retry-After:0 | PT0S",
                "Retry-After:120 | PT2M",
                "retry-after: 120 | PT2M",
                "RETRY-AFTER:007 | PT7S",
                "Retry-After:1.5 | PT1.5S",
                "Retry-After:1.0000000001 | PT1.000000001S",
                "Retry-After:.5 | PT0.5S",
                "Retry-After:5. | PT5S",
                "Retry-After:00.25 | PT0.25S",
                "Retry-After:1, 3 | PT3S",
                "Retry-After:120, soon | PT2M",
                "Retry-After:soon,120 | PT2M",
                "Retry-After:1,, | PT1S",
                "retry-after-ms:20, soon | PT0.02S",
                "Retry-After:Sun, 06 Nov 1994 08:50:37 GMT, 30 | PT1M",
                "Retry-After:90, Sun, 06 Nov 1994 08:50:37 GMT | PT1M30S",
                "Retry-After:Sun, 06 Nov 1994 08:50:37 GMT, Sun, 06 Nov 1994 08:51:37 GMT | PT2M",
                "retry-after-ms:1500 | PT1.5S",
                "retry-after-ms:0.5 | PT0.0005S",
                "x-ms-retry-after-ms:250 | PT0.25S",
                "x-amz-retry-after:1500 | PT1.5S",
                "grpc-retry-pushback-ms:40 | PT0.04S",
                "Retry-After:Sun, 06 Nov 1994 08:50:37 GMT | PT1M",
                "Retry-After:sun, 06 nov 1994 08:50:37 gmt | PT1M",
                "Retry-After:Sun, 06 Nov 1994 08:50:37 UTC | PT1M",
                "Retry-After:Mon, 06 Nov 1994 08:50:37 GMT | PT1M",
                "Retry-After:Sunday, 06-Nov-94 08:50:37 GMT | PT1M",
                "Retry-After:Sun Nov  6 08:50:37 1994 | PT1M",
                "Retry-After:Sun Nov 6 08:50:37 1994 | PT1M",
                "Retry-After:Sun Nov 06 08:50:37 1994 | PT1M",
                "Retry-After:Wed Nov 16 08:49:37 1994 | P10D",
                "Retry-After:Sun, 06 Nov 1994 08:49:60 GMT | PT23S",
                "Retry-After:Sat, 31 Dec 2016 23:59:60 GMT | P8091DT15H10M23S",
                "Retry-After:Sun, 06 Nov 1994 08:49:36 GMT | PT0S",
                "Retry-After:Thu, 01 Jan 1970 00:00:00 GMT | PT0S",
            })
    void readsTimes(String line, String delay) {
        assertThat(read(line)).isEqualTo(new RetryAfter(nanos(delay), false));
    }

    @Test
    void blanksAndTabsAroundAreNoPartOfIt() {
        assertThat(read("Retry-After: \t 7 \t").delayNanos()).isEqualTo(nanos("PT7S"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-5",
                "+5",
                "soon",
                "1e3",
                "NaN",
                "Infinity",
                "0x10",
                "1_000",
                "1 2",
                "1;2",
                "5s",
                "1.2.3",
                ".",
                "\u0665",
                "\uff15",
                "5\u00a0",
                "5\u0000",
                "5\r\nX: y",
                "Sun, 06 Nov 1994 08:49:37",
                "Sun, 06 Nov 1994 08:49:37 EST",
                "Sun, 6 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 94 08:49:37 GMT",
                "Sun, 30 Feb 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 24:00:00 GMT",
                "Sun, 06 Nov 1994 08:60:00 GMT",
                "Sun, 06 Nov 1994 08:49:61 GMT",
                "Sun, 06 Nox 1994 08:49:37 GMT",
                "1994-11-06T08:49:37Z",
                "Sunday, 06-Nov-1994 08:49:37 GMT",
                "Sun Nov 32 08:49:37 1994",
            })
    void whatCantBeReadAsksForNothing(String value) {
        assertThat(read("Retry-After:" + value)).isEqualTo(RetryAfter.none());
    }

    @Test
    void aTimeBeyondCountingIsTheLongestThereIs() {
        assertThat(read("Retry-After:9223372036").delayNanos()).isEqualTo(9_223_372_036_000_000_000L);
        assertThat(read("Retry-After:9223372037").delayNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(read("Retry-After:" + "9".repeat(1_000_000)).delayNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(read("Retry-After:Fri, 31 Dec 9999 23:59:59 GMT").delayNanos())
                .isEqualTo(Long.MAX_VALUE);
        assertThat(read("retry-after-ms:" + "1".repeat(20)).delayNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aLongLineIsReadWithoutTrouble() {
        assertThat(read("Retry-After:" + "0".repeat(1_000_000) + "7").delayNanos())
                .isEqualTo(nanos("PT7S"));
        assertThat(read("Retry-After:1." + "0".repeat(1_000_000)).delayNanos()).isEqualTo(nanos("PT1S"));
        assertThat(read("Retry-After:1." + "0".repeat(1_000_000) + "1").delayNanos())
                .isEqualTo(nanos("PT1.000000001S"));
        assertThat(read("Retry-After:" + "x".repeat(1_000_000))).isEqualTo(RetryAfter.none());
        assertThat(read("Retry-After:" + "1,".repeat(500_000) + "2").delayNanos())
                .isEqualTo(nanos("PT2S"));
        assertThat(read("Retry-After:" + " ".repeat(1_000_000) + "3").delayNanos())
                .isEqualTo(nanos("PT3S"));
    }

    @Test
    void ofSeveralTheLongestCounts() {
        assertThat(read("Retry-After:1", "Retry-After:3", "Retry-After:2").delayNanos())
                .isEqualTo(nanos("PT3S"));
        assertThat(read("Retry-After:1", "retry-after-ms:1500").delayNanos()).isEqualTo(nanos("PT1.5S"));
        assertThat(read("Retry-After:soon", "Retry-After:2").delayNanos()).isEqualTo(nanos("PT2S"));
        assertThat(read("Retry-After:2", "Retry-After:Sun, 06 Nov 1994 08:50:37 GMT")
                        .delayNanos())
                .isEqualTo(nanos("PT1M"));
    }

    @Test
    void aDateIsCorrectedByTheServersOwnClock() {
        assertThat(read("Retry-After:Sun, 06 Nov 1994 09:00:10 GMT", "Date:Sun, 06 Nov 1994 09:00:00 GMT")
                        .delayNanos())
                .isEqualTo(nanos("PT10S"));
        assertThat(read("Retry-After:Sun, 06 Nov 1994 08:00:10 GMT", "Date:Sun, 06 Nov 1994 09:00:00 GMT")
                        .delayNanos())
                .isZero();
        assertThat(read("Retry-After:Sun, 06 Nov 1994 08:49:47 GMT", "Date:today")
                        .delayNanos())
                .as("one that can't be read is none")
                .isEqualTo(nanos("PT10S"));
        assertThat(read("Retry-After:10", "Date:Sun, 06 Nov 1994 09:00:00 GMT").delayNanos())
                .as("seconds need none")
                .isEqualTo(nanos("PT10S"));
    }

    @ParameterizedTest(name = "now {0}, year {1}: {2}")
    @CsvSource({
        "1994-11-06T08:49:37Z, 94, 1994",
        "1994-11-06T08:49:37Z, 44, 2044",
        "1994-11-06T08:49:36Z, 44, 1944",
        "1994-11-06T08:49:37Z, 45, 1945",
        "2026-01-01T00:00:00Z, 75, 2075",
        "2026-01-01T00:00:00Z, 76, 1976",
        "2099-12-31T23:59:59Z, 01, 2101",
        "2000-01-01T00:00:00Z, 99, 1999",
    })
    void aYearOfTwoDigitsIsNoMoreThanFiftyYearsAhead(Instant now, String year, String full) {
        assertThat(HttpDates.epochSecond("Sunday, 06-Nov-" + year + " 08:49:37 GMT", now))
                .hasValue(Instant.parse(full + "-11-06T08:49:37Z").getEpochSecond());
    }

    @Test
    void aFractionOfThisMachinesClockIsKept() {
        Instant later = RECEIVED.plusMillis(400);
        RetryAfter advice = RetryAfter.read(
                name -> name.equals("retry-after") ? List.of("Sun, 06 Nov 1994 08:49:38 GMT") : List.of(), later);
        assertThat(advice.delayNanos()).isEqualTo(nanos("PT0.6S"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-should-retry:false",
                "X-Should-Retry: FALSE ",
                "Stripe-Should-Retry:false",
                "Idempotent-Replayed:true",
                "grpc-retry-pushback-ms:-1",
                "grpc-retry-pushback-ms:٥",
                "grpc-retry-pushback-ms:soon",
                "grpc-retry-pushback-ms:",
            })
    void aVetoIsAVeto(String line) {
        assertThat(read(line)).isEqualTo(new RetryAfter(Verdict.NO_HINT, true));
        assertThat(read(line, "Retry-After:1")).isEqualTo(new RetryAfter(nanos("PT1S"), true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-should-retry:true",
                "x-should-retry:",
                "x-should-retry:no",
                "Stripe-Should-Retry:true",
                "Idempotent-Replayed:false",
                "Idempotent-Replayed:1",
            })
    void anythingElseIsNone(String line) {
        assertThat(read(line).vetoed()).isFalse();
    }

    @Test
    void namesAreAskedForInLowerCase() {
        List<String> asked = new ArrayList<>();
        RetryAfter.read(
                name -> {
                    asked.add(name);
                    return List.of();
                },
                RECEIVED);
        assertThat(asked).isNotEmpty().allSatisfy(name -> assertThat(name).isEqualTo(name.toLowerCase(Locale.ROOT)));
    }

    @Test
    void aPushbackIsAWholeNumber() {
        assertThat(read("grpc-retry-pushback-ms:1.5").vetoed()).isTrue();
        assertThat(read("grpc-retry-pushback-ms:1,2").vetoed()).isTrue();
        assertThat(read("grpc-retry-pushback-ms: 7 ")).isEqualTo(new RetryAfter(nanos("PT0.007S"), false));
    }

    @Test
    void anInvitationIsReadUnlessThereIsAVetoToo() {
        assertThat(read("x-should-retry: true")).isEqualTo(new RetryAfter(Verdict.NO_HINT, false, true));
        assertThat(read("Stripe-Should-Retry: TRUE", "Retry-After: 2"))
                .isEqualTo(new RetryAfter(nanos("PT2S"), false, true));
        assertThat(read("Stripe-Should-Retry: true", "x-should-retry: false"))
                .isEqualTo(new RetryAfter(Verdict.NO_HINT, true, false));
        assertThat(read("x-should-retry: yes")).isEqualTo(RetryAfter.none());
    }
}
