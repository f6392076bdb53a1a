package dev.retrykit;

/** Is told what retrying calls do, on the thread that does it. */
@FunctionalInterface
public interface RetryListener {

    /** Something happened. Be quick; what this method throws is swallowed. */
    void onEvent(RetryEvent event);
}
