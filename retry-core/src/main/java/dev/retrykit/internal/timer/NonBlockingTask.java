package dev.retrykit.internal.timer;

/**
 * A task that the timer itself runs: short, never blocks, and calls no code of others. All other tasks run on a thread of
 * their own kind.
 */
@FunctionalInterface
public interface NonBlockingTask extends Runnable {}
