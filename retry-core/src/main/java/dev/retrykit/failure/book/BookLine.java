package dev.retrykit.failure.book;

import java.util.List;

/**
 * A line of the failure book in readable form, also used for native images.
 *
 * @param heading the library, such as {@code OpenFeign}
 * @param type the binary name of the class; {@code *.Name} for all classes with that simple name; {@code com.acme.*} for
 *     the classes of a package and of those below it; {@code *} for all classes
 * @param text what it means, in the syntax of the book
 * @param accessors the paths of public methods without arguments and of public fields that it reads
 */
public record BookLine(String heading, String type, String text, List<String> accessors) {

    /** The line as it is written in the book. */
    @Override
    public String toString() {
        return type + ": " + text;
    }
}
