package dev.retrykit.sample.fault;

/** A source of chance, which tests can replace. */
@FunctionalInterface
public interface Dice {

    /** Returns a uniformly distributed number from 0 to just below 1. */
    double roll();
}
