package dev.retrykit.spring.idempotency;

/** Finds methods that are called with keys, once all beans are there. */
@FunctionalInterface
public interface EndpointSource {

    /** Finds them. */
    void find();
}
