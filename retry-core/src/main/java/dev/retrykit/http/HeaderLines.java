package dev.retrykit.http;

import java.util.List;

/** The headers of a response, whatever client received it. */
@FunctionalInterface
public interface HeaderLines {

    /**
     * All lines with a name, in their order.
     *
     * @param name in any case
     * @return empty if there are none
     */
    List<String> of(String name);
}
