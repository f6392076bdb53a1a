package dev.retrykit.failure;

/**
 * A classifier of the failures that the JDK and common libraries are known for. A policy can switch these classifiers
 * off ({@code known-failures: false}); then they still tell circuits and budgets about the dependency.
 */
public interface KnownFailures extends FailureClassifier {}
