package dev.retrykit.event;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.util.List;

/** Replaces an earlier failure that cannot be serialized, with its type, message and stack trace. */
final class SerializedFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    /**
     * Whether this thread only tests if a failure can be written: failures within failures are tested when they are
     * written.
     */
    private static final ThreadLocal<Boolean> TRYING = ThreadLocal.withInitial(() -> false);

    private SerializedFailure(Throwable failure) {
        super(failure.toString(), null, false, true);
        setStackTrace(failure.getStackTrace());
    }

    /** Returns the failures, with replacements for those that cannot be written. */
    static Throwable[] writable(List<Throwable> failures) {
        if (TRYING.get()) {
            return new Throwable[0];
        }
        TRYING.set(true);
        try {
            return failures.stream()
                    .map(failure -> isWritable(failure) ? failure : new SerializedFailure(failure))
                    .toArray(Throwable[]::new);
        } finally {
            TRYING.remove();
        }
    }

    private static boolean isWritable(Throwable failure) {
        try (ObjectOutputStream nowhere = new ObjectOutputStream(OutputStream.nullOutputStream())) {
            nowhere.writeObject(failure);
            return true;
        } catch (IOException | RuntimeException refused) {
            return false;
        }
    }
}
