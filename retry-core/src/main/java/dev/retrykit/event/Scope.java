package dev.retrykit.event;

/** Restores the previous state of a thread. Close it on the thread that opened it, and the last opened scope first. */
public interface Scope extends AutoCloseable {

    @Override
    void close();
}
