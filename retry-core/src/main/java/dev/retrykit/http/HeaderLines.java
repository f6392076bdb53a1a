package dev.retrykit.http;

import java.util.List;

/** The headers of a response, independent of the HTTP client. */
@FunctionalInterface
public interface HeaderLines {

    /**
     * Returns all lines with a name, in their order.
     *
     * @param name in any case
     * @return empty if there are none
     */
    List<String> of(String name);
}
