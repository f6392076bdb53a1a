package dev.retrykit.event;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;

/**
 * Reports how a call ended. It is never thrown: the engine attaches it, as suppressed, to the failure that the caller
 * gets, if that failure allows it. An exception instance that is thrown repeatedly carries one per policy, that of the
 * first call; an {@code InboundRequest} tracks those of its own calls.
 */
public final class RetryStopped extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String policy;
    private final StopReason reason;
    private final int attempts;
    private final Duration elapsed;

    /** Effectively final; changed only by deserialization. */
    private transient long ordinal;

    /** Effectively final; changed only by deserialization. */
    private transient List<Throwable> failures;

    /**
     * Creates what the engine attaches to a failure.
     *
     * @param policy the policy's name
     * @param reason why the call ended
     * @param attempts the number of attempts
     * @param elapsed the duration of the call
     * @param failures the failures before the last one, oldest first
     * @param ordinal the {@linkplain #ordinal ordinal}
     */
    public RetryStopped(
            String policy, StopReason reason, int attempts, Duration elapsed, List<Throwable> failures, long ordinal) {
        super(null, null, false, false);
        this.policy = policy;
        this.reason = reason;
        this.attempts = attempts;
        this.elapsed = elapsed;
        this.failures = List.copyOf(failures);
        this.ordinal = ordinal;
    }

    /**
     * Writes a failure that cannot be serialized as a {@link SerializedFailure}, so that the caller's own failure still
     * arrives.
     */
    private void writeObject(ObjectOutputStream out) throws IOException {
        out.defaultWriteObject();
        out.writeObject(SerializedFailure.writable(failures));
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        in.defaultReadObject();
        failures = List.of((Throwable[]) in.readObject());
    }

    /**
     * The position of the call among all calls of this JVM that ended for no known {@code InboundRequest}, from 1. Zero if
     * the call was made for a known request, or if this object was deserialized.
     */
    public long ordinal() {
        return ordinal;
    }

    /** The name of the policy. */
    public String policy() {
        return policy;
    }

    /** Why the call ended. */
    public StopReason reason() {
        return reason;
    }

    /** The number of attempts, including the first; 0 if none was made. */
    public int attempts() {
        return attempts;
    }

    /**
     * The duration of the call, including delays. If the clock was not read before, because the call has neither time
     * budget, retry budget, circuit nor counters, it starts at the end of the first attempt.
     */
    public Duration elapsed() {
        return elapsed;
    }

    /**
     * The failures before the one that this is attached to, oldest first. If there are more than 64, the first 32 and
     * the last 32; {@link #attempts()} has the total number of attempts.
     */
    public List<Throwable> failures() {
        return failures;
    }

    @Override
    public String getMessage() {
        StringBuilder text = new StringBuilder()
                .append("policy '")
                .append(policy)
                .append("' stopped: ")
                .append(reason)
                .append(" after ")
                .append(attempts)
                .append(attempts == 1 ? " attempt in " : " attempts in ")
                .append(elapsed.toMillis())
                .append(" ms");
        String separator = "; earlier failures: ";
        for (Throwable failure : failures) {
            text.append(separator).append(failure.getClass().getName());
            separator = ", ";
        }
        return text.toString();
    }
}
