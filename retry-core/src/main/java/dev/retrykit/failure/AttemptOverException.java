package dev.retrykit.failure;

/**
 * Thrown when the leftover work of a failed attempt is about to do something that must not happen twice, such as a POST
 * without an idempotency key, although another attempt has started and will do it again. It was not done.
 */
public final class AttemptOverException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /**
     * Created by the engine.
     *
     * @param what what was not done, such as {@code POST http://host/path}
     */
    public AttemptOverException(String what) {
        super(what
                + " was not sent: its attempt has failed, another attempt has started and may send it again, and without"
                + " an idempotency key the server would not recognize the repetition");
    }
}
