package dev.retrykit.spring.idempotency;

/** Finds methods that are called with idempotency keys, once all beans have been created. */
@FunctionalInterface
public interface EndpointSource {

    /** Finds and registers the methods. */
    void find();
}
