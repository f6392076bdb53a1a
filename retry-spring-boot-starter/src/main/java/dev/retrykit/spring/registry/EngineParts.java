package dev.retrykit.spring.registry;

import dev.retrykit.RetryListener;
import dev.retrykit.circuit.CircuitListener;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.spring.failure.StatusReader;
import dev.retrykit.time.TimeSource;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * What all policies, circuits and budgets of an application share.
 *
 * @param time the clock
 * @param executor runs the retries of asynchronous methods
 * @param retryListeners are told what calls do
 * @param circuitListener is told what circuits do
 * @param classifiers asked before the rules for HTTP statuses
 * @param statusReaders know the exceptions of HTTP clients
 */
public record EngineParts(
        TimeSource time,
        Executor executor,
        List<RetryListener> retryListeners,
        CircuitListener circuitListener,
        List<FailureClassifier> classifiers,
        List<StatusReader> statusReaders) {}
