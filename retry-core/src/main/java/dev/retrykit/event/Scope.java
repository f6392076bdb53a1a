package dev.retrykit.event;

/** Puts a thread back to where it was. Close it on the thread that opened it, and the last opened scope first. */
public interface Scope extends AutoCloseable {

    @Override
    void close();
}
