package dev.retrykit.circuit;

/** Which attempts an open circuit blocks. */
public enum BlockScope {

    /** First attempts and retries. */
    ALL,

    /** Retries only; first attempts always go through. */
    RETRIES
}
