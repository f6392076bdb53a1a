package dev.retrykit.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class RateLimitsTests {

    /** 1767225600 seconds since 1970. */
    private static final Instant RECEIVED = Instant.parse("2026-01-01T00:00:00Z");

    private static RetryAfter read(int status, String... lines) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line : lines) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).replace("\\n", ""));
        }
        return RetryAfter.read(status, name -> headers.getOrDefault(name, List.of()), RECEIVED);
    }

    private static RetryAfter after(String duration) {
        return new RetryAfter(Duration.parse(duration).toNanos(), false);
    }

    /** Lines are parted by a vertical bar. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "RateLimit-Reset: 30 ! PT30S",
                "RateLimit-Remaining: 0|RateLimit-Reset: 30 ! PT30S",
                "RateLimit: limit=10, remaining=0, reset=30 ! PT30S",
                "RateLimit: limit=10,remaining=0;w=60 , reset=30 ! PT30S",
                "RateLimit: reset=30 ! PT30S",
                "RateLimit: \"default\";r=0;t=30 ! PT30S",
                "RateLimit: default;r=0;t=30 ! PT30S",
                "RateLimit: \"a\" ; t=30 ; r=0 ! PT30S",
                "RateLimit: \"burst\";r=0;t=5, \"daily\";r=0;t=60, \"year\";r=3;t=600 ! PT1M",
                "RateLimit: \"a,b;c=\\\"\";r=0;t=30 ! PT30S",
                "RateLimit: \"one\";r=0;t=5|RateLimit: \"two\";r=0;t=7 ! PT7S",
                "X-RateLimit-Reset: 30 ! PT30S",
                "X-RateLimit-Reset: 1767225630 ! PT30S",
                "X-RateLimit-Reset: 1767225630.5 ! PT30.5S",
                "X-RateLimit-Reset: 1767225630250 ! PT30.25S",
                "X-RateLimit-Reset: 1767225630|X-RateLimit-Remaining: 0 ! PT30S",
                "X-RateLimit-Reset: 2026-01-01T00:00:30Z ! PT30S",
                "X-RateLimit-Reset: 2026-01-01T00:01Z ! PT1M",
                "X-RateLimit-Reset: Thu, 01 Jan 2026 00:00:30 GMT ! PT30S",
                "X-RateLimit-Reset: 1767225600 ! PT0S",
                "X-RateLimit-Reset: 1767220000 ! PT0S",
                "X-RateLimit-Reset: 1767229230|Date: Thu, 01 Jan 2026 01:00:00 GMT ! PT30S",
                "X-Rate-Limit-Reset: 1767225630 ! PT30S",
                "X-Rate-Limit-Reset: 1767225630|X-Rate-Limit-Reset: 1767225690 ! PT1M30S",
                "X-Rate-Limit-Reset: 1767225630, 1767225690 ! PT1M30S",
                "X-Rate-Limit-Remaining: 0|X-Rate-Limit-Remaining: 50|X-Rate-Limit-Reset: 20 ! PT20S",
                "X-RateLimit-Reset-After: 1.5 ! PT1.5S",
                "X-RateLimit-Reset: 1767225601|X-RateLimit-Reset-After: 1.25 ! PT1.25S",
                "x-ratelimit-reset-requests: 6m0s ! PT6M",
                "x-ratelimit-reset-requests: 1s ! PT1S",
                "x-ratelimit-reset-tokens: 20ms ! PT0.02S",
                "x-ratelimit-reset-tokens: 1m30.5s ! PT1M30.5S",
                "x-ratelimit-reset-tokens: 1h ! PT1H",
                "x-ratelimit-reset-tokens: 10 ! PT10S",
                "x-ratelimit-reset-requests: 2s|x-ratelimit-reset-tokens: 1m ! PT1M",
                "x-ratelimit-remaining-requests: 9|x-ratelimit-reset-requests: 8m|x-ratelimit-reset-tokens: 1m ! PT1M",
                "anthropic-ratelimit-tokens-remaining: 0|anthropic-ratelimit-tokens-reset: 2026-01-01T00:00:30Z ! PT30S",
                "anthropic-ratelimit-requests-remaining: 0|anthropic-ratelimit-requests-reset: 2026-01-01T02:00:30+02:00 ! PT30S",
                "x-amz-retry-after: 1500|X-RateLimit-Reset: 30 ! PT1.5S",
                "Retry-After: 2|X-RateLimit-Reset: 30 ! PT2S",
                "Retry-After: soon|X-RateLimit-Reset: 30 ! PT30S",
                "retry-after-ms: 0|X-RateLimit-Reset: 30 ! PT0S",
            })
    void readsWhenAQuotaIsFilledAgain(String lines, String delay) {
        assertThat(read(429, lines.split("\\|"))).isEqualTo(after(delay));
        assertThat(read(503, lines.split("\\|"))).isEqualTo(after(delay));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RateLimit-Remaining: 1|RateLimit-Reset: 30",
                "RateLimit: limit=10, remaining=3, reset=30",
                "RateLimit: \"default\";r=1;t=30",
                "RateLimit: \"default\";t=30",
                "RateLimit: \"default;r=0;t=30",
                "RateLimit: \"a\";r=0, \"b\";t=30",
                "RateLimit: \"\\",
                "RateLimit: ;;;,,,===",
                "X-RateLimit-Remaining: 12|X-RateLimit-Reset: 1767225630",
                "X-Rate-Limit-Remaining: 1, 2|X-Rate-Limit-Reset: 20",
                "X-RateLimit-Reset: soon",
                "X-RateLimit-Reset: -30",
                "X-RateLimit-Reset: 1e9",
                "X-RateLimit-Reset: 2026-13-01T00:00:30Z",
                "X-RateLimit-Reset:",
                "X-RateLimit-Reset-After: 1.2.3",
                "x-ratelimit-reset-requests: 6m0",
                "x-ratelimit-reset-requests: m",
                "x-ratelimit-reset-requests: 6 m",
                "x-ratelimit-reset-requests: 6weeks",
                "anthropic-ratelimit-tokens-reset: 2026-01-01T00:00:30Z",
                "anthropic-ratelimit-tokens-remaining: 5|anthropic-ratelimit-tokens-reset: 2026-01-01T00:00:30Z",
                "x-amz-retry-after: soon",
            })
    void whatSaysThatSomethingRemainsOrCantBeReadAsksForNothing(String lines) {
        assertThat(read(429, lines.split("\\|"))).isEqualTo(RetryAfter.none());
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 400, 401, 404, 408, 409, 425, 500, 502, 504})
    void onOtherStatusesTheyMeanNothing(int status) {
        assertThat(read(status, "X-RateLimit-Reset: 30")).isEqualTo(RetryAfter.none());
    }

    @Test
    void aForbiddenAnswerIsARateLimitOnlyIfNothingRemainsForCertain() {
        assertThat(read(403, "X-RateLimit-Reset: 1767225630", "X-RateLimit-Remaining: 0"))
                .isEqualTo(after("PT30S"));
        assertThat(read(403, "RateLimit: \"default\";r=0;t=30")).isEqualTo(after("PT30S"));
        assertThat(read(403, "RateLimit: limit=1, remaining=0, reset=30")).isEqualTo(after("PT30S"));
        assertThat(read(403, "Retry-After: 3", "X-RateLimit-Remaining: 4000")).isEqualTo(after("PT3S"));
        assertThat(read(403, "X-RateLimit-Reset: 1767225630")).isEqualTo(RetryAfter.none());
        assertThat(read(403, "X-RateLimit-Reset: 1767225630", "X-RateLimit-Remaining: 4000"))
                .isEqualTo(RetryAfter.none());
        assertThat(read(403, "RateLimit: reset=30")).isEqualTo(RetryAfter.none());
    }

    @Test
    void aTimeBeyondCountingIsTheLongestThereIs() {
        String nines = "9".repeat(1_000_000);
        assertThat(read(429, "X-RateLimit-Reset:" + nines).delayNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(read(429, "x-ratelimit-reset-requests:" + nines + "s").delayNanos())
                .isEqualTo(Long.MAX_VALUE);
        assertThat(read(429, "x-ratelimit-reset-requests:" + "300d".repeat(250_000))
                        .delayNanos())
                .isEqualTo(Long.MAX_VALUE);
        assertThat(read(429, "RateLimit: \"x\";r=0;t=" + nines).delayNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(read(429, "X-RateLimit-Reset: +999999999-12-31T23:59:59Z").delayNanos())
                .isEqualTo(Long.MAX_VALUE);
        assertThat(read(429, "X-RateLimit-Reset: 1767225630000000").delayNanos())
                .isEqualTo(Long.MAX_VALUE);
    }

    /** Quadratic time would take minutes. */
    @ParameterizedTest
    @ValueSource(
            strings = {"\"", ",", ";", "=", "\\", "1,", "1m", "1", ".", "r=0;t=1,", "a ", "\"a\";r=0;t=1,", "T", "-"})
    void aMegabyteOfAnythingIsReadInLinearTime(String part) {
        String value = part.repeat(1_000_000 / part.length());
        for (String name : List.of(
                "RateLimit",
                "Retry-After",
                "X-RateLimit-Reset",
                "X-RateLimit-Remaining",
                "x-ratelimit-reset-tokens",
                "anthropic-ratelimit-tokens-remaining",
                "x-amz-retry-after")) {
            assertThat(read(429, name + ":" + value, "X-RateLimit-Reset:0").delayNanos())
                    .isGreaterThanOrEqualTo(Verdict.NO_HINT);
        }
    }

    @Test
    void whateverTheBytesAreNothingThrows() {
        Random random = new Random(42);
        String alphabet = "0123456789.,;=\"\\ \tTZrthms-:+dGMTSunNov\u00b5\u0661\u0000\uffff";
        String[] names = {
            "RateLimit",
            "RateLimit-Reset",
            "RateLimit-Remaining",
            "X-RateLimit-Reset",
            "X-RateLimit-Remaining",
            "x-ratelimit-reset-requests",
            "X-RateLimit-Reset-After",
            "anthropic-ratelimit-tokens-reset",
            "anthropic-ratelimit-tokens-remaining",
            "x-amz-retry-after",
            "Retry-After",
            "Date",
            "x-should-retry"
        };
        for (int i = 0; i < 200_000; i++) {
            String[] lines = new String[1 + random.nextInt(3)];
            for (int line = 0; line < lines.length; line++) {
                StringBuilder text = new StringBuilder(names[random.nextInt(names.length)]).append(':');
                for (int length = random.nextInt(40); length > 0; length--) {
                    text.append(alphabet.charAt(random.nextInt(alphabet.length())));
                }
                lines[line] = text.toString();
            }
            assertThat(read(403, lines).delayNanos()).isGreaterThanOrEqualTo(Verdict.NO_HINT);
            assertThat(read(429, lines).delayNanos()).isGreaterThanOrEqualTo(Verdict.NO_HINT);
        }
    }

    @Test
    void anAnswerMeansWhatItsStatusAndItsHeadersSay() {
        AnswerRules rules = AnswerRules.defaults();
        RetryAfter soon = after("PT2S");
        RetryAfter invited = new RetryAfter(Verdict.NO_HINT, false, true);
        assertThat(rules.verdict(403, soon))
                .isEqualTo(new Verdict(Kind.RETRYABLE, Signal.THROTTLED, 2_000_000_000L, 403));
        assertThat(rules.verdict(403, RetryAfter.none()))
                .isEqualTo(new Verdict(Kind.NOT_RETRYABLE, Signal.NONE, Verdict.NO_HINT, 403));
        assertThat(rules.verdict(409, soon).kind()).isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(rules.verdict(409, invited).kind()).isEqualTo(Kind.RETRYABLE);
        assertThat(rules.verdict(503, new RetryAfter(0, true)).kind()).isEqualTo(Kind.VETOED);
    }

    @Test
    void statusesThatSomebodyWroteComeBeforeWhatHeadersInviteTo() {
        AnswerRules rules = new AnswerRules(List.of(418));
        RetryAfter invited = new RetryAfter(0, false, true);
        assertThat(rules.verdict(418, RetryAfter.none()).kind()).isEqualTo(Kind.RETRYABLE);
        assertThat(rules.verdict(409, invited).kind()).isEqualTo(Kind.NOT_RETRYABLE);
        assertThat(rules.verdict(403, invited)).isEqualTo(new Verdict(Kind.NOT_RETRYABLE, Signal.THROTTLED, 0, 403));
        assertThat(rules.verdict(418, new RetryAfter(0, true)).kind()).isEqualTo(Kind.VETOED);
    }
}
