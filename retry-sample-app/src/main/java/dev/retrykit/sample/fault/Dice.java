package dev.retrykit.sample.fault;

/** Chance, as a bean of its own so that a test can load it. */
@FunctionalInterface
public interface Dice {

    /** From 0 to just below 1, every value as likely as any other. */
    double roll();
}
