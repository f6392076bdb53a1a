package dev.retrykit.sample;

import dev.retrykit.sample.problem.BadValueException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Validates article numbers. */
final class Sku {

    private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9-]{1,40}");

    private Sku() {}

    /** Returns the text if it is a valid article number; null is none. */
    static String checked(@Nullable String text) {
        if (text == null || !LEGAL.matcher(text).matches()) {
            throw BadValueException.invalid("sku", text, "must be 1 to 40 letters (a-z), digits or '-'");
        }
        return text;
    }
}
