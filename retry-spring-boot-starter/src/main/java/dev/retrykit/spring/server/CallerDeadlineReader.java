package dev.retrykit.spring.server;

import dev.retrykit.CallerDeadline;
import dev.retrykit.http.HeaderLines;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import dev.retrykit.time.TimeSource;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads how long a caller waits for its response from the headers {@code Request-Timeout-Ms}, {@code grpc-timeout} and
 * {@code x-envoy-expected-rq-timeout-ms}. The shortest time counts. Headers of untrusted callers are ignored.
 */
public final class CallerDeadlineReader {

    private static final List<String> MILLISECONDS = List.of("request-timeout-ms", "x-envoy-expected-rq-timeout-ms");

    private static final Pattern NUMBER = Pattern.compile("[ \\t]*(-?)([0-9]{1,1000})[ \\t]*");

    /** The format of the gRPC protocol: at most eight digits and a unit. */
    private static final Pattern GRPC = Pattern.compile("[ \\t]*([0-9]{1,8})([HMSmun])[ \\t]*");

    private static final int MOST_DIGITS = 15;

    private final List<AddressRange> trusted = new ArrayList<>();
    private final TimeSource time;

    /**
     * Creates a reader from the configured settings.
     *
     * @throws InvalidSettingException if a trusted address is invalid
     */
    public CallerDeadlineReader(ConfiguredSettings written, TimeSource time) {
        this.time = time;
        List<String> ranges = written.http().trust();
        for (int i = 0; i < ranges.size(); i++) {
            trusted.add(range("retrykit.http.trust[" + i + "]", ranges.get(i), written));
        }
    }

    private static AddressRange range(String key, String text, ConfiguredSettings written) {
        try {
            return AddressRange.of(text);
        } catch (IllegalArgumentException wrong) {
            throw written.wrong(key, text, String.valueOf(wrong.getMessage()));
        }
    }

    /** Whether no caller is trusted. */
    public boolean isEmpty() {
        return trusted.isEmpty();
    }

    /**
     * Returns the deadline of a request; null if it has none or its caller is not trusted.
     *
     * @param peer the caller's address
     */
    @Nullable
    CallerDeadline of(@Nullable InetAddress peer, HeaderLines headers) {
        if (peer == null || trusted.stream().noneMatch(range -> range.contains(peer))) {
            return null;
        }
        Duration left = read(headers);
        return left == null ? null : CallerDeadline.in(left, time);
    }

    /** Returns the shortest time of all readable headers; null if there is none. */
    static @Nullable Duration read(HeaderLines headers) {
        Duration shortest = null;
        for (String name : MILLISECONDS) {
            for (String line : headers.of(name)) {
                shortest = shorter(shortest, milliseconds(line));
            }
        }
        for (String line : headers.of("grpc-timeout")) {
            shortest = shorter(shortest, grpc(line));
        }
        return shortest;
    }

    private static @Nullable Duration milliseconds(String line) {
        Matcher number = NUMBER.matcher(line);
        if (!number.matches()) {
            return null;
        }
        String digits = number.group(2);
        if (!number.group(1).isEmpty()) {
            return Duration.ZERO;
        }
        String significant = digits.replaceFirst("^0+(?=.)", "");
        return Duration.ofMillis(
                significant.length() > MOST_DIGITS ? Long.MAX_VALUE / 1_000_000 : Long.parseLong(significant));
    }

    private static @Nullable Duration grpc(String line) {
        Matcher value = GRPC.matcher(line);
        if (!value.matches()) {
            return null;
        }
        long amount = Long.parseLong(value.group(1));
        return switch (value.group(2)) {
            case "H" -> Duration.ofHours(amount);
            case "M" -> Duration.ofMinutes(amount);
            case "S" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMillis(amount);
            case "u" -> Duration.ofNanos(amount * 1_000);
            default -> Duration.ofNanos(amount);
        };
    }

    private static @Nullable Duration shorter(@Nullable Duration one, @Nullable Duration other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.compareTo(other) <= 0 ? one : other;
    }
}
