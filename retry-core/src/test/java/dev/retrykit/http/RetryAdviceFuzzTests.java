package dev.retrykit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.retrykit.failure.Verdict;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Lines from a grammar, some of them spoilt, and random ones. What was written well is never read early; nothing throws; a
 * delay is never negative. More than a build's share: {@code -Dretrykit.fuzz.inputs=10000000}.
 */
class RetryAdviceFuzzTests {

    private static final int INPUTS = Integer.getInteger("retrykit.fuzz.inputs", 1_000_000);
    private static final long SEED = Long.getLong("retrykit.fuzz.seed", 42);

    private static final Instant EPOCH = Instant.parse("2026-06-15T12:00:00Z");
    private static final List<DateTimeFormatter> FORMS = List.of(
            form("EEE, dd MMM yyyy HH:mm:ss 'GMT'"),
            form("EEEE, dd-MMM-yy HH:mm:ss 'GMT'"),
            form("EEE MMM ppd HH:mm:ss yyyy"),
            form("EEE MMM d HH:mm:ss yyyy"));

    private final Random random = new Random(SEED);

    private static DateTimeFormatter form(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    }

    /** A line, and the least that it asks for in nanoseconds; -1 where nobody can say. */
    private record Written(String line, BigDecimal least) {}

    @Test
    void neitherThrowsNorComesEarly() {
        int readable = 0;
        for (int input = 0; input < INPUTS; input++) {
            Instant now = EPOCH.plusNanos(random.nextInt(1_000_000_000));
            Written written = random.nextInt(3) == 0 ? date(now) : number();
            boolean spoilt = random.nextInt(2) == 0;
            String line = spoilt ? spoil(written.line()) : written.line();
            RetryAdvice advice = read(line, now, input);
            if (advice.delayNanos() < Verdict.NO_HINT || advice.vetoed()) {
                fail("seed " + SEED + ", input " + input + ": " + line + " gave " + advice);
            }
            if (!spoilt) {
                readable++;
                if (advice.delayNanos() != Long.MAX_VALUE
                        && BigDecimal.valueOf(advice.delayNanos()).compareTo(written.least()) < 0) {
                    fail("seed " + SEED + ", input " + input + ": " + line + " at " + now + " gave " + advice);
                }
            }
        }
        assertThat(readable).isGreaterThan(INPUTS / 3);
    }

    private RetryAdvice read(String line, Instant now, int input) {
        try {
            return RetryAdvice.read(name -> name.equals("retry-after") ? List.of(line) : List.of(), now);
        } catch (RuntimeException thrown) {
            throw new AssertionError("seed " + SEED + ", input " + input + ": " + line, thrown);
        }
    }

    private Written number() {
        StringBuilder text = new StringBuilder("0".repeat(random.nextInt(3)));
        int digits = 1 + random.nextInt(random.nextInt(10) == 0 ? 60 : 6);
        for (int i = 0; i < digits; i++) {
            text.append((char) ('0' + random.nextInt(10)));
        }
        if (random.nextInt(3) == 0) {
            text.append('.');
            for (int i = random.nextInt(random.nextInt(10) == 0 ? 60 : 6); i >= 0; i--) {
                text.append((char) ('0' + random.nextInt(10)));
            }
        }
        BigDecimal least = new BigDecimal(text.toString()).scaleByPowerOfTen(9);
        return new Written(blanks() + text + blanks(), least);
    }

    private Written date(Instant now) {
        long away = random.nextInt(random.nextBoolean() ? 100 : 1_000_000_000) - (random.nextInt(4) == 0 ? 1_000 : 0);
        long second = now.getEpochSecond() + away;
        String text =
                FORMS.get(random.nextInt(FORMS.size())).format(LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC));
        BigDecimal least = BigDecimal.valueOf(second - now.getEpochSecond())
                .scaleByPowerOfTen(9)
                .subtract(BigDecimal.valueOf(now.getNano()));
        return new Written(blanks() + text + blanks(), least);
    }

    private String blanks() {
        return random.nextInt(4) == 0 ? " \t".repeat(random.nextInt(3)) : "";
    }

    private String spoil(String line) {
        StringBuilder spoilt = new StringBuilder(line);
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(spoilt.length() + 1);
            switch (random.nextInt(4)) {
                case 0 -> spoilt.insert(at, (char) random.nextInt(random.nextBoolean() ? 128 : 65_536));
                case 1 -> spoilt.insert(at, ",;-+.eE:0 9\t\u0661".charAt(random.nextInt(13)));
                case 2 -> spoilt.setLength(at);
                default -> spoilt.insert(at, spoilt.substring(at));
            }
        }
        return spoilt.toString();
    }
}
