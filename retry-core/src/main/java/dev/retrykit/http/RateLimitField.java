package dev.retrykit.http;

import dev.retrykit.failure.Verdict;
import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code RateLimit}: {@code limit=10, remaining=0, reset=30} of the earlier drafts, or a list of
 * {@code "policy";r=0;t=30}, in which a policy with remaining quota asks for no delay.
 */
final class RateLimitField {

    private final String line;
    private final PeerClock clock;

    private long longest = Verdict.NO_HINT;

    // of the policy that is being read
    private @Nullable BigDecimal left;
    private long wait = Verdict.NO_HINT;

    // of the whole line, in the earlier form
    private @Nullable BigDecimal remaining;
    private long reset = Verdict.NO_HINT;

    RateLimitField(String line, PeerClock clock) {
        this.line = line;
        this.clock = clock;
    }

    /**
     * The longest time that the line asks for; {@link Verdict#NO_HINT} if it asks for none.
     *
     * @param certain whether the line must state that no quota remains
     */
    long delayNanos(boolean certain) {
        int from = 0;
        while (from <= line.length()) {
            int to = endOfPart(from);
            take(HeaderValues.trimmed(line.substring(from, to)));
            if (to == line.length() || line.charAt(to) == ',') {
                endPolicy();
            }
            from = to + 1;
        }
        boolean spent = remaining == null ? !certain : remaining.signum() == 0;
        return spent ? Math.max(longest, reset) : longest;
    }

    /** The next comma or semicolon outside quotes. */
    private int endOfPart(int from) {
        boolean quoted = false;
        int at = from;
        while (at < line.length()) {
            char character = line.charAt(at);
            if (quoted && character == '\\') {
                at++;
            } else if (character == '"') {
                quoted = !quoted;
            } else if (!quoted && (character == ',' || character == ';')) {
                return at;
            }
            at++;
        }
        return line.length();
    }

    private void take(String part) {
        int equals = part.indexOf('=');
        if (equals < 0) {
            return;
        }
        String value = HeaderValues.trimmed(part.substring(equals + 1));
        switch (HeaderValues.trimmed(part.substring(0, Math.min(equals, 20))).toLowerCase(Locale.ROOT)) {
            case "r" -> left = HeaderValues.exact(value);
            case "t" -> wait = RateLimits.resetNanos(value, clock);
            case "remaining" -> remaining = HeaderValues.exact(value);
            case "reset" -> reset = Math.max(reset, RateLimits.resetNanos(value, clock));
            default -> {
                // the quota, its window, its partition
            }
        }
    }

    private void endPolicy() {
        if (left != null && left.signum() == 0) {
            longest = Math.max(longest, wait);
        }
        left = null;
        wait = Verdict.NO_HINT;
    }
}
