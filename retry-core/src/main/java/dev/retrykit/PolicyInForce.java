package dev.retrykit;

/** The settings that hold now: one for a retry and all of its parts. */
final class PolicyInForce {

    volatile RetryPolicy now;

    PolicyInForce(RetryPolicy first) {
        this.now = first;
    }
}
