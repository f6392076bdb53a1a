package dev.retrykit.internal.engine;

import org.jspecify.annotations.Nullable;

/** The attempt that a thread runs in: its view, or its call as long as the view does not exist. */
public sealed interface Attempt permits AttemptView, RunningCall {

    /** The attempt as code that runs in it sees it. The first request creates the view. */
    AttemptView view();

    /** The view if it exists. An attempt without a view has not ended. */
    @Nullable
    AttemptView knownView();

    RetryCall call();

    /** Whether it was given up while it runs, or an attempt around it. */
    boolean isAbandoned();

    /** Whether it is part of another attempt, as far as that is known. */
    boolean isNested();
}
