package dev.retrykit.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses dates in all three forms of RFC 9110, 5.6.7. The name of the day is not compared with the date, because a
 * server that gets it wrong still means the date.
 */
final class HttpDates {

    /** The longest is {@code Wednesday, 30-Sep-94 08:49:37 GMT}. */
    private static final int LONGEST = 40;

    private static final long SECONDS_PER_DAY = 86_400;

    /** The first and the last second of the years 1 to 9999, the range that dates in headers can express. */
    private static final long FIRST = -62_135_596_800L;

    private static final long LAST = 253_402_300_799L;

    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

    private static final String TIME = "([0-9]{2}):([0-9]{2}):([0-9]{2})";
    private static final String ZONE = " (?:GMT|UTC)";

    /** {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
    private static final Pattern FIXDATE = pattern("[a-z]{3}, ([0-9]{2}) ([a-z]{3}) ([0-9]{4}) " + TIME + ZONE);

    /** {@code Sunday, 06-Nov-94 08:49:37 GMT}. */
    private static final Pattern RFC850 = pattern("[a-z]{6,9}, ([0-9]{2})-([a-z]{3})-([0-9]{2}) " + TIME + ZONE);

    /** {@code Sun Nov  6 08:49:37 1994}. */
    private static final Pattern ASCTIME =
            pattern("[a-z]{3} ([a-z]{3}) (?: ([0-9])|([0-9]{1,2})) " + TIME + " ([0-9]{4})");

    private HttpDates() {}

    private static Pattern pattern(String text) {
        return Pattern.compile(text, Pattern.CASE_INSENSITIVE);
    }

    /**
     * Parses a date.
     *
     * @param now determines the century of a two-digit year
     * @return seconds since 1970, where a leap second counts as the next second; empty if it cannot be parsed
     */
    static OptionalLong epochSecond(String text, Instant now) {
        if (text.length() > LONGEST) {
            return OptionalLong.empty();
        }
        Matcher fix = FIXDATE.matcher(text);
        if (fix.matches()) {
            return seconds(number(fix, 3), fix.group(2), number(fix, 1), fix, 4);
        }
        Matcher old = RFC850.matcher(text);
        if (old.matches()) {
            return ofShortYear(old, now);
        }
        Matcher asc = ASCTIME.matcher(text);
        if (asc.matches()) {
            int day = number(asc, asc.group(2) == null ? 3 : 2);
            return seconds(number(asc, 7), asc.group(1), day, asc, 4);
        }
        return OptionalLong.empty();
    }

    /** A date more than 50 years in the future is in the previous century. */
    private static OptionalLong ofShortYear(Matcher old, Instant now) {
        long nowSecond = Math.max(FIRST, Math.min(LAST, now.getEpochSecond()));
        LocalDate today = LocalDate.ofEpochDay(Math.floorDiv(nowSecond, SECONDS_PER_DAY));
        int thisYear = today.getYear();
        int year = Math.floorDiv(thisYear, 100) * 100 + number(old, 3);
        long latest = nowSecond + (today.plusYears(50).toEpochDay() - today.toEpochDay()) * SECONDS_PER_DAY;
        for (int candidate = year + 100; candidate >= year - 100; candidate -= 100) {
            OptionalLong seconds = seconds(candidate, old.group(2), number(old, 1), old, 4);
            if (seconds.isPresent() && seconds.getAsLong() <= latest) {
                return seconds;
            }
        }
        return OptionalLong.empty();
    }

    private static OptionalLong seconds(int year, String month, int day, Matcher time, int first) {
        int hour = number(time, first);
        int minute = number(time, first + 1);
        int second = number(time, first + 2);
        int monthNumber = MONTHS.indexOf(month.toLowerCase(Locale.ROOT)) + 1;
        if (hour > 23 || minute > 59 || second > 60 || monthNumber == 0) {
            return OptionalLong.empty();
        }
        try {
            long days = LocalDate.of(year, monthNumber, day).toEpochDay();
            return OptionalLong.of(days * SECONDS_PER_DAY + hour * 3_600 + minute * 60 + second);
        } catch (DateTimeException noSuchDay) {
            return OptionalLong.empty();
        }
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }
}
