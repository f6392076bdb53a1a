package dev.retrykit.spring.client.tracking;

import java.util.concurrent.atomic.AtomicInteger;

/** The facts of one request, in one word. Thread-safe. */
final class TransportFacts {

    private final AtomicInteger known = new AtomicInteger();

    void add(TransportFact fact) {
        known.accumulateAndGet(bit(fact), (facts, added) -> facts | added);
    }

    private boolean has(TransportFact fact) {
        return (known.get() & bit(fact)) != 0;
    }

    private static int bit(TransportFact fact) {
        return 1 << fact.ordinal();
    }

    boolean isRedirected() {
        return has(TransportFact.REDIRECTED);
    }

    /** Whether an outcome certainly belongs to this request, and not to the target of a redirect. */
    boolean isOwn() {
        return has(TransportFact.STAYS_HERE) || has(TransportFact.TELLS_REDIRECTS) && !isRedirected();
    }

    /** Whether the request was certainly not sent. */
    boolean isUnsent() {
        return has(TransportFact.TELLS_COMMITTED) && !has(TransportFact.COMMITTED);
    }

    /** Whether the request was certainly not sent, or not processed, when it failed so. */
    boolean isUnsent(Throwable failure) {
        if (has(TransportFact.TELLS_COMMITTED)) {
            return isUnsent() && NotSentFailures.isBeforeSending(failure);
        }
        boolean unasked = has(TransportFact.TELLS_REACHED) && !has(TransportFact.REACHED);
        return (unasked || isOwn()) && NotSentFailures.isBeforeSending(failure)
                || isOwn() && NotSentFailures.isRefused(failure);
    }
}
