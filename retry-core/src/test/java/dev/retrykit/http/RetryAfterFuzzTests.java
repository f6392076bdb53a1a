package dev.retrykit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.retrykit.failure.Verdict;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Responses from a grammar (seconds, dates, the server's own clock, milliseconds), half of their lines spoilt. What was
 * written well is never read early; nothing throws; a delay is never negative. More than a build's share: {@code -Dretrykit.fuzz.inputs=10000000}.
 */
@Tag("slow")
class RetryAfterFuzzTests {

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

    /** A line, and the least that it asks for in nanoseconds; null where nobody can say. */
    private record Written(String line, @Nullable BigDecimal least) {}

    /** The headers of a response, and the least that those of them ask for that nothing has spoilt. */
    private record Response(Map<String, List<String>> headers, BigDecimal least) {}

    @Test
    void neitherThrowsNorComesEarly() {
        int readable = 0;
        for (int input = 0; input < INPUTS; input++) {
            Instant now = EPOCH.plusNanos(random.nextInt(1_000_000_000));
            Response response = response(now);
            RetryAfter advice = read(response, now, input);
            if (advice.delayNanos() < Verdict.NO_HINT || advice.vetoed()) {
                fail("seed " + SEED + ", input " + input + ": " + response + " gave " + advice);
            }
            if (advice.delayNanos() != Long.MAX_VALUE
                    && BigDecimal.valueOf(advice.delayNanos()).compareTo(response.least()) < 0) {
                fail("seed " + SEED + ", input " + input + ": " + response + " at " + now + " gave " + advice);
            }
            readable += response.least().signum() > 0 ? 1 : 0;
        }
        assertThat(readable).isGreaterThan(INPUTS / 3);
    }

    private Response response(Instant now) {
        Map<String, List<String>> headers = new HashMap<>();
        boolean dated = random.nextInt(3) == 0;
        boolean datedWell = dated && random.nextInt(4) != 0;
        long sent = now.getEpochSecond() + random.nextInt(20_000) - 10_000;
        if (dated) {
            String line = format(sent);
            headers.put("date", List.of(datedWell ? line : spoil(line)));
        }
        List<Written> lines = new ArrayList<>();
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            boolean date = random.nextInt(3) == 0;
            lines.add(spoiltOrNot(date ? date(now, dated, datedWell, sent) : number(9)));
        }
        headers.put("retry-after", lines.stream().map(Written::line).toList());
        for (String name : List.of("retry-after-ms", "x-ms-retry-after-ms")) {
            if (random.nextInt(4) == 0) {
                Written line = spoiltOrNot(number(6));
                headers.put(name, List.of(line.line()));
                lines.add(line);
            }
        }
        BigDecimal least = lines.stream()
                .map(Written::least)
                .filter(Objects::nonNull)
                .reduce(BigDecimal.valueOf(Verdict.NO_HINT), BigDecimal::max);
        return new Response(headers, least);
    }

    private Written spoiltOrNot(Written written) {
        return random.nextInt(2) == 0 ? written : new Written(spoil(written.line()), null);
    }

    private static RetryAfter read(Response response, Instant now, int input) {
        try {
            return RetryAfter.read(name -> response.headers().getOrDefault(name, List.of()), now);
        } catch (RuntimeException thrown) {
            throw new AssertionError("seed " + SEED + ", input " + input + ": " + response, thrown);
        }
    }

    private Written number(int unit) {
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
        BigDecimal least = new BigDecimal(text.toString()).scaleByPowerOfTen(unit);
        return new Written(blanks() + text + blanks(), least);
    }

    /** By the clock of the server where it says what that is, and by nobody knows whose where that is spoilt. */
    private Written date(Instant now, boolean dated, boolean datedWell, long sent) {
        long base = datedWell ? sent : now.getEpochSecond();
        long away = random.nextInt(random.nextBoolean() ? 100 : 1_000_000_000) - (random.nextInt(4) == 0 ? 1_000 : 0);
        BigDecimal least = BigDecimal.valueOf(away)
                .scaleByPowerOfTen(9)
                .subtract(BigDecimal.valueOf(datedWell ? 0 : now.getNano()));
        return new Written(blanks() + format(base + away) + blanks(), dated && !datedWell ? null : least);
    }

    private String format(long second) {
        return FORMS.get(random.nextInt(FORMS.size())).format(LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC));
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
