package dev.retrykit.spring.idempotency.endpoint.content;

/** Normalizes a JSON number by its value, at a cost proportional to its length. */
final class JsonNumber {

    /** An exponent with more digits is compared as text. */
    private static final int LONGEST_EXPONENT = 17;

    private JsonNumber() {}

    /**
     * Returns the same text for the same value: the significant digits, and a power of ten.
     *
     * @param number a number in JSON notation
     */
    static String canonical(String number) {
        int end = exponentAt(number);
        int first = number.charAt(0) == '-' ? 1 : 0;
        int point = number.indexOf('.');
        int fraction = point < 0 || point > end ? 0 : end - point - 1;
        StringBuilder digits = new StringBuilder(number.length() + 8);
        for (int i = first; i < end; i++) {
            char digit = number.charAt(i);
            if (digit != '.' && (digit != '0' || !digits.isEmpty())) {
                digits.append(digit);
            }
        }
        if (digits.isEmpty()) {
            return "n0";
        }
        if (number.length() - end > LONGEST_EXPONENT) {
            return "w" + number;
        }
        int significant = digits.length();
        while (digits.charAt(significant - 1) == '0') {
            significant--;
        }
        long exponent = exponent(number, end) - fraction + (digits.length() - significant);
        digits.setLength(significant);
        return (first == 0 ? "n" : "n-") + digits + 'e' + exponent;
    }

    private static int exponentAt(String number) {
        for (int i = 0; i < number.length(); i++) {
            if ((number.charAt(i) | 0x20) == 'e') {
                return i;
            }
        }
        return number.length();
    }

    private static long exponent(String number, int end) {
        if (end == number.length()) {
            return 0;
        }
        int digits = number.charAt(end + 1) == '+' ? end + 2 : end + 1;
        return Long.parseLong(number.substring(digits));
    }
}
