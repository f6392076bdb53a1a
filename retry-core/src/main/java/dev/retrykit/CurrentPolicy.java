package dev.retrykit;

/** The settings that hold now: one for a retry and all of its parts. */
final class CurrentPolicy {

    volatile RetryPolicy now;

    CurrentPolicy(RetryPolicy first) {
        this.now = first;
    }
}
