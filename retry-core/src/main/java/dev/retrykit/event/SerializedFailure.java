package dev.retrykit.event;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.util.List;

/** Stands in a stream of objects for an earlier failure that can't be written there: its type, message and stack. */
final class SerializedFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Whether this thread only tries to write: failures within failures are tried when they are written. */
    private static final ThreadLocal<Boolean> TRYING = ThreadLocal.withInitial(() -> false);

    private SerializedFailure(Throwable failure) {
        super(failure.toString(), null, false, true);
        setStackTrace(failure.getStackTrace());
    }

    /** The failures, those that can't be written replaced. */
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
