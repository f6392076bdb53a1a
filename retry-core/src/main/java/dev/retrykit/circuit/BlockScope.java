package dev.retrykit.circuit;

/** What an open circuit holds back. */
public enum BlockScope {

    /** First attempts and retries. */
    ALL,

    /** Retries only: a first attempt always goes through. */
    RETRIES
}
