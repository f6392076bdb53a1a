package dev.retrykit.failure;

/**
 * A classifier of well-known failures of the JDK and common libraries. A policy can switch these classifiers off
 * ({@code known-failures: false}); circuits and budgets still get their signals.
 */
public interface KnownFailures extends FailureClassifier {}
