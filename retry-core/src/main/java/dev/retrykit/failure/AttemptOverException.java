package dev.retrykit.failure;

/**
 * Something that must not happen twice, such as a POST without an idempotency key, was to be done by what an attempt has
 * left behind, after another attempt had begun, which does it again: it was not done.
 */
public final class AttemptOverException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /**
     * Made by the engine.
     *
     * @param what what was not done, such as {@code POST http://host/path}
     */
    public AttemptOverException(String what) {
        super(what + " was not sent: the attempt that it is part of has failed, another one has begun and may send it"
                + " again, and no idempotency key would tell that it is the same one");
    }
}
