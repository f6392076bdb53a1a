package dev.retrykit.failures;

/**
 * What a failure of a library should mean.
 *
 * @param name what failed, for people
 * @param failure the real instance
 * @param expected its meaning, as {@link Meaning#of} tells it
 */
public record Row(String name, Throwable failure, String expected) {

    /** A row of a table. */
    public static Row row(String name, Throwable failure, String expected) {
        return new Row(name, failure, expected);
    }

    @Override
    public String toString() {
        return name;
    }
}
