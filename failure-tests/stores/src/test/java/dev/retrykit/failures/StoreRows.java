package dev.retrykit.failures;

import java.util.stream.Stream;

/** Rows of many failures that mean the same. */
final class StoreRows {

    private StoreRows() {}

    /** A row of each failure, named after its class. */
    static Stream<Row> each(String library, String expected, Throwable... failures) {
        return Stream.of(failures).map(failure -> Row.row(library + ": " + nameOf(failure), failure, expected));
    }

    /** All of them. */
    @SafeVarargs
    static Stream<Row> all(Stream<Row>... rows) {
        return Stream.of(rows).flatMap(some -> some);
    }

    private static String nameOf(Throwable failure) {
        String name = failure.getClass().getName();
        String message =
                String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1) + " " + message;
    }
}
