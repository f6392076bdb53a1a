package dev.retrykit.internal.decision;

import dev.retrykit.event.RetryStopped;

/** Attaches information to a failure that the caller should see with it. */
public final class SuppressedFailures {

    private SuppressedFailures() {}

    /**
     * Attaches one of each kind, and never the failure to itself, because an instance that is thrown repeatedly must
     * not grow. {@code addSuppressed} locks the failure, so this method does, too.
     */
    public static void addOnce(Throwable failure, Throwable added) {
        if (failure == added) {
            return;
        }
        synchronized (failure) {
            for (Throwable present : failure.getSuppressed()) {
                if (isSameKind(present, added)) {
                    return;
                }
            }
            failure.addSuppressed(added);
        }
    }

    private static boolean isSameKind(Throwable one, Throwable other) {
        if (one instanceof RetryStopped stopped && other instanceof RetryStopped otherStopped) {
            return stopped.policy().equals(otherStopped.policy());
        }
        return one.getClass() == other.getClass();
    }
}
