package dev.retrykit;

import java.util.List;

/** How a call through layers is made, so that several are under way at a time. */
@FunctionalInterface
public interface LayerStyle {

    /**
     * Begins a call whose body {@linkplain LayeredOutage#send sends} a request. Returns as soon as the request is sent, or the
     * call is over without one.
     */
    void begin(LayeredOutage outage, List<Layer> layers);
}
