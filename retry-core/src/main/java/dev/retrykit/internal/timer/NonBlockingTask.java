package dev.retrykit.internal.timer;

/**
 * A task that the timer itself runs: short and non-blocking, and without foreign code. All other tasks run on other
 * threads.
 */
@FunctionalInterface
public interface NonBlockingTask extends Runnable {}
