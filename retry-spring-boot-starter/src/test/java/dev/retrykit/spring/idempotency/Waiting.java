package dev.retrykit.spring.idempotency;

import dev.retrykit.time.TimeSource;
import java.util.function.BooleanSupplier;

/** Waits for real servers and processes, which tell nobody when they are ready. */
public final class Waiting {

    private static final long BETWEEN_LOOKS_NANOS = 20_000_000;

    private Waiting() {}

    /** Looks until it is so. */
    public static void until(BooleanSupplier isSo) {
        while (!isSo.getAsBoolean()) {
            nanos(BETWEEN_LOOKS_NANOS);
        }
    }

    /** Lets real time pass. */
    public static void nanos(long nanos) {
        try {
            TimeSource.system().sleep(nanos);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
