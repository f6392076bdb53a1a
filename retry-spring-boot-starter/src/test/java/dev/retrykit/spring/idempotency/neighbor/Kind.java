package dev.retrykit.spring.idempotency.neighbor;

/** What a handler returns. */
enum Kind {
    PLAIN,
    STAGE,
    DEFERRED,
    MONO;

    /** The last segment of its paths. */
    String path() {
        return "/" + name().toLowerCase(java.util.Locale.ROOT);
    }
}
