package dev.retrykit;

import java.util.concurrent.atomic.AtomicInteger;

/** Lets two threads go on from here at about the same moment. */
final class Meeting {

    private final AtomicInteger arrived = new AtomicInteger();

    void await() {
        arrived.incrementAndGet();
        while (arrived.get() < 2) {
            Thread.onSpinWait();
        }
    }
}
